import type { ParameterType } from "../../kernel/value.ts";

/** Forms of simple types as CPEs write them, more than XML Schema allows. */

/** Decimal digits with blanks, sign, leading zeros or text behind them; `undefined` when there is no number. */
export function readInteger(raw: string, unsigned: boolean): number | undefined {
  const first = raw.length === 1 ? raw.charCodeAt(0) - 48 : -1;
  if (first >= 0 && first <= 9) return first;
  const number = Number.parseInt(raw, 10);
  return Number.isSafeInteger(number) && !(unsigned && number < 0) ? number + 0 : undefined;
}

/** `1`, `true`, `TRUE` are true; everything else is not. */
export const readBoolean = (raw: string): boolean => {
  const text = raw.trim();
  return text === "1" || text.toLowerCase() === "true";
};

const isBlank = (code: number): boolean => code === 32 || (code >= 9 && code <= 13);

/** `text` without white space around it; the same string when there is none. */
export function trimmed(text: string): string {
  if (text === "") return text;
  return isBlank(text.charCodeAt(0)) || isBlank(text.charCodeAt(text.length - 1)) ? text.trim() : text;
}

/** A pretty-printer's line breaks at both ends come off, blanks that belong to the value stay. */
export function unprettied(text: string): string {
  if (text === "" || !isBlank(text.charCodeAt(0)) || !isBlank(text.charCodeAt(text.length - 1))) return text;
  const lead = text.length - text.trimStart().length;
  const tail = text.trimEnd().length;
  return text.slice(0, lead).includes("\n") && text.slice(tail).includes("\n") ? text.trim() : text;
}

const types = new Map<string, ParameterType>([
  ["string", "string"],
  ["boolean", "boolean"],
  ["int", "int"],
  ["unsignedint", "unsignedInt"],
  ["long", "long"],
  ["unsignedlong", "unsignedLong"],
  ["decimal", "decimal"],
  ["datetime", "dateTime"],
  ["base64", "base64"],
  ["base64binary", "base64"],
  ["hexbinary", "hexBinary"],
]);
const bySpelling = new Map<string, ParameterType>();
for (const prefix of ["xsd:", "xs:", ""]) for (const type of types.values()) bySpelling.set(prefix + type, type);

/** The TR-106 type that an `xsi:type` means, whatever its prefix and case; `undefined` for `object`, empty and the like. */
export const parameterTypeOf = (wireType: string): ParameterType | undefined =>
  bySpelling.get(wireType) ?? types.get(localPart(wireType).toLowerCase());

export const localPart = (qualified: string): string => trimmed(qualified.slice(qualified.indexOf(":") + 1));
