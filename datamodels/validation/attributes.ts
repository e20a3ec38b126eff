import { isObjectPath, isWellFormedPath } from "../../kernel/path.ts";
import type { ActiveNotify } from "../facts.ts";
import { isVendorPath, modelRootOf } from "../model-set.ts";
import { Findings, type ValidationContext } from "./context.ts";
import type { Finding } from "./rules.ts";

export interface AttributeItem {
  /** A parameter, or an object with its last dot for every parameter below it. */
  readonly path: string;
  readonly notification?: number;
  readonly accessList?: readonly string[];
}

const ACTIVE: readonly number[] = [2];

/** What is wrong with changing attributes (TR-069 A.3.2.4). */
export function validateAttributes(context: ValidationContext, items: readonly AttributeItem[]): Finding[] {
  const findings = new Findings(context);
  for (const item of items) {
    if (!isWellFormedPath(item.path) || item.path.includes("*")) {
      findings.add(item.path, "path.malformed", { rule: "a parameter, or an object with its last dot" });
      continue;
    }
    const path = context.known.resolveAliases(item.path);
    checkExists(findings, item.path, path);
    if (item.notification !== undefined) checkNotification(findings, item.path, path, item.notification);
    for (const entity of item.accessList ?? []) {
      if (entity === "Subscriber" || entity.startsWith("X_")) continue;
      findings.add(item.path, "accessList.entity", {
        rule: "an entity of the access list",
        expected: "Subscriber, or X_…",
        given: entity,
      });
    }
  }
  return findings.list;
}

function checkExists(findings: Findings, shownPath: string, path: string): void {
  const { models, known } = findings.context;
  if (models.isEmpty || path === "" || known.has(path) || models.parameter(path)) return;
  if (isObjectPath(path) && (models.object(path) || models.table(path))) return;
  const names = models.models.map((model) => model.name).join(", ");
  if (isVendorPath(path))
    findings.add(shownPath, "path.unknownVendor", { rule: "a vendor's name that neither model nor device has shown" });
  else findings.add(shownPath, "path.unknown", { rule: `nothing of ${names}` });
}

function checkNotification(findings: Findings, shownPath: string, path: string, notification: number): void {
  const given = String(notification);
  if (!Number.isInteger(notification) || notification < 0 || notification > 6) {
    findings.add(shownPath, "notification.value", { rule: "notification 0..6", expected: "0..6", given });
    return;
  }
  if (notification > 2 && !hasLightweight(findings, path)) {
    findings.add(shownPath, "notification.lightweight", {
      rule: "lightweight notifications in use",
      expected: "0..2",
      given,
    });
  }
  const { activeNotify = "normal" } = findings.context.models.parameter(path) ?? {};
  checkAgainst(findings, shownPath, notification, activeNotify);
}

function checkAgainst(findings: Findings, path: string, notification: number, rule: ActiveNotify): void {
  const given = String(notification);
  if (rule === "forceEnabled" && !ACTIVE.includes(notification)) {
    findings.add(path, "notification.forced", {
      rule: "active notification cannot be switched off",
      expected: "2",
      given,
    });
  } else if (rule === "canDeny" && ACTIVE.includes(notification)) {
    findings.add(path, "notification.deniable", { rule: "the device may refuse active notification", given });
  } else if (rule === "willDeny" && ACTIVE.includes(notification)) {
    findings.add(path, "notification.denied", {
      rule: "the device refuses active notification",
      expected: "0 or 1",
      given,
    });
  }
}

/** Values 3 to 6 need protocol 1.4 and a lightweight protocol in use (TR-069 A.3.2.4). */
function hasLightweight(findings: Findings, path: string): boolean {
  const { known, models } = findings.context;
  const root =
    path === "" ? `${models.root?.rootName ?? "Device"}.` : modelRootOf(path).replace(/\.Services\..*$/, ".");
  return (known.get(`${root}ManagementServer.LightweightNotificationProtocolsUsed`)?.value ?? "").trim() !== "";
}
