import { isInstanceElement } from "../../kernel/path.ts";
import { isTrue } from "../../kernel/value.ts";
import type { UniqueKeyFact } from "../facts.ts";
import type { ModelObject } from "../model.ts";
import { canonicalValue } from "../values/canonical.ts";
import type { Findings } from "./context.ts";

/** Values as they will be after the request, by path. */
export type PendingValues = ReadonlyMap<string, string>;

/** What a row that does not exist yet will hold: the values of the request, else the model's defaults for new objects. */
export const NEW_ROW = "0";

/**
 * No two rows of a table may have the same key (TR-106 §3.2.2): keys that are not functional always, functional ones between
 * enabled rows. Looks at the rows that the request touches, with its changes applied to all.
 */
export function checkUniqueKeys(
  findings: Findings,
  pending: PendingValues,
  shownPath: (path: string) => string = (path) => path,
): void {
  const checked = new Set<string>();
  for (const path of pending.keys()) {
    for (const row of rowsAbove(path)) {
      const object = checked.has(row) ? undefined : findings.context.models.object(row);
      if (!object || object.uniqueKeys.length === 0) continue;
      checked.add(row);
      for (const key of object.uniqueKeys) {
        if (touches(key, object, row, pending)) checkKey(findings, object, key, row, pending, shownPath);
      }
    }
  }
}

function rowsAbove(path: string): string[] {
  const rows: string[] = [];
  for (let dot = path.indexOf("."), start = 0; dot >= 0; start = dot + 1, dot = path.indexOf(".", start)) {
    const digit = path.charCodeAt(start);
    if (digit < 48 || digit > 57) continue;
    const element = path.slice(start, dot);
    if (isInstanceElement(element) || element === NEW_ROW) rows.push(path.slice(0, dot + 1));
  }
  return rows;
}

/** A request that leaves a key and its enabling alone cannot break it. */
const touches = (key: UniqueKeyFact, object: ModelObject, row: string, pending: PendingValues): boolean =>
  key.parameters.some((name) => pending.has(row + name)) ||
  (object.enableParameter !== undefined && pending.has(row + object.enableParameter));

function checkKey(
  findings: Findings,
  object: ModelObject,
  key: UniqueKeyFact,
  row: string,
  pending: PendingValues,
  shownPath: (path: string) => string,
): void {
  const own = keyOf(findings, object, key, row, pending);
  if (own === undefined) return;
  const table = row.slice(0, row.lastIndexOf(".", row.length - 2) + 1);
  const others = new Set([...findings.context.known.rows(table), ...rowsIn(table, pending)]);
  others.delete(row);
  const twin = [...others].find((other) => keyOf(findings, object, key, other, pending) === own);
  if (twin === undefined) return;
  const written =
    key.parameters.find((name) => pending.has(row + name)) ?? object.enableParameter ?? key.parameters[0]!;
  const names = key.parameters.join(" + ");
  findings.add(shownPath(row + written), "uniqueKey", {
    rule: `unique key ${names}${key.functional ? " between enabled rows" : ""}`,
    expected: `a value that ${twin} does not have`,
    given: pending.get(row + written),
  });
}

const rowsIn = (table: string, pending: PendingValues): string[] =>
  [...pending.keys()]
    .flatMap((path) => rowsAbove(path))
    .filter((row) => row.startsWith(table) && !row.slice(table.length, -1).includes("."));

/** The key of a row as one text; `undefined` when it is not (wholly) known, empty, or not enforced now. */
function keyOf(
  findings: Findings,
  object: ModelObject,
  key: UniqueKeyFact,
  row: string,
  pending: PendingValues,
): string | undefined {
  const value = (name: string) => valueOf(findings, object, row, name, pending);
  if (key.functional && object.enableParameter !== undefined) {
    const enabled = value(object.enableParameter);
    if (enabled === undefined || !isTrue(enabled)) return undefined;
  }
  const parts: string[] = [];
  for (const name of key.parameters) {
    const text = value(name);
    const syntax = findings.context.models.parameter(row + name)?.syntax;
    if (text === undefined || !syntax) return undefined;
    const canonical = canonicalValue(syntax, text);
    // A list as part of a key is a set (TR-106 §3.2.2).
    parts.push(syntax.list ? canonical.split(",").sort().join(",") : canonical);
  }
  return parts.every((part) => part === "") ? undefined : JSON.stringify(parts);
}

function valueOf(
  findings: Findings,
  object: ModelObject,
  row: string,
  name: string,
  pending: PendingValues,
): string | undefined {
  const path = row + name;
  const given = pending.get(path) ?? findings.context.known.get(path)?.value;
  if (given !== undefined || !row.endsWith(`.${NEW_ROW}.`)) return given;
  const initial = object.parameters.get(name)?.syntax.default;
  return initial?.type === "object" ? initial.value : undefined;
}
