const named: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

/** Whether XML 1.0 allows this code point (§2.2). */
export const isXmlCharacter = (code: number): boolean =>
  code >= 0x20
    ? code <= 0xd7ff || (code >= 0xe000 && code <= 0xfffd) || (code >= 0x10000 && code <= 0x10ffff)
    : isXmlBlank(code);

export const isXmlBlank = (code: number): boolean => code === 32 || code === 10 || code === 9 || code === 13;

function expand(reference: string): string {
  const body = reference.slice(1, -1);
  if (body.charCodeAt(0) !== 35) return named[body]!;
  const code = body[1] === "x" || body[1] === "X" ? Number.parseInt(body.slice(2), 16) : Number(body.slice(1));
  return isXmlCharacter(code) ? String.fromCodePoint(code) : "";
}

/**
 * Character data as the writer meant it: line ends normalised (XML §2.11), control characters dropped, the five entities
 * and numeric references expanded once. Anything else that begins with `&` stays as it is: CPEs forget to escape it.
 */
export const decodeCharacters = (raw: string): string =>
  raw.replace(/\r\n?|[^\t\n\r -\uffff]|&(?:lt|gt|amp|quot|apos|#\d{1,7}|#[xX][\da-fA-F]{1,6});/g, (found) =>
    found.charCodeAt(0) === 13 ? "\n" : found.charCodeAt(0) === 38 ? expand(found) : "",
  );
