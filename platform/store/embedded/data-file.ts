import { closeSync, existsSync, fstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { StewardError } from "../../../kernel/errors.ts";

// LMDB's file begins with two meta pages, of which the one with the larger transaction counts (lmdb's `MDB_meta`).
const PAGE = 4_096;
const MAGIC = 0xbeef_c0de;
const MAGIC_AT = 24;
const PAGE_SIZE_AT = 48;
const LAST_PAGE_AT = 144;
const TRANSACTION_AT = 152;

/**
 * LMDB maps its file into memory and trusts what it finds there: with a file that is none of its own, or that was cut
 * off, the process would end without a word. Throws `configuration.invalid` instead.
 */
export function requireDataFile(directory: string): void {
  const path = join(directory, "data.mdb");
  if (!existsSync(path)) return;
  const file = openSync(path, "r");
  try {
    const problem = problemOf(file);
    if (problem === undefined) return;
    const remedy = "bring it back from a backup, or move it away to begin anew";
    throw new StewardError("configuration.invalid", `${path} ${problem}; ${remedy}`);
  } finally {
    closeSync(file);
  }
}

function problemOf(file: number): string | undefined {
  const head = Buffer.alloc(2 * PAGE);
  const length = readSync(file, head, 0, head.length, 0);
  if (length === 0) return undefined;
  const metas = [head.subarray(0, PAGE), head.subarray(PAGE)];
  if (length < head.length || metas.some((meta) => meta.readUInt32LE(MAGIC_AT) !== MAGIC))
    return "is not a store of Steward's";
  const current = metas.reduce((a, b) =>
    b.readBigUInt64LE(TRANSACTION_AT) > a.readBigUInt64LE(TRANSACTION_AT) ? b : a,
  );
  const pages = Number(current.readBigUInt64LE(LAST_PAGE_AT)) + 1;
  // After the reading of the head: another process may write, and the file only grows.
  return fstatSync(file).size < pages * current.readUInt32LE(PAGE_SIZE_AT) ? "is cut off at its end" : undefined;
}
