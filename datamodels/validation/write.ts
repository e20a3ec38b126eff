import { isObjectPath, isWellFormedPath, MAX_PATH_LENGTH, parentPath } from "../../kernel/path.ts";
import { checkOf } from "../facets/compile.ts";
import type { SyntaxFact } from "../facts.ts";
import type { KnownItem } from "../known-tree.ts";
import type { ModelParameter } from "../model.ts";
import { isVendorPath } from "../model-set.ts";
import { Findings, type ValidationContext } from "./context.ts";
import { checkEnumerationRef, checkPathRef } from "./references.ts";
import { checkRow } from "./rows.ts";
import type { Finding } from "./rules.ts";
import { checkUniqueKeys, type PendingValues } from "./unique-keys.ts";
import type { WriteItem } from "./write-item.ts";

/** What is wrong with a write, per item and with all of them together (specs §8.2). Empty: the device should take it. */
export function validateWrite(context: ValidationContext, items: readonly WriteItem[]): Finding[] {
  const findings = new Findings(context);
  const pending = new Map<string, string>();
  for (const item of items) {
    const path = context.known.resolveAliases(item.path);
    const parameter = path.length > MAX_PATH_LENGTH ? undefined : context.models.parameter(path);
    if (!checkPath(findings, item, path, parameter, pending)) continue;
    pending.set(path, item.value);
    checkRow(findings, item.path, path);
    checkItem(findings, item, path, parameter, pending);
  }
  checkUniqueKeys(findings, pending);
  return findings.list;
}

function checkPath(
  findings: Findings,
  { path }: WriteItem,
  resolved: string,
  parameter: ModelParameter | undefined,
  pending: PendingValues,
): boolean {
  // A path that leads to a parameter of the model needs no further look, but for the jokers that the model's paths allow.
  if (path.includes("*") || path === "" || path.length > MAX_PATH_LENGTH || (!parameter && !isWellFormedPath(path))) {
    findings.add(path, "path.malformed", {
      rule: "a full parameter name",
      expected: "such as Device.WiFi.SSID.1.Enable",
    });
    return false;
  }
  if (isObjectPath(path)) {
    findings.add(path, "path.partial", { rule: "a full parameter name", expected: "no dot at the end" });
    return false;
  }
  if (pending.has(resolved)) {
    findings.add(path, "path.duplicate", { rule: "one value per parameter" });
    return false;
  }
  return true;
}

/** One parameter and its value. `path` is `item.path` with aliases resolved. */
export function checkItem(
  findings: Findings,
  item: WriteItem,
  path: string,
  parameter: ModelParameter | undefined,
  pending: PendingValues,
): void {
  const seen = findings.context.known.get(path);
  if (!parameter) {
    checkUnmodelled(findings, item, path, seen);
    return;
  }
  checkAccess(findings, item.path, parameter, seen);
  checkValue(findings, item, path, parameter, seen);
  checkEnumerationRef(findings, item, path, parameter, pending);
  checkPathRef(findings, item, path, parameter);
}

/** Not in the model: what the device was seen to have passes, by its own type; so does, with a warning, what is the vendor's. */
function checkUnmodelled(findings: Findings, item: WriteItem, path: string, seen: KnownItem | undefined): void {
  const { models } = findings.context;
  if (seen) {
    const type = item.type ?? seen.type;
    if (type) checkAgainst(findings, item, { type }, {});
    if (seen.writable === false)
      findings.add(item.path, "access.deviceDiffers", { rule: "the device says it cannot be written" });
  } else if (isVendorPath(path)) {
    findings.add(item.path, "path.unknownVendor", {
      rule: "a vendor's parameter that neither model nor device has shown",
    });
  } else if (!models.isEmpty) {
    const names = models.models.map((model) => model.name).join(", ");
    findings.add(item.path, "path.unknown", {
      rule: `no parameter of ${names}`,
      expected: nearestExpectation(findings, path),
    });
  }
}

function nearestExpectation(findings: Findings, path: string): string | undefined {
  const object = findings.context.models.object(parentPath(path));
  const wanted = path.slice(path.lastIndexOf(".") + 1).toLowerCase();
  const name = object && [...object.parameters.keys()].find((candidate) => candidate.toLowerCase() === wanted);
  return name ? `perhaps ${parentPath(path)}${name}` : undefined;
}

function checkAccess(findings: Findings, path: string, parameter: ModelParameter, seen: KnownItem | undefined): void {
  if (parameter.status === "deleted") findings.add(path, "status.deleted", { rule: "deleted from the model" });
  else if (parameter.status) findings.add(path, "status.outdated", { rule: `${parameter.status} in the model` });
  // CWMP treats writeOnceReadOnly as readWrite (specs §2.4).
  if (parameter.access !== "readOnly") {
    if (seen?.writable === false)
      findings.add(path, "access.deviceDiffers", { rule: "the device says it cannot be written" });
  } else if (seen?.writable) {
    findings.add(path, "access.deviceDiffers", { rule: "read-only in the model, but not on the device" });
  } else findings.add(path, "access.readOnly", { rule: "read-only" });
}

function checkValue(
  findings: Findings,
  item: WriteItem,
  path: string,
  parameter: ModelParameter,
  seen: KnownItem | undefined,
): void {
  const { syntax } = parameter;
  const secret = syntax.hidden === true || syntax.secured === true;
  const expected = seen?.type ?? syntax.type;
  if (item.type && item.type !== expected) {
    findings.add(item.path, "type.differs", { rule: `type ${expected}`, expected, given: item.type });
  }
  const differs = seen?.type !== undefined && seen.type !== syntax.type;
  if (differs) checkAgainst(findings, item, { type: seen.type! }, { secret });
  checkAgainst(findings, item, syntax, { secret, lenient: differs });
  if (hasUnstatedSize(syntax) && followsOldRule(findings, path) && item.value.length > UNSTATED_SIZE) {
    findings.add(
      item.path,
      "size.unstated",
      { rule: `size 0..${UNSTATED_SIZE} where none is stated`, given: item.value },
      { secret },
    );
  }
}

function checkAgainst(
  findings: Findings,
  item: WriteItem,
  syntax: SyntaxFact,
  options: { secret?: boolean; lenient?: boolean },
): void {
  const issue = checkOf(syntax)(item.value);
  if (issue)
    findings.add(item.path, issue.code, { rule: issue.rule, expected: issue.expected, given: item.value }, options);
}

const UNSTATED_SIZE = 16;

const hasUnstatedSize = ({
  type,
  sizes,
  enumeration,
  patterns,
  pathRef,
  enumerationRef,
  list,
  dataType,
}: SyntaxFact): boolean =>
  type === "string" && !sizes && !enumeration && !patterns && !pathRef && !enumerationRef && !list && !dataType;

/** Roots whose last version is older than TR-106 amendment 8: TR-098 and the first Device (specs §8.3). */
function followsOldRule(findings: Findings, path: string): boolean {
  const { root } = findings.context.models;
  if (!root || path.includes(".Services.")) return false;
  return root.family === "InternetGatewayDevice" || (root.family === "Device" && root.version.startsWith("1."));
}
