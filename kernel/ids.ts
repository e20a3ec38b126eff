import { randomFillSync } from "node:crypto";
import type { Instant } from "./time.ts";

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"; // Crockford base 32, lower case
const pool = Buffer.allocUnsafe(8192);
let poolOffset = pool.length;

/** Random bytes from a pool: one system call serves hundreds of ids (a call per id costs 5 % of a session). */
export function pooledRandom(length: number): Buffer {
  if (poolOffset + length > pool.length) {
    randomFillSync(pool);
    poolOffset = 0;
  }
  const bytes = Buffer.from(pool.subarray(poolOffset, poolOffset + length));
  poolOffset += length;
  return bytes;
}

const DIGITS = Buffer.from(ALPHABET, "latin1");

/** Text is made from bytes, not character by character: a session needs a hundred characters of ids. */
function writeRandom(into: Buffer, from: number, length: number): void {
  if (poolOffset + length > pool.length) {
    randomFillSync(pool);
    poolOffset = 0;
  }
  for (let i = 0; i < length; i++) into[from + i] = DIGITS[pool[poolOffset + i]! & 31]!;
  poolOffset += length;
}

/** The last `length` digits of `number`. */
function writeNumber(into: Buffer, from: number, length: number, number: number): void {
  let rest = number;
  for (let i = from + length - 1; i >= from; i--) {
    into[i] = DIGITS[rest % 32]!;
    rest = Math.floor(rest / 32);
  }
}

const scratch = Buffer.alloc(256);

/** `length` characters of base 32, five random bits each; at most 256. */
export function randomToken(length: number): string {
  writeRandom(scratch, 0, length);
  return scratch.toString("latin1", 0, length);
}

let lastAt = 0;
let lastSequence = 0;

/**
 * An id of 26 characters whose text order is the order of creation within a process and, to the millisecond,
 * between processes: 9 of time, 5 of sequence, 12 random.
 */
export function newId(now: Instant): string {
  if (now <= lastAt) lastSequence += 1;
  else {
    lastAt = now;
    lastSequence = 0;
  }
  writeNumber(scratch, 0, 9, lastAt);
  writeNumber(scratch, 9, 5, lastSequence);
  writeRandom(scratch, 14, 12);
  return scratch.toString("latin1", 0, 26);
}

/** The smallest id that `newId` could have made at `at`: a bound for range queries over ids. */
export function idFloor(at: Instant): string {
  writeNumber(scratch, 0, 9, at);
  return `${scratch.toString("latin1", 0, 9)}${"0".repeat(17)}`;
}
