import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";
import { type ByteCount, kib } from "../../kernel/bytes.ts";
import type { Instant } from "../../kernel/time.ts";
import {
  flagLetter,
  flagOfLetter,
  frontCode,
  frontDecode,
  sourceCode,
  sourceOf,
  typeLetter,
  typeOfLetter,
} from "./columns.ts";
import type { ParameterObservation, ParameterPatch } from "./model.ts";
import type { Tree, TreeRow } from "./tree.ts";

/**
 * Parameters at rest: columns as JSON, paths front-coded, the whole compressed (brotli, quality 1) when that pays.
 * A block holds either a whole tree (each row with its own origin) or one patch (a single origin, and what was gone).
 */
interface Columns {
  /** Paths, front-coded; of a tree in tree order, of a patch as they came. */
  p: string[];
  /** A letter per row. */
  t: string;
  v: (string | null)[];
  /** Origins: when, from where, unconfirmed. */
  o: [at: Instant, source: number, unconfirmed: 0 | 1][];
  /** Which origin each row has; absent when all have the first. */
  r?: number[];
  /** Writability, a letter per row; absent when none is known. */
  w?: string;
  /** Attributes of the rows that have any. */
  n?: [row: number, notification: number | null, accessList: readonly string[] | null][];
  /** Of a patch: complete and removed subtrees. */
  c?: readonly string[];
  x?: readonly string[];
}

const PLAIN = 0;
const BROTLI = 1;
/** Patches are folded before long: what compressing them costs is rarely won back. */
const COMPRESS_PATCH_FROM = kib(16);
const COMPRESS_TREE_FROM = 512;
const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 1, [constants.BROTLI_PARAM_LGWIN]: 19 } };

function pack(columns: Columns, compressFrom: ByteCount): Uint8Array {
  const text = Buffer.from(JSON.stringify(columns));
  const body = text.length < compressFrom ? text : brotliCompressSync(text, brotli);
  return Buffer.concat([Buffer.of(body === text ? PLAIN : BROTLI), body]);
}

function unpack(block: Uint8Array): Columns {
  const body = block.subarray(1);
  const text =
    block[0] === BROTLI ? brotliDecompressSync(body) : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return JSON.parse(text.toString("utf8")) as Columns;
}

type Facts = Pick<ParameterObservation, "type" | "value" | "writable" | "notification" | "accessList">;

function columnsOf(paths: readonly string[], rows: readonly Facts[]): Pick<Columns, "p" | "t" | "v" | "w" | "n"> {
  let types = "";
  let writable = "";
  let anyWritable = false;
  const values: (string | null)[] = [];
  const attributes: NonNullable<Columns["n"]> = [];
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index]!;
    types += typeLetter(row.type);
    writable += flagLetter(row.writable);
    anyWritable ||= row.writable !== undefined;
    values.push(row.value ?? null);
    if (row.notification !== undefined || row.accessList !== undefined) {
      attributes.push([index, row.notification ?? null, row.accessList ?? null]);
    }
  }
  const columns: Pick<Columns, "p" | "t" | "v" | "w" | "n"> = { p: frontCode(paths), t: types, v: values };
  if (anyWritable) columns.w = writable;
  if (attributes.length > 0) columns.n = attributes;
  return columns;
}

export function encodePatch({ at, source, unconfirmed, observations, complete, removed }: ParameterPatch): Uint8Array {
  const paths = observations.map(({ path }) => path);
  const columns: Columns = {
    ...columnsOf(paths, observations),
    o: [[at, sourceCode(source), unconfirmed === true ? 1 : 0]],
  };
  if (complete?.length) columns.c = complete;
  if (removed?.length) columns.x = removed;
  return pack(columns, COMPRESS_PATCH_FROM);
}

export function decodePatch(block: Uint8Array): ParameterPatch {
  const columns = unpack(block);
  const [at, source, unconfirmed] = columns.o[0]!;
  return {
    at,
    source: sourceOf(source),
    unconfirmed: unconfirmed === 1,
    observations: frontDecode(columns.p).map(observationReader(columns)),
    ...(columns.c && { complete: columns.c }),
    ...(columns.x && { removed: columns.x }),
  };
}

function observationReader({ t, v, w, n }: Columns): (path: string, row: number) => ParameterObservation {
  const attributes = new Map(n?.map((entry) => [entry[0], entry]));
  return (path, row) => ({
    path,
    type: typeOfLetter(t, row),
    value: v[row] ?? undefined,
    writable: w === undefined ? undefined : flagOfLetter(w, row),
    notification: attributes.get(row)?.[1] ?? undefined,
    accessList: attributes.get(row)?.[2] ?? undefined,
  });
}

/** `paths`: those of the tree, in tree order. */
export function encodeTree(tree: Tree, paths: readonly string[]): Uint8Array {
  const origins = new Map<number, number>();
  const list: Columns["o"] = [];
  const originOf = ({ at, source, unconfirmed }: TreeRow): number => {
    // Milliseconds since the epoch leave room for these three bits in a number.
    const key = (at * 4 + sourceCode(source)) * 2 + (unconfirmed ? 1 : 0);
    let place = origins.get(key);
    if (place === undefined) {
      place = list.push([at, sourceCode(source), unconfirmed ? 1 : 0]) - 1;
      origins.set(key, place);
    }
    return place;
  };
  const rows = paths.map((path) => tree.get(path)!);
  const places = rows.map(originOf);
  const columns: Columns = { ...columnsOf(paths, rows), o: list };
  if (list.length > 1) columns.r = places;
  return pack(columns, COMPRESS_TREE_FROM);
}

/** In tree order. */
export function decodeTree(block: Uint8Array): Tree {
  const columns = unpack(block);
  const { t, v, w, r, n, o } = columns;
  const origins = o.map(([at, source, unconfirmed]) => ({
    at,
    source: sourceOf(source),
    unconfirmed: unconfirmed === 1,
  }));
  const tree: Tree = new Map();
  const paths = frontDecode(columns.p);
  for (let row = 0; row < paths.length; row++) {
    const { at, source, unconfirmed } = origins[r === undefined ? 0 : r[row]!]!;
    tree.set(paths[row]!, {
      type: typeOfLetter(t, row),
      value: v[row] ?? undefined,
      at,
      source,
      unconfirmed,
      writable: w === undefined ? undefined : flagOfLetter(w, row),
      notification: undefined,
      accessList: undefined,
    });
  }
  for (const [row, notification, accessList] of n ?? []) {
    const found = tree.get(paths[row]!)!;
    found.notification = notification ?? undefined;
    found.accessList = accessList ?? undefined;
  }
  return tree;
}
