/**
 * All but what may stand as it is in text and in a double-quoted attribute: not `& < > "`, not CR, not what XML 1.0 forbids
 * (§2.2). The first takes surrogates for special and is quick; the second knows pairs from lone ones.
 */
const SUSPECT = /[^\t\n !#-%'-;=?-\ud7ff\ue000-\ufffd]/;
const SPECIAL = /[^\t\n !#-%'-;=?-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

const replacements: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\r": "&#13;",
};

/** For text and for attributes in double quotes. What XML cannot carry becomes U+FFFD. */
export const escapeXml = (value: string): string =>
  SUSPECT.test(value) ? value.replace(SPECIAL, (found) => replacements[found] ?? "\ufffd") : value;
