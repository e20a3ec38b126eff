import type { RangeFact, SyntaxFact } from "../facts.ts";
import { canonicalDecimal, type IntegerType, integerBounds, parseInteger } from "../values/integer.ts";
import { lazyIssue, type ValueCheck } from "./issue.ts";
import { rangesInWords } from "./words.ts";

interface Span {
  readonly min: number | bigint;
  readonly max: number | bigint;
  readonly step: number;
}

/** Integers: exact at 64 bits, plain numbers wherever those suffice. */
export function integerCheck(type: IntegerType, ranges: readonly RangeFact[] | undefined): ValueCheck {
  const bounds = integerBounds[type];
  const [least, most] = [exact(bounds.min), exact(bounds.max)];
  const notInteger = lazyIssue("type.lexical", () => ({
    rule: `type ${type}`,
    expected: `an integer ${bounds.min}..${bounds.max}`,
  }));
  const outside = lazyIssue("range", () => ({
    rule: `range ${rangesInWords(ranges!)}`,
    expected: rangesInWords(ranges!),
  }));
  const spans = ranges?.map(
    (range): Span => ({
      min: range.min === undefined ? least : exact(BigInt(range.min)),
      max: range.max === undefined ? most : exact(BigInt(range.max)),
      step: Number(range.step ?? 1),
    }),
  );
  if (!spans) {
    return (text) => {
      const value = parseInteger(text);
      return value === undefined || value < least || value > most ? notInteger() : undefined;
    };
  }
  return (text) => {
    const value = parseInteger(text);
    if (value === undefined || value < least || value > most) return notInteger();
    for (const span of spans) if (value >= span.min && value <= span.max && isOnStep(value, span)) return undefined;
    return outside();
  };
}

/** A step counts from the lower bound (DM schema, RangeFacet). */
function isOnStep(value: number | bigint, { min, step }: Span): boolean {
  if (step === 1) return true;
  if (typeof value === "number" && typeof min === "number") return (value - min) % step === 0;
  return (BigInt(value) - BigInt(min)) % BigInt(step) === 0n;
}

const exact = (value: bigint): number | bigint =>
  value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;

export function decimalCheck({ ranges }: SyntaxFact): ValueCheck {
  const notDecimal = lazyIssue("type.lexical", () => ({ rule: "type decimal", expected: "a decimal number" }));
  const outside = lazyIssue("range", () => ({
    rule: `range ${rangesInWords(ranges!)}`,
    expected: rangesInWords(ranges!),
  }));
  return (text) => {
    if (text !== text.trim() || canonicalDecimal(text) === undefined) return notDecimal();
    const value = Number(text);
    return !ranges ||
      ranges.some(({ min, max }) => value >= Number(min ?? -Infinity) && value <= Number(max ?? Infinity))
      ? undefined
      : outside();
  };
}
