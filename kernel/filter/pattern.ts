import type { Pattern } from "./ast.ts";

export const isExact = (pattern: Pattern): boolean => pattern.length === 1;

const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");

/** The body of a regular expression, anchored at both ends; to be used with the flags `i` and `s`. */
export const patternSource = (pattern: Pattern): string => `^${pattern.map(escapeRegExp).join(".*")}$`;

/** Whether `text` has the pattern's form, without case. Linear in the text per joker. */
export function matchesPattern(pattern: Pattern, text: string): boolean {
  const wanted = pattern.map((part) => part.toLowerCase());
  const given = text.toLowerCase();
  const first = wanted[0] ?? "";
  if (wanted.length <= 1) return given === first;
  const last = wanted.at(-1) ?? "";
  if (given.length < first.length + last.length || !given.startsWith(first) || !given.endsWith(last)) return false;
  const end = given.length - last.length;
  let position = first.length;
  for (const part of wanted.slice(1, -1)) {
    const found = given.indexOf(part, position);
    if (found < 0 || found + part.length > end) return false;
    position = found + part.length;
  }
  return true;
}

const MAC = /^(?:[0-9a-f]{2}([:-]?)(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}|[0-9a-f]{4}(?:\.[0-9a-f]{4}){2})$/i;

/** A MAC address in any notation as `00:11:22:AA:BB:CC`; `undefined` when it is none. */
export function macAddress(text: string): string | undefined {
  if (!MAC.test(text)) return undefined;
  const digits = text.replace(/[^0-9a-f]/gi, "").toUpperCase();
  return digits.match(/../g)!.join(":");
}
