import { asBinary } from "lmdb";
import { StewardError } from "../../../kernel/errors.ts";
import type { Document } from "../port.ts";
import type { Catalog, CollectionInfo, Index } from "./catalog.ts";
import { documentKey, type Environment, encodeDocument } from "./environment.ts";
import { indexTuples } from "./index-keys.ts";
import { encodeKey, isTooLong, shortenKey } from "./keys.ts";

/** What a write within a transaction needs. */
export interface WriteContext {
  readonly environment: Environment;
  readonly catalog: Catalog;
}

interface EntryChange {
  readonly index: Index;
  readonly removed: readonly Buffer[];
  readonly added: readonly Buffer[];
}

/** The keys of a document's entries in one index; those of a unique index are values only, others end with the id. */
export function entryKeys(
  index: Index,
  document: Document,
): { keys: Buffer[]; throughArray: readonly boolean[]; shortened: boolean } {
  const none = { keys: [], throughArray: index.throughArray, shortened: false };
  if (index.takesPart !== undefined && !index.takesPart(document)) return none;
  const { tuples, throughArray } = indexTuples(document, index.paths);
  const keys: Buffer[] = [];
  let shortened = false;
  for (const tuple of tuples) {
    if (index.sparse && tuple.every((value) => value === undefined)) continue;
    const head = encodeKey(index.prefix, tuple, index.directions);
    shortened ||= isTooLong(head);
    const key = index.unique ? shortenKey(head) : documentKey(shortenKey(head), document._id);
    if (tuples.length === 1 || !keys.some((other) => other.equals(key))) keys.push(key);
  }
  return { keys, throughArray, shortened };
}

/** The keys of a document's entries in each of `indexes`. */
export const allEntryKeys = (indexes: readonly Index[], document: Document): readonly (readonly Buffer[])[] =>
  indexes.map((index) => entryKeys(index, document).keys);

const NONE: readonly Buffer[] = [];

const without = (keys: readonly Buffer[], others: readonly Buffer[]): Buffer[] =>
  keys.filter((key) => !others.some((other) => other.equals(key)));

function changeOf(
  context: WriteContext,
  index: Index,
  old: readonly Buffer[],
  after: Document | undefined,
): EntryChange {
  if (after === undefined) return { index, removed: old, added: [] };
  const { keys, throughArray, shortened } = entryKeys(index, after);
  if ((shortened && !index.shortened) || throughArray.some((through, i) => through && !index.throughArray[i])) {
    context.catalog.note(index, throughArray, shortened);
  }
  return { index, removed: without(old, keys), added: without(keys, old) };
}

export function duplicateKey(collection: string, fields: readonly string[]): StewardError {
  return new StewardError(
    "engine.duplicateKey",
    `another document of ${collection} has the same ${fields.join(", ")}`,
    {
      details: { collection, fields: [...fields] },
    },
  );
}

export interface Replacement {
  readonly id: string;
  /** The document's entries until now in each of the indexes; absent when it is new. */
  readonly before?: readonly (readonly Buffer[])[];
  /** `undefined`: it is removed. */
  readonly after: Document | undefined;
  /** `after` as it is stored, when that is known; `after` then needs no more than what the indexes read. */
  readonly stored?: Buffer;
}

/** The store's own order of a write: every check first, then every change, so that a refused write leaves nothing behind. */
export function replaceDocument(
  context: WriteContext,
  collection: { name: string; info: CollectionInfo },
  { id, before, after, stored }: Replacement,
  indexes: readonly Index[] = collection.info.indexes,
): void {
  const { environment } = context;
  const changes = indexes.map((index, i) => changeOf(context, index, before?.[i] ?? NONE, after));
  for (const { index, added } of changes) {
    if (!index.unique) continue;
    for (const key of added) {
      const owner = environment.get(key);
      if (owner !== undefined && owner !== id) throw duplicateKey(collection.name, index.paths);
    }
  }
  const key = documentKey(collection.info.prefix, id);
  if (after === undefined) void environment.remove(key);
  else void environment.put(key, asBinary(stored ?? encodeDocument(after)));
  for (const { removed, added } of changes) {
    for (const entry of removed) void environment.remove(entry);
    for (const entry of added) void environment.put(entry, id);
  }
}
