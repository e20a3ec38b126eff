import { genericPath, isWellFormedPath, parentPath } from "../../kernel/path.ts";
import type { PathRefFact, SyntaxFact } from "../facts.ts";
import type { ModelParameter } from "../model.ts";
import { modelRootOf } from "../model-set.ts";
import { splitList } from "../values/list.ts";
import type { Findings } from "./context.ts";
import { knowsAllRows, rowsInWords } from "./rows.ts";
import type { PendingValues } from "./unique-keys.ts";
import type { WriteItem } from "./write-item.ts";

/**
 * An absolute path for one that a model writes relative to the object `from` (TR-106 §A.2.3.4): each `#` goes up one object,
 * a row counting as one with its table; a leading dot begins at the root or service; a root's own name is absolute.
 */
export function resolveReference(reference: string, from: string): string {
  const root = modelRootOf(from);
  const ups = /^#*/.exec(reference)![0].length;
  if (ups > 0) {
    let base = from;
    for (let i = 0; i < ups && base !== ""; i++) base = objectAbove(base);
    return base + reference.slice(ups).replace(/^\./, "");
  }
  if (reference.startsWith(".")) return root + reference.slice(1);
  return /^(?:Device|InternetGatewayDevice)\./.test(reference) ? reference : from + reference;
}

function objectAbove(path: string): string {
  const above = parentPath(path);
  const element = path.slice(above.length, -1);
  return /^(?:\d+|\{i\}|\[.*\])$/.test(element) ? parentPath(above) : above;
}

/** `enumerationRef`: one of the values that another parameter of the device lists now. */
export function checkEnumerationRef(
  findings: Findings,
  item: WriteItem,
  path: string,
  { syntax }: ModelParameter,
  pending: PendingValues,
): void {
  const reference = syntax.enumerationRef;
  if (!reference) return;
  const target = resolveReference(reference.targetParam, parentPath(path));
  const { known, models } = findings.context;
  const text = pending.get(target) ?? known.get(target)?.value;
  if (text === undefined) return;
  const supported = splitList(text, models.parameter(target)?.syntax.list ?? {}) ?? [];
  for (const value of itemsOf(item.value, syntax)) {
    if (value === reference.nullValue || supported.includes(value)) continue;
    const words = { rule: `one of the values of ${target}`, expected: supported.join(", ") || "nothing", given: value };
    // An empty list says more about the device's report than about the value.
    findings.add(item.path, "enumeration.unsupported", words, { lenient: supported.length === 0 });
  }
}

/** `pathRef`: a full path without last dot, below the right parent, to something that exists. Empty refers to nothing. */
export function checkPathRef(findings: Findings, item: WriteItem, path: string, { syntax }: ModelParameter): void {
  const reference = syntax.pathRef;
  if (!reference) return;
  for (const target of itemsOf(item.value, syntax)) {
    if (target !== "") checkTarget(findings, item.path, target, parentPath(path), reference);
  }
}

function checkTarget(findings: Findings, path: string, given: string, from: string, reference: PathRefFact): void {
  const { known } = findings.context;
  if (given.endsWith(".")) {
    findings.add(path, "reference.trailingDot", {
      rule: "a path without last dot",
      expected: given.slice(0, -1),
      given,
    });
    return;
  }
  if (!isWellFormedPath(given) || given.includes("*")) {
    findings.add(path, "reference.malformed", { rule: "a full path", given });
    return;
  }
  const target = known.resolveAliases(given);
  const parents = reference.targetParents.map((parent) => resolveReference(parent, from));
  if (parents.length > 0 && !parents.some((parent) => isBelow(target, parent, reference))) {
    findings.add(path, "reference.parent", {
      rule: "a reference below its parent",
      expected: parents.join(" or "),
      given,
    });
    return;
  }
  if (isMissing(findings, target)) {
    const expected = rowsInWords(known, parentPath(`${target}.`));
    findings.add(path, "reference.missing", { rule: "a reference to what exists", expected, given });
  }
}

/** Directly below: a row of the table, or a parameter or object in the parent. `{i}` stands for any row. */
function isBelow(target: string, parent: string, { targetType }: PathRefFact): boolean {
  const above = targetType === "row" || /\.\d+$/.test(target) ? target.replace(/\.[^.]+$/, ".") : parentPath(target);
  return above === parent || (parent.includes("{i}") && sameShape(above, parent));
}

function sameShape(path: string, pattern: string): boolean {
  if (genericPath(path) !== genericPath(pattern)) return false;
  const given = path.split(".");
  return pattern.split(".").every((element, index) => element === "{i}" || element === given[index]);
}

/** Only what is known not to exist is missing. */
function isMissing(findings: Findings, target: string): boolean {
  const { known, models } = findings.context;
  if (known.has(target) || known.has(`${target}.`)) return false;
  const row = /^(.*\.)\d+$/.exec(target);
  if (row) return knowsAllRows(models, known, row[1]!);
  return (
    known.has(parentPath(target)) && models.parameter(target) === undefined && models.object(`${target}.`) === undefined
  );
}

const itemsOf = (value: string, syntax: SyntaxFact): readonly string[] =>
  syntax.list ? (splitList(value, syntax.list) ?? []) : [value];
