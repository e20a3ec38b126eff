import type { AnyBulkWriteOperation, CreateIndexesOptions, Filter as DriverFilter, UpdateFilter } from "mongodb";
import { newId } from "../../../kernel/ids.ts";
import type { BulkOperation, Document, Filter, IndexOptions, Update } from "../port.ts";
import { copyDocument, copyFilter, isPlainObject } from "../values.ts";

/** Filters and updates as the driver takes them: copies, so that the caller may change its objects while they wait. */
export const toFilter = <D extends Document>(filter: Filter): DriverFilter<D> => copyFilter(filter) as DriverFilter<D>;

/** An update without any field changes nothing, but it still matches; the driver would refuse it. */
const NOTHING = { $unset: { _nothing: true } };

export function toUpdate<D extends Document>(update: Update): UpdateFilter<D> {
  const operators = Object.entries(update).flatMap(([operator, fields]) => {
    const copy = fields === undefined ? {} : operator === "$pull" ? copyFilter(fields) : copyDocument(fields);
    return Object.keys(copy).length > 0 ? [[operator, copy] as const] : [];
  });
  return (operators.length > 0 ? Object.fromEntries(operators) : NOTHING) as UpdateFilter<D>;
}

/** As `toUpdate`; a document that has to be made and is given no `_id` gets one of ours instead of an ObjectId. */
export function toUpsert<D extends Document>(filter: Filter, update: Update): UpdateFilter<D> {
  const named = namesId(filter) || update.$set?._id !== undefined || update.$setOnInsert?._id !== undefined;
  return toUpdate(named ? update : { ...update, $setOnInsert: { ...update.$setOnInsert, _id: newId(Date.now()) } });
}

const namesId = (filter: Filter): boolean => {
  const id = filter._id;
  return (isPlainObject(id) ? id.$eq !== undefined : id !== undefined) || (filter.$and ?? []).some(namesId);
};

export function toBulkOperation<D extends Document>(operation: BulkOperation<D>): AnyBulkWriteOperation<D> {
  return bulkOperation(operation) as unknown as AnyBulkWriteOperation<D>;
}

function bulkOperation<D extends Document>(operation: BulkOperation<D>): Record<string, unknown> {
  if ("insertOne" in operation) return { insertOne: { document: copyDocument(operation.insertOne.document) } };
  if ("updateOne" in operation) {
    const { filter, update, upsert = false } = operation.updateOne;
    return {
      updateOne: { filter: copyFilter(filter), update: upsert ? toUpsert(filter, update) : toUpdate(update), upsert },
    };
  }
  if ("updateMany" in operation) {
    const { filter, update } = operation.updateMany;
    return { updateMany: { filter: copyFilter(filter), update: toUpdate(update) } };
  }
  if ("replaceOne" in operation) {
    const { filter, replacement, upsert = false } = operation.replaceOne;
    return { replaceOne: { filter: copyFilter(filter), replacement: copyDocument(replacement), upsert } };
  }
  const { filter } = "deleteOne" in operation ? operation.deleteOne : operation.deleteMany;
  return { deleteMany: { filter: copyFilter(filter) } };
}

export const isUpsert = <D extends Document>(operation: BulkOperation<D>): boolean =>
  ("updateOne" in operation && operation.updateOne.upsert === true) ||
  ("replaceOne" in operation && operation.replaceOne.upsert === true);

export function toIndexOptions({ unique, sparse, expireAfter, partial }: IndexOptions): CreateIndexesOptions {
  return {
    ...(unique === true && { unique }),
    ...(sparse === true && { sparse }),
    ...(expireAfter !== undefined && { expireAfterSeconds: Math.ceil(expireAfter / 1_000) }),
    ...(partial !== undefined && { partialFilterExpression: copyFilter(partial) }),
  };
}

/** The name that every driver gives to an index by default. */
export const indexName = (keys: Record<string, 1 | -1>): string =>
  Object.entries(keys)
    .map(([path, direction]) => `${path}_${direction}`)
    .join("_");
