import { StewardError } from "../../kernel/errors.ts";

/**
 * The order of types, as MongoDB compares them. A missing field counts as null.
 * 1 null · 2 number · 3 string · 4 document · 5 array · 6 binary · 8 boolean · 9 date
 */
export function typeRank(value: unknown): number {
  switch (typeof value) {
    case "string":
      return 3;
    case "number":
      return 2;
    case "boolean":
      return 8;
    case "undefined":
      return 1;
    default:
      if (value === null) return 1;
      if (Array.isArray(value)) return 5;
      if (value instanceof Date) return 9;
      return value instanceof Uint8Array ? 6 : 4;
  }
}

export const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof Date) &&
  !(value instanceof Uint8Array) &&
  !(value instanceof RegExp);

/** A deep copy as the store keeps it: keys without value are dropped, `undefined` in an array becomes null. */
export function normalise(value: unknown): unknown {
  if (typeof value !== "object" || value === null) {
    if (typeof value === "bigint" || typeof value === "function" || typeof value === "symbol") {
      throw new StewardError("internal", `a ${typeof value} cannot be stored`);
    }
    return value;
  }
  if (Array.isArray(value)) return value.map((item) => (item === undefined ? null : normalise(item)));
  if (value instanceof Date) return new Date(value);
  if (value instanceof Uint8Array) return Buffer.from(value);
  if (value instanceof RegExp || value instanceof Map || value instanceof Set) {
    throw new StewardError("internal", `a ${value.constructor.name} cannot be stored`);
  }
  return normaliseFields(value as Record<string, unknown>);
}

function normaliseFields(source: Record<string, unknown>): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(source)) {
    const value = source[key];
    if (value !== undefined) copy[key] = typeof value === "string" ? value : normalise(value);
  }
  return copy;
}

export const copyDocument = <D>(document: D): D => normaliseFields(document as Record<string, unknown>) as D;

/** Equality as MongoDB sees it: the order of a document's keys counts, null and missing are one. */
export function equalValues(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) {
    return (a ?? null) === (b ?? null) || (a !== a && b !== b);
  }
  const rank = typeRank(a);
  if (rank !== typeRank(b)) return false;
  if (rank === 9) return (a as Date).getTime() === (b as Date).getTime();
  if (rank === 6) return Buffer.compare(a as Uint8Array, b as Uint8Array) === 0;
  if (rank === 5) return equalArrays(a as unknown[], b as unknown[]);
  return equalDocuments(a as Record<string, unknown>, b as Record<string, unknown>);
}

const equalArrays = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((item, i) => equalValues(item, b[i]));

function equalDocuments(a: Record<string, unknown>, b: Record<string, unknown>): boolean {
  const keys = Object.keys(a);
  const others = Object.keys(b);
  return keys.length === others.length && keys.every((key, i) => key === others[i] && equalValues(a[key], b[key]));
}

/** The order of values: by type, then by value. Negative, zero or positive. */
export function compareValues(a: unknown, b: unknown): number {
  const rank = typeRank(a);
  const otherRank = typeRank(b);
  if (rank !== otherRank) return rank - otherRank;
  switch (rank) {
    case 1:
      return 0;
    case 2:
      return compareNumbers(a as number, b as number);
    case 3:
      return compareStrings(a as string, b as string);
    case 4:
      return compareDocuments(a as Record<string, unknown>, b as Record<string, unknown>);
    case 5:
      return compareArrays(a as unknown[], b as unknown[]);
    case 6:
      return compareBinary(a as Uint8Array, b as Uint8Array);
    default:
      return compareNumbers(Number(a), Number(b));
  }
}

/** NaN comes before every number. */
const compareNumbers = (a: number, b: number): number =>
  a < b ? -1 : a > b ? 1 : a === b ? 0 : Number.isNaN(a) ? (Number.isNaN(b) ? 0 : -1) : 1;

/** The order of the UTF-8 bytes, which is that of the code points (JavaScript's `<` orders UTF-16 units). */
export function compareStrings(a: string, b: string): number {
  if (a === b) return 0;
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return x >= 0xd800 && y >= 0xd800 ? codePointWeight(x) - codePointWeight(y) : x - y;
  }
  return a.length - b.length;
}

/** Moves surrogates behind U+FFFF. */
const codePointWeight = (unit: number): number => (unit <= 0xdfff ? unit + 0x10000 : unit);

const compareBinary = (a: Uint8Array, b: Uint8Array): number => a.length - b.length || Buffer.compare(a, b);

function compareArrays(a: readonly unknown[], b: readonly unknown[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const order = compareValues(a[i], b[i]);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** Field by field: the value's type, the name, the value. */
function compareDocuments(a: Record<string, unknown>, b: Record<string, unknown>): number {
  const keys = Object.keys(a);
  const others = Object.keys(b);
  for (let i = 0; i < Math.min(keys.length, others.length); i++) {
    const x = a[keys[i]!];
    const y = b[others[i]!];
    const order = typeRank(x) - typeRank(y) || compareStrings(keys[i]!, others[i]!) || compareValues(x, y);
    if (order !== 0) return order;
  }
  return keys.length - others.length;
}

/** A deep copy of a filter. A condition that is `undefined` is a mistake of ours that would match too much: it is refused. */
export function copyFilter<F>(filter: F): F {
  return copyCondition(filter, "filter") as F;
}

function copyCondition(value: unknown, path: string): unknown {
  if (value === undefined) throw new StewardError("internal", `the ${path} is undefined`);
  if (value instanceof RegExp) return value;
  if (Array.isArray(value)) return value.map((item, i) => copyCondition(item, `${path}.${i}`));
  if (!isPlainObject(value)) return normalise(value);
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value)) copy[key] = copyCondition(value[key], `${path}.${key}`);
  return copy;
}
