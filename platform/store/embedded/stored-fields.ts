import { decodeDocument, encodeDocument } from "./environment.ts";

// A stored document is a MessagePack map. An update that writes some of its fields need not decode the others, nor encode
// them again: they are found by walking over the bytes, and copied as they are.

/** How many bytes stand behind each tag from 0xc0 to 0xdf, its length fields and children not counted. */
const FIXED = [
  0, 0, 0, 0, 1, 2, 4, 2, 3, 5, 4, 8, 1, 2, 4, 8, 1, 2, 4, 8, 2, 3, 5, 9, 17, 1, 2, 4, 2, 4, 2, 4,
] as const;
const BIN_8 = 0xc4;
const EXT_32 = 0xc9;
const STR_8 = 0xd9;
const STR_32 = 0xdb;
const ARRAY_16 = 0xdc;
const MAP_16 = 0xde;
const MAP_32 = 0xdf;

const lengthAt = (bytes: Buffer, at: number, size: number): number =>
  size === 1 ? bytes[at]! : size === 2 ? bytes.readUInt16BE(at) : bytes.readUInt32BE(at);

/** Where the value that begins at `start` ends. */
function endOfValue(bytes: Buffer, start: number): number {
  let at = start;
  for (let open = 1; open > 0; open--) {
    const tag = bytes[at++]!;
    if (tag < 0x80 || tag >= 0xe0) continue;
    if (tag < 0x90) open += 2 * (tag & 0x0f);
    else if (tag < 0xa0) open += tag & 0x0f;
    else if (tag < 0xc0) at += tag & 0x1f;
    else {
      const size = FIXED[tag - 0xc0]!;
      if (tag >= BIN_8 && tag <= EXT_32) {
        const isExt = tag > BIN_8 + 2;
        at += size + lengthAt(bytes, at, isExt ? size - 1 : size);
      } else if (tag >= STR_8 && tag <= STR_32) at += size + lengthAt(bytes, at, size);
      else if (tag >= ARRAY_16) {
        open += lengthAt(bytes, at, size) * (tag >= MAP_16 ? 2 : 1);
        at += size;
      } else at += size;
    }
  }
  return at;
}

/** A field's name as it stands in the bytes. */
export type EncodedName = Buffer;

export const encodeName = (name: string): EncodedName => Buffer.from(encodeDocument({ [name]: null })).subarray(1, -1);

function standsAt(name: EncodedName, bytes: Buffer, start: number, end: number): boolean {
  if (end - start !== name.length) return false;
  for (let i = name.length - 1; i >= 0; i--) if (bytes[start + i] !== name[i]) return false;
  return true;
}

function isOneOf(names: readonly EncodedName[], bytes: Buffer, start: number, end: number): boolean {
  for (const name of names) if (standsAt(name, bytes, start, end)) return true;
  return false;
}

/** What an update of a kind needs of the stored document. */
export interface FieldPlan {
  /** Fields whose values must be known. */
  readonly read: readonly EncodedName[];
  /** Fields that are written; they come last afterwards. */
  readonly written: readonly EncodedName[];
}

/** Entries of a map, without its head. */
class Entries {
  count = 0;
  /** Places: from, to, from, to, … */
  readonly #spans: number[] = [];
  #length = 0;

  add(from: number, to: number): void {
    this.count += 1;
    this.#length += to - from;
    const last = this.#spans.length - 1;
    if (this.#spans[last] === from) this.#spans[last] = to;
    else this.#spans.push(from, to);
  }

  /** The map of these entries, taken from `bytes`, and of `more`, the entries of another map. */
  mapOf(bytes: Buffer, more?: { count: number; entries: Buffer }): Buffer {
    const count = this.count + (more?.count ?? 0);
    const head = headLength(count);
    const map = Buffer.allocUnsafe(head + this.#length + (more?.entries.length ?? 0));
    writeHead(map, count);
    let at = head;
    for (let i = 0; i < this.#spans.length; i += 2) at += bytes.copy(map, at, this.#spans[i], this.#spans[i + 1]);
    if (more !== undefined) map.set(more.entries, at);
    return map;
  }
}

const headLength = (count: number): number => (count < 16 ? 1 : count < 0x1_0000 ? 3 : 5);

function writeHead(map: Buffer, count: number): void {
  if (count < 16) map[0] = 0x80 | count;
  else if (count < 0x1_0000) {
    map[0] = MAP_16;
    map.writeUInt16BE(count, 1);
  } else {
    map[0] = MAP_32;
    map.writeUInt32BE(count, 1);
  }
}

/** A stored document, of which only some fields are decoded. */
export interface StoredFields {
  /** With the fields that are read, as far as they are there. */
  readonly document: Record<string, unknown>;
  /** The bytes of the document with these values in the written fields; those that `fields` lacks are gone. Call it before anything else is read. */
  withWritten(fields: Record<string, unknown>): Buffer;
}

export function splitFields(bytes: Buffer, plan: FieldPlan): StoredFields {
  const first = bytes[0]!;
  const size = first < 0x90 ? 0 : FIXED[first - 0xc0]!;
  const read = new Entries();
  const kept = new Entries();
  let at = 1 + size;
  for (let left = size === 0 ? first & 0x0f : lengthAt(bytes, 1, size); left > 0; left--) {
    const start = at;
    const nameEnd = endOfValue(bytes, start);
    at = endOfValue(bytes, nameEnd);
    if (isOneOf(plan.read, bytes, start, nameEnd)) read.add(start, at);
    if (!isOneOf(plan.written, bytes, start, nameEnd)) kept.add(start, at);
  }
  return {
    document: decodeDocument(read.mapOf(bytes)),
    withWritten(fields) {
      const count = Object.keys(fields).length;
      const entries = encodeDocument(fields).subarray(headLength(count));
      return kept.mapOf(bytes, { count, entries });
    },
  };
}
