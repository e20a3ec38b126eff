import { StewardError } from "../../../kernel/errors.ts";
import { newId } from "../../../kernel/ids.ts";
import type { BulkOperation, Document, Filter, Sort, UpdateResult } from "../port.ts";
import { copyDocument, equalValues } from "../values.ts";
import type { CollectionInfo } from "./catalog.ts";
import { allEntryKeys, duplicateKey, replaceDocument, type WriteContext } from "./entries.ts";
import { documentKey, isLegalId } from "./environment.ts";
import { compileFilter } from "./filter.ts";
import { findNow } from "./query.ts";
import { type CompiledUpdate, seedOf, upserted } from "./update.ts";

/** One collection within one write transaction. */
export interface Target {
  readonly context: WriteContext;
  readonly name: string;
  readonly info: CollectionInfo;
}

export interface Changed {
  readonly result: UpdateResult;
  readonly before?: Document;
  readonly after?: Document;
}

export const noChange: Changed = { result: { matchedCount: 0, modifiedCount: 0 } };

export function getById({ context, info }: Target, id: string): Document | undefined {
  return isLegalId(id) ? (context.environment.get(documentKey(info.prefix, id)) as Document | undefined) : undefined;
}

/** The first match. By `_id` without any plan: this is the hot path of every session. */
export function findFirst(target: Target, filter: Filter, sort?: Sort): Document | undefined {
  const id = filter._id;
  if (typeof id !== "string")
    return findNow(target.context.environment, target.info, filter, { limit: 1, ...(sort && { sort }) })[0];
  const document = getById(target, id);
  if (document === undefined) return undefined;
  const { _id, ...guard } = filter;
  return compileFilter(guard)(document) ? document : undefined;
}

export function insert(target: Target, document: Document): void {
  if (getById(target, document._id) !== undefined) throw duplicateKey(target.name, ["_id"]);
  replaceDocument(target.context, target, { id: document._id, after: document });
}

export function updateDocument(target: Target, document: Document, update: CompiledUpdate): Changed {
  const before = copyDocument(document);
  const changed = updateInPlace(target, document, update);
  return { result: { matchedCount: 1, modifiedCount: changed ? 1 : 0 }, before, after: document };
}

/** As `updateDocument`, but copies nothing. Returns whether anything changed. */
export function updateInPlace(target: Target, document: Document, update: CompiledUpdate): boolean {
  const indexes = target.info.indexesTouchedBy(update.paths);
  const id = document._id;
  const before = allEntryKeys(indexes, document);
  const changed = update.apply(document, false);
  if (document._id !== id) throw new StewardError("internal", "an update cannot change the _id");
  if (changed) replaceDocument(target.context, target, { id, before, after: document }, indexes);
  return changed;
}

export function updateFirst(
  target: Target,
  filter: Filter,
  update: CompiledUpdate,
  options: { upsert?: boolean; sort?: Sort } = {},
): Changed {
  const document = findFirst(target, filter, options.sort);
  if (document !== undefined) return updateDocument(target, document, update);
  if (options.upsert !== true) return noChange;
  const fresh = upserted(filter, update, () => newId(Date.now()));
  insert(target, fresh);
  return { result: { matchedCount: 0, modifiedCount: 0, upsertedId: fresh._id }, after: fresh };
}

export function replaceFirst(target: Target, filter: Filter, replacement: Document, upsert = false): Changed {
  const before = findFirst(target, filter);
  if (before === undefined) {
    if (!upsert) return noChange;
    const id = (seedOf(filter)._id as string | undefined) ?? replacement._id ?? newId(Date.now());
    insert(target, { ...replacement, _id: id });
    return { result: { matchedCount: 0, modifiedCount: 0, upsertedId: id } };
  }
  const { _id, ...fields } = replacement;
  if (_id !== undefined && _id !== before._id)
    throw new StewardError("internal", "a replacement cannot change the _id");
  const after = { _id: before._id, ...fields };
  const changed = !equalValues(before, after);
  if (changed) {
    const entries = allEntryKeys(target.info.indexes, before);
    replaceDocument(target.context, target, { id: before._id, before: entries, after });
  }
  return { result: { matchedCount: 1, modifiedCount: changed ? 1 : 0 }, before, after };
}

export function remove(target: Target, document: Document): void {
  const before = allEntryKeys(target.info.indexes, document);
  replaceDocument(target.context, target, { id: document._id, before, after: undefined });
}

/** Whether there was one. */
export function removeFirst(target: Target, filter: Filter): boolean {
  const document = findFirst(target, filter);
  if (document !== undefined) remove(target, document);
  return document !== undefined;
}

/** A bulk operation whose documents are copied and whose update is compiled. */
export type PreparedOperation =
  | Exclude<BulkOperation<Document>, { updateOne: unknown } | { updateMany: unknown }>
  | { updateOne: { filter: Filter; update: CompiledUpdate; upsert?: boolean } }
  | { updateMany: { filter: Filter; update: CompiledUpdate } };

export interface Counts {
  insertedCount: number;
  matchedCount: number;
  modifiedCount: number;
  deletedCount: number;
  upsertedCount: number;
}

function count(counts: Counts, { result }: Changed): void {
  counts.matchedCount += result.matchedCount;
  counts.modifiedCount += result.modifiedCount;
  if (result.upsertedId !== undefined) counts.upsertedCount++;
}

export function carryOut(target: Target, operation: PreparedOperation, counts: Counts): void {
  if ("insertOne" in operation) {
    insert(target, operation.insertOne.document);
    counts.insertedCount++;
  } else if ("updateOne" in operation) {
    const { filter, update, upsert } = operation.updateOne;
    count(counts, updateFirst(target, filter, update, { upsert: upsert ?? false }));
  } else if ("updateMany" in operation) {
    const { filter, update } = operation.updateMany;
    for (const document of findNow(target.context.environment, target.info, filter)) {
      count(counts, updateDocument(target, document, update));
    }
  } else if ("replaceOne" in operation) {
    const { filter, replacement, upsert } = operation.replaceOne;
    count(counts, replaceFirst(target, filter, replacement, upsert));
  } else if ("deleteOne" in operation) {
    if (removeFirst(target, operation.deleteOne.filter)) counts.deletedCount++;
  } else {
    for (const document of findNow(target.context.environment, target.info, operation.deleteMany.filter)) {
      remove(target, document);
      counts.deletedCount++;
    }
  }
}
