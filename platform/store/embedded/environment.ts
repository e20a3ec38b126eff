import { mkdirSync } from "node:fs";
import { open, type RootDatabase } from "lmdb";
import { Encoder } from "msgpackr";
import { StewardError } from "../../../kernel/errors.ts";
import { requireDataFile } from "./data-file.ts";

/** The one LMDB database of a store: catalog, documents and index entries, told apart by the first byte of the key. */
export type Environment = RootDatabase<unknown, Buffer>;

export const META = 1;
export const DOCUMENT = 2;
export const ENTRY = 3;

/** The key prefix of a collection's documents or of an index's entries. */
export function prefixOf(kind: typeof DOCUMENT | typeof ENTRY, number: number): Buffer {
  const prefix = Buffer.allocUnsafe(5);
  prefix[0] = kind;
  prefix.writeUInt32BE(number, 1);
  return prefix;
}

export const MAX_ID_BYTES = 700;

/**
 * Plain MessagePack maps. The encoder is ours: lmdb's own is one per process and, where modules are loaded twice (jest),
 * knows a foreign Date. Beside an encoder lmdb reads these options at its own top level only.
 */
const plainMaps = { useRecords: false, mapsAsObjects: true, variableMapSize: true };
const encoding = { encoder: { Encoder }, ...plainMaps };
const encoder = new Encoder(plainMaps);

/** A document as it is stored; `environment.get` decodes it. */
export const encodeDocument = (document: object): Buffer => encoder.encode(document);

export const decodeDocument = (bytes: Uint8Array): Record<string, unknown> =>
  encoder.decode(bytes) as Record<string, unknown>;

/**
 * Opens the directory, which several processes may do at once. `overlappingSync` is off: a transaction's promise then
 * resolves when it is on the disk, not when it is visible.
 */
export function openEnvironment(directory: string): Environment {
  mkdirSync(directory, { recursive: true });
  requireDataFile(directory);
  return open<unknown, Buffer>({
    path: directory,
    noSubdir: false,
    keyEncoding: "binary",
    overlappingSync: false,
    eventTurnBatching: false,
    maxReaders: 256,
    ...encoding,
  });
}

/** Whether a document can have this `_id`. */
export const isLegalId = (id: unknown): id is string =>
  typeof id === "string" && id.length > 0 && (id.length <= MAX_ID_BYTES / 3 || Buffer.byteLength(id) <= MAX_ID_BYTES);

export function documentKey(prefix: Buffer, id: string): Buffer {
  if (!isLegalId(id)) throw new StewardError("internal", `a document's _id is text of 1 to ${MAX_ID_BYTES} bytes`);
  const key = Buffer.allocUnsafe(prefix.length + Buffer.byteLength(id));
  key.set(prefix, 0);
  key.write(id, prefix.length, "utf8");
  return key;
}

export const unavailable = (cause: unknown): StewardError =>
  cause instanceof StewardError
    ? cause
    : new StewardError(
        "engine.unavailable",
        `the embedded store failed: ${cause instanceof Error ? cause.message : String(cause)}`,
        { cause },
      );
