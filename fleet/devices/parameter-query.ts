import {
  type CompareTerm,
  type HasTerm,
  instantOf,
  isExact,
  type MatchTerm,
  numberOf,
  type Pattern,
  patternSource,
} from "../../kernel/filter/index.ts";
import { genericPath, isObjectPath } from "../../kernel/path.ts";
import type { Filter } from "../../platform/store/port.ts";
import { afterPrefix, entryPrefix, indexedText, sortableNumber } from "../parameters/search-entries.ts";
import { type QueryContext, refuseTerm } from "./query-term.ts";

type ParameterTerm = MatchTerm | CompareTerm | HasTerm;

/** A searchable parameter, any of its instances; served by the index over `searchable` (see parameters/search-entries). */
export function parameterFilter(term: ParameterTerm, context: QueryContext): Filter {
  const name = requireSearchable(term, context);
  if (term.kind === "has") return within(entryPrefix(name, "="), afterPrefix(entryPrefix(name, "=")));
  if (term.kind === "compare") return compareFilter(term, name, context);
  const filters = term.patterns.map((pattern) => matchFilter(pattern, entryPrefix(name, "~")));
  return filters.length === 1 ? filters[0]! : { $or: filters };
}

function requireSearchable(term: ParameterTerm, { searchable }: QueryContext): string {
  const { field } = term;
  if (isObjectPath(field)) return refuseTerm(term, "a whole parameter path, without a dot at its end");
  if (/\.\d+(?=\.)/.test(field)) return refuseTerm(term, "* for an instance: devices are found by any of them");
  const name = genericPath(field);
  if (!searchable.has(name))
    return refuseTerm(term, "a searchable parameter; make it searchable first", { parameter: name });
  return name;
}

/** Both bounds on one entry of the array. */
const within = (from: string, before: string, more: Record<string, unknown> = {}): Filter => ({
  searchable: { $elemMatch: { $gte: from, $lt: before, ...more } },
});

function matchFilter(pattern: Pattern, prefix: string): Filter {
  const parts = pattern.map((part) => part.toLowerCase());
  if (isExact(pattern)) return { searchable: prefix + indexedText(parts[0]!) };
  const start = prefix + parts[0]!;
  const rest = new RegExp(`^${escape(prefix)}${patternSource(parts).slice(1)}`, "s");
  return within(start, afterPrefix(start), { $regex: rest });
}

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

function compareFilter(term: CompareTerm, name: string, { now }: QueryContext): Filter {
  const { operator, value } = term;
  const equal = { searchable: entryPrefix(name, "=") + indexedText(value.text) };
  if (operator === "=") return equal;
  if (operator === "!=") return { $nor: [equal] };
  const number = numberOf(value.text) ?? instantOf(value.text, now);
  if (number === undefined) return refuseTerm(term, "a number or a time");
  const prefix = entryPrefix(name, "#");
  const at = prefix + sortableNumber(number);
  switch (operator) {
    case "<":
      return within(prefix, at);
    case "<=":
      return within(prefix, `${at}\u0001`);
    case ">":
      return within(`${at}\u0001`, afterPrefix(prefix));
    case ">=":
      return within(at, afterPrefix(prefix));
  }
}
