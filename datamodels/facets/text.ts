import type { EnumerationFact, SizeFact, SyntaxFact } from "../facts.ts";
import { compilePattern, type PatternMatcher } from "../patterns/compile.ts";
import { base64Length, hexLength } from "../values/binary.ts";
import { canonicalIp, canonicalIpPrefix } from "../values/ip-address.ts";
import { lazyIssue, type ValueCheck, type ValueCode } from "./issue.ts";
import { sizesInWords, valuesInWords } from "./words.ts";

/** Text of a size between the bounds, in characters (not UTF-16 units). */
export function sizeCheck(sizes: readonly SizeFact[], code: ValueCode = "size"): ValueCheck {
  return lengthCheck(sizes, code, "characters", countCharacters);
}

function countCharacters(text: string): number {
  let count = text.length;
  for (let i = 0; i < text.length - 1; i++) {
    if ((text.charCodeAt(i) & 0xfc00) !== 0xd800 || (text.charCodeAt(i + 1) & 0xfc00) !== 0xdc00) continue;
    count -= 1;
    i += 1;
  }
  return count;
}

function lengthCheck(
  sizes: readonly SizeFact[],
  code: ValueCode,
  unit: string,
  measure: (text: string) => number,
): ValueCheck {
  const expected = sizesInWords(sizes);
  const issue = lazyIssue(code, () => ({ rule: `size ${expected}`, expected: `${expected} ${unit}` }));
  const [only, ...more] = sizes;
  if (only && more.length === 0) {
    const { min = 0, max = Number.POSITIVE_INFINITY } = only;
    return (text) => {
      const length = measure(text);
      return length < min || length > max ? issue() : undefined;
    };
  }
  return (text) => {
    const length = measure(text);
    return sizes.some(({ min = 0, max = Number.POSITIVE_INFINITY }) => length >= min && length <= max)
      ? undefined
      : issue();
  };
}

/** base64 or hexBinary; its size counts decoded bytes. */
export function binaryCheck({ type, sizes }: SyntaxFact): ValueCheck {
  const measure = type === "base64" ? base64Length : hexLength;
  const malformed = lazyIssue("type.lexical", () => ({
    rule: `type ${type}`,
    expected: type === "base64" ? "base64 text" : "pairs of hexadecimal digits",
  }));
  const size = sizes && lengthCheck(sizes, "size", "bytes", (text) => measure(text)!);
  return (text) => (measure(text) === undefined ? malformed() : size?.(text));
}

/** Enumeration and patterns are both ways to say which values there are: one that fits either is right. */
export function valueSetCheck(
  enumeration: readonly EnumerationFact[] | undefined,
  patterns: readonly string[] | undefined,
): ValueCheck {
  const entries = new Map((enumeration ?? []).map((entry) => [entry.value, entry]));
  const matchers = (patterns ?? [])
    .map(compilePattern)
    .filter((made): made is PatternMatcher => typeof made !== "string");
  const writable = () => (enumeration ?? []).filter((entry) => !entry.readOnly).map((entry) => entry.value);
  const notThere = enumeration
    ? lazyIssue("enumeration", () => ({ rule: "enumeration", expected: valuesInWords(writable()) }))
    : lazyIssue("pattern", () => ({
        rule: `pattern ${patterns!.join(" or ")}`,
        expected: (patterns ?? []).join(" or "),
      }));
  const vendor = lazyIssue("enumeration.vendor", () => ({
    rule: "enumeration",
    expected: `${valuesInWords(writable())}, or what the vendor added`,
  }));
  const readOnly = lazyIssue("enumeration.readOnly", () => ({
    rule: "enumeration: only the device sets it",
    expected: valuesInWords(writable()),
  }));
  const outdated = lazyIssue("enumeration.status", () => ({
    rule: "enumeration: not to be used any more",
    expected: valuesInWords(writable()),
  }));
  return (value) => {
    const entry = entries.get(value);
    if (entry) return entry.readOnly ? readOnly() : entry.status ? outdated() : undefined;
    for (const matcher of matchers) if (matcher.test(value)) return undefined;
    return enumeration && value.startsWith("X_") ? vendor() : notThere();
  };
}

/** Addresses: the named types have no pattern of their own for IPv6 (tr-106-types). */
export function formatCheck({ format, dataType }: SyntaxFact): ValueCheck | undefined {
  if (format !== "ip" && format !== "ipPrefix") return undefined;
  const canonical = format === "ip" ? canonicalIp : canonicalIpPrefix;
  const v6Only = dataType === "IPv6Address" || dataType === "IPv6Prefix";
  const expected = `${format === "ip" ? "an IP address" : "an IP prefix"}${v6Only ? " of version 6" : ""} or nothing`;
  const issue = lazyIssue("type.format", () => ({ rule: `type ${dataType ?? format}`, expected }));
  return (value) => {
    const address = canonical(value);
    if (address === undefined) return issue();
    return v6Only && address !== "" && !address.startsWith("/") && !address.includes(":") ? issue() : undefined;
  };
}
