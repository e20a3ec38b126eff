import {
  type CompareTerm,
  type Comparison,
  durationOf,
  type FilterNode,
  type HasTerm,
  type IdentityTerm,
  instantOf,
  isExact,
  type MatchTerm,
  macAddress,
  matchesPattern,
  type Pattern,
  patternSource,
  requireFilter,
} from "../../kernel/filter/index.ts";
import type { Instant } from "../../kernel/time.ts";
import type { Filter } from "../../platform/store/port.ts";
import { type DeviceField, deviceFields } from "./fields.ts";
import { parameterFilter } from "./parameter-query.ts";
import { type QueryContext, refuseTerm } from "./query-term.ts";

/** Filter text to a store filter; `filter.invalid` says where and what was expected. */
export const deviceFilter = (text: string | undefined, context: QueryContext): Filter =>
  text === undefined ? {} : compileFilter(requireFilter(text), context);

export function compileFilter(node: FilterNode, context: QueryContext): Filter {
  switch (node.kind) {
    case "and":
      return node.nodes.length === 0 ? {} : { $and: node.nodes.map((inner) => compileFilter(inner, context)) };
    case "or":
      return { $or: node.nodes.map((inner) => compileFilter(inner, context)) };
    case "not":
      return { $nor: [compileFilter(node.node, context)] };
    case "identity":
      return identityFilter(node);
    default:
      return fieldFilter(node, context);
  }
}

const oneOf = (filters: readonly Filter[]): Filter => (filters.length === 1 ? filters[0]! : { $or: filters });

const withoutCase = (pattern: Pattern): RegExp => new RegExp(patternSource(pattern), "is");

/** `words` are lower case already: an exact word is served by the index, and so is a prefix. */
function identityFilter({ pattern }: IdentityTerm): Filter {
  const lower = pattern.map((part) => part.toLowerCase());
  if (!isExact(pattern)) return { words: { $regex: new RegExp(patternSource(lower), "s") } };
  const mac = macAddress(pattern[0]!)?.toLowerCase();
  return { words: mac === undefined || mac === lower[0] ? lower[0] : { $in: [lower[0], mac] } };
}

function fieldFilter(term: MatchTerm | CompareTerm | HasTerm, context: QueryContext): Filter {
  const field = Object.hasOwn(deviceFields, term.field) ? deviceFields[term.field] : undefined;
  if (field === undefined) {
    if (term.field.includes(".")) return parameterFilter(term, context);
    return refuseTerm(term, `one of ${Object.keys(deviceFields).join(", ")}, or a parameter path`, {
      field: term.field,
    });
  }
  if (term.kind === "has") return hasFilter(term, field);
  return term.kind === "match" ? matchFilter(term, field, context) : compareFilter(term, field, context);
}

function hasFilter(term: HasTerm, field: DeviceField): Filter {
  if (field.kind === "state") return refuseTerm(term, "a stored field after has:");
  const empty = field.kind === "list" ? [] : "";
  return oneOf(field.paths.map((path) => ({ [path]: { $exists: true, $ne: empty } })));
}

function matchFilter(term: MatchTerm, field: DeviceField, { now }: QueryContext): Filter {
  switch (field.kind) {
    case "state": {
      const wanted = Object.keys(field.states).filter((state) =>
        term.patterns.some((pattern) => matchesPattern(pattern, state)),
      );
      if (wanted.length === 0) return refuseTerm(term, `one of ${Object.keys(field.states).join(", ")}`);
      return oneOf(wanted.map((state) => field.states[state]!(now)));
    }
    case "text":
    case "list":
      return oneOf(
        field.paths.flatMap((path) => term.patterns.map((pattern) => ({ [path]: { $regex: withoutCase(pattern) } }))),
      );
    default:
      return refuseTerm(term, `a comparison, such as ${term.field}<now-2h`);
  }
}

const operators: Record<Comparison, string> = {
  "=": "$eq",
  "!=": "$ne",
  "<": "$lt",
  "<=": "$lte",
  ">": "$gt",
  ">=": "$gte",
};

function compareFilter(term: CompareTerm, field: DeviceField, { now }: QueryContext): Filter {
  switch (field.kind) {
    case "state":
      return refuseTerm(term, `${term.field}: and one of ${Object.keys(field.states).join(", ")}`);
    case "text":
    case "list": {
      if (term.operator !== "=" && term.operator !== "!=") return refuseTerm(term, "= or != for text");
      const equal = oneOf(field.paths.map((path) => ({ [path]: term.value.text })));
      return term.operator === "=" ? equal : { $nor: [equal] };
    }
    case "time":
      return { [field.paths[0]]: { [operators[term.operator]]: requireInstant(term, now) } };
    case "duration":
      return { [field.paths[0]]: { [operators[term.operator]]: requireDuration(term) } };
  }
}

const requireInstant = (term: CompareTerm, now: Instant): Instant =>
  instantOf(term.value.text, now) ?? refuseTerm(term, "a time, such as now-2h or 2026-11-22T10:00");
const requireDuration = (term: CompareTerm): number =>
  durationOf(term.value.text) ?? refuseTerm(term, "a duration, such as 15m");
