import type { ValueCode } from "../facets/issue.ts";

export type Severity = "error" | "warning";
export type ValidationMode = "strict" | "standard" | "off";

/** How bad each broken rule is, per mode (specs §8.2). `pass`: not mentioned. */
export const rules = {
  "path.malformed": { standard: "error", strict: "error" },
  "path.partial": { standard: "error", strict: "error" },
  "path.duplicate": { standard: "error", strict: "error" },
  "path.unknown": { standard: "error", strict: "error" },
  "path.unknownVendor": { standard: "warning", strict: "warning" },
  "path.noSuchRow": { standard: "error", strict: "error" },
  "path.noSuchAlias": { standard: "warning", strict: "error" },
  "access.readOnly": { standard: "error", strict: "error" },
  /** Model and device disagree on whether it can be written; `Writable` is unreliable on some devices. */
  "access.deviceDiffers": { standard: "warning", strict: "error" },
  "status.deleted": { standard: "error", strict: "error" },
  "status.outdated": { standard: "warning", strict: "warning" },
  "type.differs": { standard: "warning", strict: "error" },
  "type.lexical": { standard: "error", strict: "error" },
  "type.format": { standard: "error", strict: "error" },
  "dateTime.zone": { standard: "warning", strict: "error" },
  range: { standard: "error", strict: "error" },
  size: { standard: "error", strict: "error" },
  /** Before TR-106 amendment 8, a string without a stated size had at most 16 characters. */
  "size.unstated": { standard: "warning", strict: "error" },
  enumeration: { standard: "error", strict: "error" },
  "enumeration.vendor": { standard: "warning", strict: "error" },
  "enumeration.readOnly": { standard: "error", strict: "error" },
  "enumeration.status": { standard: "warning", strict: "warning" },
  "enumeration.unsupported": { standard: "error", strict: "error" },
  pattern: { standard: "error", strict: "error" },
  "list.items": { standard: "error", strict: "error" },
  "list.size": { standard: "error", strict: "error" },
  "list.brackets": { standard: "error", strict: "error" },
  "reference.trailingDot": { standard: "error", strict: "error" },
  "reference.malformed": { standard: "error", strict: "error" },
  "reference.parent": { standard: "error", strict: "error" },
  "reference.missing": { standard: "error", strict: "error" },
  uniqueKey: { standard: "error", strict: "error" },
  "table.none": { standard: "error", strict: "error" },
  "table.fixed": { standard: "error", strict: "error" },
  "table.full": { standard: "error", strict: "error" },
  "table.minimum": { standard: "error", strict: "error" },
  "notification.value": { standard: "error", strict: "error" },
  "notification.lightweight": { standard: "warning", strict: "error" },
  "notification.forced": { standard: "error", strict: "error" },
  "notification.deniable": { standard: "warning", strict: "warning" },
  "notification.denied": { standard: "error", strict: "error" },
  "accessList.entity": { standard: "error", strict: "error" },
} as const satisfies Record<string, Record<Exclude<ValidationMode, "off">, Severity>> & Record<ValueCode, unknown>;

export type RuleCode = keyof typeof rules;

/** What is wrong with one item of a request. */
export interface Finding {
  readonly path: string;
  readonly severity: Severity;
  readonly code: RuleCode;
  /** The rule in words, e.g. `range 1..65535`. */
  readonly rule: string;
  readonly expected?: string;
  readonly given?: string;
}
