/** At most 16 characters, and of token characters only (specs/cwmp.md §1.2). */
export const sessionCookieName = "session";

const VALUE = /^[\w!#$%&'*+.^`|~-]{1,128}$/;
const MAX_CANDIDATES = 4;

/**
 * The session tokens in a Cookie header (several headers come joined), without repetition: separated by `;` or `,`,
 * quoted or not, among `$Version`, `Path=/` and cookies without a name. A CPE may send a stale one beside the live one.
 */
export function readSessionCookies(header: string | undefined): string[] {
  if (header === undefined) return [];
  const found: string[] = [];
  for (const piece of header.split(/[;,]/)) {
    const equals = piece.indexOf("=");
    if (equals < 0 || piece.slice(0, equals).trim().toLowerCase() !== sessionCookieName) continue;
    const value = piece
      .slice(equals + 1)
      .trim()
      .replace(/^"(.*)"$/, "$1");
    if (VALUE.test(value) && !found.includes(value) && found.length < MAX_CANDIDATES) found.push(value);
  }
  return found;
}

/** `Path=/` and nothing else: CPEs get their default path wrong, and choke on attributes they do not know. */
export const sessionCookie = (value: string): string => `${sessionCookieName}=${value}; Path=/`;
