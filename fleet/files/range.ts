import type { ByteCount } from "../../kernel/bytes.ts";
import type { ByteRange } from "./model.ts";

export type RangeAnswer = "whole" | "unsatisfiable" | ByteRange;

/**
 * What a Range header asks for (RFC 9110 §14.1.2). Other units, several ranges and what cannot be read mean the whole,
 * as §14.2 allows.
 */
export function readRange(header: string | undefined, size: ByteCount): RangeAnswer {
  const match = /^\s*bytes\s*=\s*(\d{0,15})\s*-\s*(\d{0,15})\s*$/i.exec(header ?? "");
  if (match === null || (match[1] === "" && match[2] === "")) return "whole";
  const [first, last] = [match[1]!, match[2]!];
  if (first === "") return lastBytes(Number(last), size);
  const start = Number(first);
  const end = last === "" ? size - 1 : Number(last);
  if (last !== "" && end < start) return "whole";
  return start >= size ? "unsatisfiable" : { start, end: Math.min(end, size - 1) };
}

const lastBytes = (count: number, size: ByteCount): RangeAnswer =>
  count === 0 || size === 0 ? "unsatisfiable" : { start: Math.max(0, size - count), end: size - 1 };

/** Whether `If-Range` still names this content: its strong entity tag or exactly its date (RFC 9110 §13.1.5). */
export const isUnchanged = (ifRange: string | undefined, etag: string, lastModified: string): boolean =>
  ifRange === undefined || ifRange.trim() === etag || ifRange.trim() === lastModified;

/** Whether one of an `If-None-Match` or `If-Match` list names this content; weak tags compare like strong ones. */
export function namesTag(header: string, etag: string): boolean {
  if (header.trim() === "*") return true;
  return header.split(",").some((tag) => tag.trim().replace(/^W\//i, "") === etag);
}
