import { isTrue, type ParameterType } from "../../kernel/value.ts";
import type { SyntaxFact, ValueFormat } from "../facts.ts";
import { canonicalBase64, hexLength } from "./binary.ts";
import { canonicalDateTime } from "./date-time.ts";
import { canonicalDecimal, canonicalInteger } from "./integer.ts";
import { canonicalIp, canonicalIpPrefix } from "./ip-address.ts";
import { innerList, splitList } from "./list.ts";

/** What is needed to know the one spelling of a value. */
export type CanonicalSyntax = Pick<SyntaxFact, "type" | "format" | "list" | "pathRef">;

/**
 * The one spelling of a value, for comparing: two texts mean the same exactly when these are equal. A text that is no value of
 * the type stays as it is. Idempotent.
 */
export function canonicalValue(syntax: CanonicalSyntax, value: string): string {
  const { list, type } = syntax;
  // What came from elsewhere may have been typed as a list without being text; the type decides then.
  if (!list) return canonicalItem(syntax, value);
  const items = splitList(value, list);
  if (!items) return value;
  const { inner } = list;
  return items
    .map((item) => {
      if (!inner) return canonicalItem(syntax, item);
      const inside = innerList(item);
      return inside === undefined ? item : `[${canonicalValue({ ...syntax, type, list: inner }, inside)}]`;
    })
    .join(",");
}

/** Whether two texts mean the same. No rewrite is needed when they do. */
export const isSameValue = (syntax: CanonicalSyntax, a: string, b: string): boolean =>
  a === b || canonicalValue(syntax, a) === canonicalValue(syntax, b);

/** Only what comparing needs. */
export const canonicalSyntax = ({ type, format, list, pathRef }: SyntaxFact): CanonicalSyntax => ({
  type,
  ...(format === undefined ? {} : { format }),
  ...(list === undefined ? {} : { list }),
  ...(pathRef === undefined ? {} : { pathRef }),
});

/** Hidden, secured and command parameters read back as null values, whatever they hold (TR-106 §A.2.2): never compare them. */
export function opacityOf({ hidden, secured, command }: SyntaxFact): "secret" | "command" | undefined {
  if (command) return "command";
  return hidden || secured ? "secret" : undefined;
}

function canonicalItem(syntax: CanonicalSyntax, value: string): string {
  if (syntax.type !== "string") return byType[syntax.type](value) ?? value;
  if (syntax.format) return byFormat[syntax.format](value.trim()) ?? value;
  return syntax.pathRef ? value.replace(/\.$/, "") : value;
}

const canonicalBoolean = (text: string): string | undefined =>
  /^(?:0|1|true|false)$/i.test(text.trim()) ? String(isTrue(text)) : undefined;

const byType: Readonly<Record<Exclude<ParameterType, "string">, (text: string) => string | undefined>> = {
  boolean: canonicalBoolean,
  int: canonicalInteger,
  unsignedInt: canonicalInteger,
  long: canonicalInteger,
  unsignedLong: canonicalInteger,
  decimal: canonicalDecimal,
  dateTime: canonicalDateTime,
  base64: canonicalBase64,
  hexBinary: (text) => (hexLength(text.trim()) === undefined ? undefined : text.trim().toUpperCase()),
};

const pairs = (count: number) => new RegExp(`^(?:[0-9A-Fa-f]{2}[:-]){${count - 1}}[0-9A-Fa-f]{2}$`);
const MAC = pairs(6);
const EUI64 = pairs(8);
const UUID = /^[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$/;

const byFormat: Readonly<Record<ValueFormat, (text: string) => string | undefined>> = {
  mac: (text) => (MAC.test(text) ? text.toUpperCase().replaceAll("-", ":") : undefined),
  eui64: (text) => (EUI64.test(text) ? text.toUpperCase().replaceAll("-", ":") : undefined),
  uuid: (text) => (UUID.test(text) ? text.toLowerCase() : undefined),
  ip: canonicalIp,
  ipPrefix: canonicalIpPrefix,
};
