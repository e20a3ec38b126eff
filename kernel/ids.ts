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

/** `length` characters of base 32, five random bits each. */
export function randomToken(length: number): string {
  const bytes = pooledRandom(length);
  let token = "";
  for (const byte of bytes) token += ALPHABET[byte & 31];
  return token;
}

function encodeTime(at: Instant): string {
  let rest = at;
  let text = "";
  for (let i = 0; i < 9; i++) {
    text = ALPHABET[rest % 32] + text;
    rest = Math.floor(rest / 32);
  }
  return text;
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
  let sequence = lastSequence;
  let middle = "";
  for (let i = 0; i < 5; i++) {
    middle = ALPHABET[sequence % 32] + middle;
    sequence = Math.floor(sequence / 32);
  }
  return encodeTime(lastAt) + middle + randomToken(12);
}

/** The smallest id that `newId` could have made at `at`: a bound for range queries over ids. */
export const idFloor = (at: Instant): string => `${encodeTime(at)}${"0".repeat(17)}`;
