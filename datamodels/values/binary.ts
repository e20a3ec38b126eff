/** Decoded length in bytes; `undefined` when the text is no base64. White space between is allowed (XSD part 2, §3.2.16). */
export function base64Length(text: string): number | undefined {
  const compact = /\s/.test(text) ? text.replace(/\s+/g, "") : text;
  if (compact.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(compact)) return undefined;
  const padding = compact.endsWith("==") ? 2 : compact.endsWith("=") ? 1 : 0;
  return (compact.length / 4) * 3 - padding;
}

/** Upper-case pairs of digits as decoded length in bytes; `undefined` when the text is none. */
export const hexLength = (text: string): number | undefined =>
  text.length % 2 === 0 && /^[0-9A-Fa-f]*$/.test(text) ? text.length / 2 : undefined;

/** Without white space; the unused bits of the last character are zero. */
export function canonicalBase64(text: string): string | undefined {
  return base64Length(text) === undefined ? undefined : Buffer.from(text, "base64").toString("base64");
}
