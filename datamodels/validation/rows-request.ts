import { isObjectPath, isWellFormedPath, parentPath } from "../../kernel/path.ts";
import type { ModelObject } from "../model.ts";
import { isVendorPath } from "../model-set.ts";
import { Findings, type ValidationContext } from "./context.ts";
import { checkRow, rowCount } from "./rows.ts";
import type { Finding } from "./rules.ts";
import { checkUniqueKeys, NEW_ROW } from "./unique-keys.ts";
import { checkItem } from "./write.ts";
import type { WriteItem } from "./write-item.ts";

/** What is wrong with adding a row to `table` and writing `values`, whose paths are relative to it. */
export function validateCreate(
  context: ValidationContext,
  table: string,
  values: readonly WriteItem[] = [],
): Finding[] {
  const findings = new Findings(context);
  const { known } = context;
  if (!checkObjectPath(findings, table)) return findings.list;
  const resolved = known.resolveAliases(table);
  checkRow(findings, table, resolved);
  const rows = context.models.table(resolved);
  if (rows) checkTable(findings, table, resolved, rows);
  else checkUnknownTable(findings, table, resolved);
  const pending = new Map<string, string>();
  const newRow = `${resolved}${NEW_ROW}.`;
  for (const item of values) {
    const path = newRow + item.path;
    if (!isWellFormedPath(path) || isObjectPath(path) || item.path === "") {
      findings.add(item.path, "path.malformed", { rule: "a parameter relative to the new row" });
    } else if (pending.has(path)) findings.add(item.path, "path.duplicate", { rule: "one value per parameter" });
    else {
      pending.set(path, item.value);
      if (rows || !known.has(resolved)) checkItem(findings, item, path, context.models.parameter(path), pending);
    }
  }
  checkUniqueKeys(findings, pending, (path) => (path.startsWith(newRow) ? path.slice(newRow.length) : path));
  return findings.list;
}

function checkTable(findings: Findings, shownPath: string, table: string, rows: ModelObject): void {
  const { models, known } = findings.context;
  if (rows.status === "deleted") findings.add(shownPath, "status.deleted", { rule: "deleted from the model" });
  else if (rows.status !== "current")
    findings.add(shownPath, "status.outdated", { rule: `${rows.status} in the model` });
  if (rows.access !== "readWrite" && rows.access !== "create") {
    const lenient = known.get(table)?.writable === true;
    findings.add(shownPath, lenient ? "access.deviceDiffers" : "table.fixed", {
      rule: "the device makes the rows of this table",
    });
  }
  const count = rowCount(models, known, table);
  if (rows.maxEntries !== undefined && count !== undefined && count >= rows.maxEntries) {
    findings.add(shownPath, "table.full", {
      rule: `at most ${rows.maxEntries} rows`,
      expected: `fewer than ${rows.maxEntries}`,
      given: String(count),
    });
  }
}

function checkUnknownTable(findings: Findings, shownPath: string, table: string): void {
  const { models, known } = findings.context;
  if (models.object(table) && known.get(table)?.writable !== true) {
    findings.add(shownPath, "table.none", { rule: "an object, not a table" });
  } else if (known.has(table)) return;
  else if (isVendorPath(table)) {
    findings.add(shownPath, "path.unknownVendor", { rule: "a vendor's table that neither model nor device has shown" });
  } else if (!models.isEmpty)
    findings.add(shownPath, "path.unknown", {
      rule: `no table of ${models.models.map(({ name }) => name).join(", ")}`,
    });
}

/** What is wrong with deleting the row `path`. */
export function validateDelete(context: ValidationContext, path: string): Finding[] {
  const findings = new Findings(context);
  const { models, known } = context;
  if (!checkObjectPath(findings, path)) return findings.list;
  const resolved = known.resolveAliases(path);
  const table = parentPath(resolved);
  checkRow(findings, path, `${resolved}x`);
  const row = models.object(resolved);
  if (!row) {
    checkUnknownTable(findings, path, table);
    return findings.list;
  }
  if (!row.isTable) findings.add(path, "table.none", { rule: "an object, not a row" });
  else if (row.access !== "readWrite" && row.access !== "delete") {
    const lenient = known.get(resolved)?.writable === true;
    findings.add(path, lenient ? "access.deviceDiffers" : "table.fixed", {
      rule: "the device makes the rows of this table",
    });
  }
  const count = rowCount(models, known, table);
  if (count !== undefined && count <= row.minEntries && row.minEntries > 0 && known.has(resolved)) {
    findings.add(path, "table.minimum", {
      rule: `at least ${row.minEntries} rows`,
      expected: `more than ${row.minEntries}`,
      given: String(count),
    });
  }
  return findings.list;
}

function checkObjectPath(findings: Findings, path: string): boolean {
  if (isWellFormedPath(path) && isObjectPath(path) && !path.includes("*")) return true;
  findings.add(path, "path.malformed", {
    rule: "an object with its last dot",
    expected: "such as Device.NAT.PortMapping.",
  });
  return false;
}
