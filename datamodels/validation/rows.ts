import { isInstanceElement, parentPath } from "../../kernel/path.ts";
import type { KnownTree } from "../known-tree.ts";
import type { ModelSet } from "../model-set.ts";
import type { Findings } from "./context.ts";

/** Every row that `path` goes through must exist, as far as the device's rows are known. */
export function checkRow(findings: Findings, shownPath: string, path: string): void {
  const { models, known } = findings.context;
  if (known.size === 0 || known.has(path)) return;
  let prefix = "";
  for (const element of path.split(".").slice(0, -1)) {
    const table = prefix;
    prefix += `${element}.`;
    if (element.startsWith("[")) {
      findings.add(shownPath, "path.noSuchAlias", {
        rule: "an existing row",
        expected: rowsInWords(known, table),
        given: prefix,
      });
      return;
    }
    if (!isInstanceElement(element) || known.has(prefix) || !knowsAllRows(models, known, table)) continue;
    findings.add(shownPath, "path.noSuchRow", {
      rule: "an existing row",
      expected: rowsInWords(known, table),
      given: prefix,
    });
    return;
  }
}

/** How many rows the device has in `table` at least; `undefined` when nobody knows. */
export function rowCount(models: ModelSet, known: KnownTree, table: string): number | undefined {
  const seen = known.rows(table).length;
  const counted = countedRows(models, known, table);
  return counted === undefined && seen === 0 ? undefined : Math.max(seen, counted ?? 0);
}

/**
 * Whether the rows seen are all there are: the device's own count says so, or a discovery listed them. An Inform alone shows
 * single rows.
 */
export function knowsAllRows(models: ModelSet, known: KnownTree, table: string): boolean {
  const rows = known.rows(table);
  const counted = countedRows(models, known, table);
  if (counted !== undefined) return rows.length >= counted;
  return rows.some((row) => known.get(row) !== undefined);
}

function countedRows(models: ModelSet, known: KnownTree, table: string): number | undefined {
  const name = models.table(table)?.numEntriesParameter;
  const value = name === undefined ? undefined : known.get(parentPath(table) + name)?.value?.trim();
  return value !== undefined && /^\d{1,9}$/.test(value) ? Number(value) : undefined;
}

const MAX_SHOWN = 20;

export function rowsInWords(known: KnownTree, table: string): string {
  const rows = known.rows(table);
  if (rows.length === 0) return "there are none";
  return rows.length > MAX_SHOWN ? `${rows.slice(0, MAX_SHOWN).join(", ")}, …` : rows.join(", ");
}
