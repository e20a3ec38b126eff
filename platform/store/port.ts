import type { Duration } from "../../kernel/time.ts";

/**
 * The store: the subset of the MongoDB driver's `Collection` that Steward uses, on two engines (MongoDB-wire and
 * embedded). The contract is stated here and tested once, in `test/contract/store`, on every engine.
 *
 * - A write that has resolved is durable: a SIGKILL right after it loses nothing.
 * - Writes to one document are atomic; there are no transactions.
 * - A broken unique index rejects with `StewardError("engine.duplicateKey")`, an engine that cannot be reached within
 *   the operation timeout with `StewardError("engine.unavailable")`. Nothing else of the engine's errors leaks.
 */
export interface Document {
  _id: string;
  [field: string]: unknown;
}

export type Scalar = string | number | boolean | null | Date | Uint8Array;

export interface FieldOperators {
  $eq?: unknown;
  $ne?: unknown;
  $gt?: unknown;
  $gte?: unknown;
  $lt?: unknown;
  $lte?: unknown;
  $in?: readonly unknown[];
  $nin?: readonly unknown[];
  $exists?: boolean;
  $regex?: RegExp;
  $not?: FieldOperators;
  $elemMatch?: Filter;
}

/** Field conditions (dotted paths reach into documents and arrays), all of which must hold. */
export interface Filter {
  $and?: readonly Filter[];
  $or?: readonly Filter[];
  $nor?: readonly Filter[];
  [field: string]: unknown;
}

/** Conditions on the one document that has this `_id`. */
export type FilterById = Filter & { readonly _id: string };

export interface Update {
  $set?: Record<string, unknown>;
  $unset?: Record<string, true>;
  $inc?: Record<string, number>;
  /** A value, or `{ $each: values, $slice?: n }`. */
  $push?: Record<string, unknown>;
  $pull?: Record<string, unknown>;
  /** A value, or `{ $each: values }`. */
  $addToSet?: Record<string, unknown>;
  $setOnInsert?: Record<string, unknown>;
  $max?: Record<string, unknown>;
  $min?: Record<string, unknown>;
}

export type Projection = Record<string, 0 | 1>;
export type Sort = Record<string, 1 | -1>;

export interface FindOptions {
  projection?: Projection;
  sort?: Sort;
  limit?: number;
  skip?: number;
}

export interface UpdateResult {
  matchedCount: number;
  modifiedCount: number;
  upsertedId?: string;
}

export type BulkOperation<D extends Document> =
  | { insertOne: { document: D } }
  | { updateOne: { filter: Filter; update: Update; upsert?: boolean } }
  | { updateMany: { filter: Filter; update: Update } }
  | { replaceOne: { filter: Filter; replacement: D; upsert?: boolean } }
  | { deleteOne: { filter: FilterById } }
  | { deleteMany: { filter: Filter } };

export interface BulkWriteResult {
  insertedCount: number;
  matchedCount: number;
  modifiedCount: number;
  deletedCount: number;
  upsertedCount: number;
  /** Operations that broke a unique index, by their place in the list; the others were carried out when `ordered` is false. */
  duplicates: readonly number[];
}

export interface IndexOptions {
  unique?: boolean;
  sparse?: boolean;
  /** Documents whose Date in the (single) indexed field is older than this are removed within a minute or so. */
  expireAfter?: Duration;
  /** Only documents that match take part. Equality, `$exists: true`, `$gt`, `$gte`, `$lt`, `$lte`. */
  partial?: Filter;
}

export interface Cursor<D> extends AsyncIterable<D> {
  toArray(): Promise<D[]>;
  close(): Promise<void>;
}

export interface Collection<D extends Document> {
  readonly name: string;
  find(filter: Filter, options?: FindOptions): Cursor<D>;
  findOne(filter: Filter, options?: FindOptions): Promise<D | undefined>;
  insertOne(document: D): Promise<void>;
  insertMany(documents: readonly D[]): Promise<void>;
  updateOne(filter: Filter, update: Update, options?: { upsert?: boolean; sort?: Sort }): Promise<UpdateResult>;
  updateMany(filter: Filter, update: Update): Promise<UpdateResult>;
  replaceOne(filter: Filter, replacement: D, options?: { upsert?: boolean }): Promise<UpdateResult>;
  findOneAndUpdate(
    filter: Filter,
    update: Update,
    options?: { upsert?: boolean; sort?: Sort; projection?: Projection; returnDocument?: "before" | "after" },
  ): Promise<D | undefined>;
  deleteOne(filter: FilterById): Promise<number>;
  deleteMany(filter: Filter): Promise<number>;
  countDocuments(filter: Filter, options?: { limit?: number }): Promise<number>;
  distinct(field: string, filter?: Filter): Promise<unknown[]>;
  bulkWrite(operations: readonly BulkOperation<D>[], options?: { ordered?: boolean }): Promise<BulkWriteResult>;
  createIndex(keys: Record<string, 1 | -1>, options?: IndexOptions): Promise<void>;
  dropIndex(keys: Record<string, 1 | -1>): Promise<void>;

  /**
   * Gathered forms, for hot paths: calls of many sessions made within a turn (reads) or within one to two milliseconds
   * (writes) share one engine call. Each caller's promise settles when its own part is done and durable.
   */
  readonly gathered: GatheredCollection<D>;
}

export interface GatheredCollection<D extends Document> {
  /** The document whose `field` (indexed, unique; by default `_id`) has this value. */
  findByKey(value: string, field?: string): Promise<D | undefined>;
  /** The documents whose `field` (indexed) has this value and that match `where` (the same object in each call), in `sort` order. */
  findAllByKey(value: string, field: string, query: GatheredQuery): Promise<D[]>;
  insertOne(document: D): Promise<void>;
  /**
   * Updates the document with this `_id` if it also matches `guard`; resolves to whether it did.
   * Two updates of one document keep their order.
   */
  updateById(id: string, update: Update, guard?: Filter): Promise<boolean>;
  deleteById(id: string): Promise<void>;
}

/** Declared once per call site: calls with the identical object are gathered. */
export interface GatheredQuery {
  where?: Filter;
  sort?: Sort;
  projection?: Projection;
  limitEach?: number;
}

export interface Store {
  readonly engine: "mongodb" | "embedded";
  collection<D extends Document>(name: string): Collection<D>;
  /** Resolves when the engine answers, rejects with `engine.unavailable`. For readiness. */
  ping(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}
