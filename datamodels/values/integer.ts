import type { ParameterType } from "../../kernel/value.ts";

export type IntegerType = Extract<ParameterType, "int" | "unsignedInt" | "long" | "unsignedLong">;

interface Bounds {
  readonly min: bigint;
  readonly max: bigint;
}

export const integerBounds: Readonly<Record<IntegerType, Bounds>> = {
  int: { min: -(2n ** 31n), max: 2n ** 31n - 1n },
  unsignedInt: { min: 0n, max: 2n ** 32n - 1n },
  long: { min: -(2n ** 63n), max: 2n ** 63n - 1n },
  unsignedLong: { min: 0n, max: 2n ** 64n - 1n },
};

/** Digits that a JavaScript number holds exactly. */
const EXACT_DIGITS = 15;
const MAX_TEXT = 40;

/** The number that `text` spells, exactly; `undefined` when it is no integer. A number where it is exact, else a bigint. */
export function parseInteger(text: string): number | bigint | undefined {
  const { length } = text;
  if (length === 0 || length > MAX_TEXT) return undefined;
  const sign = text.charCodeAt(0);
  const start = sign === 43 || sign === 45 ? 1 : 0;
  if (start === length) return undefined;
  let value = 0;
  for (let i = start; i < length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  if (length - start <= EXACT_DIGITS) return sign === 45 ? 0 - value : value;
  const exact = BigInt(text.slice(start));
  return sign === 45 ? -exact : exact;
}

/** Without plus sign and leading zeros. */
export function canonicalInteger(text: string): string | undefined {
  const value = parseInteger(text.trim());
  return value === undefined ? undefined : String(value);
}

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?$/;

/** An xsd:decimal without superfluous zeros; `undefined` when it is none. */
export function canonicalDecimal(text: string): string | undefined {
  const match = text.length > 400 ? undefined : DECIMAL.exec(text.trim());
  if (!match || (match[2] === "" && (match[3] ?? "") === "")) return undefined;
  const whole = match[2]!.replace(/^0+(?=\d)/, "") || "0";
  const fraction = trimZeros(match[3] ?? "");
  const digits = fraction === "" ? whole : `${whole}.${fraction}`;
  return match[1] === "-" && digits !== "0" ? `-${digits}` : digits;
}

function trimZeros(fraction: string): string {
  let end = fraction.length;
  while (end > 0 && fraction[end - 1] === "0") end -= 1;
  return fraction.slice(0, end);
}
