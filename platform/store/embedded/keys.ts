import { createHash } from "node:crypto";
import { typeRank } from "../values.ts";

/**
 * Values as bytes whose order (memcmp) is that of `compareValues`, self-delimiting, so that several form a compound key.
 * LMDB allows 1,978 bytes per key: longer ones keep their beginning and end with a hash.
 */
const MAX_KEY = 1_200;
const HASH_BYTES = 32;

/** Stands for an empty array in an index: it has no element, yet it is not missing. */
export const emptyArray = Symbol("empty array");

let scratch = Buffer.allocUnsafeSlow(16_384);
let length = 0;

function reserve(bytes: number): void {
  if (length + bytes <= scratch.length) return;
  const larger = Buffer.allocUnsafeSlow(Math.max(scratch.length * 2, length + bytes));
  scratch.copy(larger, 0, 0, length);
  scratch = larger;
}

function writeByte(byte: number): void {
  reserve(1);
  scratch[length++] = byte;
}

function writeString(text: string): void {
  reserve(text.length * 6 + 2);
  if (!text.includes("\0")) length += scratch.write(text, length, "utf8");
  else
    for (const byte of Buffer.from(text)) {
      scratch[length++] = byte;
      if (byte === 0) scratch[length++] = 0xff;
    }
  scratch[length++] = 0;
  scratch[length++] = 0;
}

/** IEEE 754 with the sign bit flipped, or all bits of a negative number; NaN first. */
function writeNumber(value: number): void {
  reserve(8);
  if (Number.isNaN(value)) scratch.fill(0, length, length + 8);
  else {
    scratch.writeDoubleBE(value === 0 ? 0 : value, length);
    if (scratch[length]! & 0x80) for (let i = 0; i < 8; i++) scratch[length + i]! ^= 0xff;
    else scratch[length]! |= 0x80;
  }
  length += 8;
}

function writeValue(value: unknown): void {
  if (value === emptyArray) return writeByte(0x08);
  const rank = typeRank(value);
  writeByte(rank * 0x10);
  switch (rank) {
    case 1:
      return;
    case 2:
      return writeNumber(value as number);
    case 3:
      return writeString(value as string);
    case 4:
      return writeDocument(value as Record<string, unknown>);
    case 5:
      for (const item of value as unknown[]) writeValue(item);
      return writeByte(0);
    case 6:
      return writeBinary(value as Uint8Array);
    case 8:
      return writeByte(value ? 1 : 0);
    default:
      return writeNumber((value as Date).getTime());
  }
}

function writeDocument(document: Record<string, unknown>): void {
  for (const key of Object.keys(document)) {
    writeByte(typeRank(document[key]) * 0x10);
    writeString(key);
    writeValue(document[key]);
  }
  writeByte(0);
}

function writeBinary(bytes: Uint8Array): void {
  reserve(bytes.length + 4);
  scratch.writeUInt32BE(bytes.length, length);
  scratch.set(bytes, length + 4);
  length += bytes.length + 4;
}

function invertFrom(start: number): void {
  for (let i = start; i < length; i++) scratch[i]! ^= 0xff;
}

export type Direction = 1 | -1;

/** The bytes of `values` behind `prefix`; a component of direction -1 is inverted, so that its order is reversed. */
export function encodeKey(prefix: Uint8Array, values: readonly unknown[], directions: readonly Direction[]): Buffer {
  length = prefix.length;
  scratch.set(prefix, 0);
  for (let i = 0; i < values.length; i++) {
    const start = length;
    writeValue(values[i]);
    if (directions[i] === -1) invertFrom(start);
  }
  return Buffer.from(scratch.subarray(0, length));
}

/** The type's byte alone: below every value of the type, above every smaller type. */
export function encodeTypeBound(
  prefix: Uint8Array,
  values: readonly unknown[],
  directions: readonly Direction[],
  rank: number,
): Buffer {
  const head = encodeKey(prefix, values, directions);
  return Buffer.concat([head, Buffer.of(directions[values.length] === -1 ? (rank * 0x10) ^ 0xff : rank * 0x10)]);
}

export const isTooLong = (key: Buffer): boolean => key.length > MAX_KEY;

/** A key that LMDB takes, the same for the same bytes; its order among those that share its beginning is lost. */
export const shortenKey = (key: Buffer): Buffer =>
  isTooLong(key)
    ? Buffer.concat([key.subarray(0, MAX_KEY - HASH_BYTES), createHash("sha256").update(key).digest()])
    : key;

/** Where a range that begins (or ends) with `key` must begin to hold shortened keys too. */
export const shortenBound = (key: Buffer): Buffer => (isTooLong(key) ? key.subarray(0, MAX_KEY - HASH_BYTES) : key);

/** The first key behind every key that begins with `prefix`. */
export function afterPrefix(prefix: Uint8Array): Buffer {
  const next = Buffer.from(prefix);
  let last = next.length - 1;
  while (last > 0 && next[last] === 0xff) last--;
  next[last]!++;
  return next.subarray(0, last + 1);
}
