import type {
  Collection as DriverCollection,
  Document as DriverDocument,
  FindOptions as DriverFindOptions,
} from "mongodb";
import type { StewardError } from "../../../kernel/errors.ts";
import { newId } from "../../../kernel/ids.ts";
import type {
  BulkOperation,
  BulkWriteResult,
  Collection,
  Cursor,
  Document,
  Filter,
  FilterById,
  FindOptions,
  GatheredCollection,
  IndexOptions,
  Projection,
  Sort,
  Update,
  UpdateResult,
} from "../port.ts";
import { copyDocument } from "../values.ts";
import { bulkWrite } from "./bulk.ts";
import { MongoCursor } from "./cursor.ts";
import { isUndone, type ServerAnswer, translate } from "./errors.ts";
import { MongoGathered } from "./gathered.ts";
import { indexName, toFilter, toIndexOptions, toUpdate, toUpsert } from "./requests.ts";

/** Codes of createIndexes where an index with this name has other options, and of dropIndexes where there is none. */
const OTHER_OPTIONS = new Set<unknown>([85, 86]);
const NO_SUCH_INDEX = new Set<unknown>([26, 27]);
const ATTEMPTS = 5;

type Driver = DriverCollection<Document>;
const codeOf = (error: unknown): unknown => (error as { code?: unknown }).code;

/** The driver's collection with the port's errors. Durability: the client's write concern is majority and journalled. */
export class MongoCollection<D extends Document> implements Collection<D> {
  readonly name: string;
  readonly gathered: GatheredCollection<D>;
  readonly #collection: () => Driver;

  constructor(name: string, collection: () => Driver) {
    this.name = name;
    this.#collection = collection;
    this.gathered = new MongoGathered<D>(name, collection);
  }

  find(filter: Filter, options: FindOptions = {}): Cursor<D> {
    const cursor = this.#collection().find(toFilter<Document>(filter), options as DriverFindOptions);
    return new MongoCursor(cursor, (error) => translate(this.name, error)) as unknown as Cursor<D>;
  }

  async findOne(filter: Filter, options: FindOptions = {}): Promise<D | undefined> {
    const { limit: _, ...rest } = options;
    return this.#found(
      await this.#run((collection) => collection.findOne(toFilter<Document>(filter), rest as DriverFindOptions)),
    );
  }

  async insertOne(document: D): Promise<void> {
    await this.#change((collection) => collection.insertOne(copyDocument<Document>(document)));
  }

  async insertMany(documents: readonly D[]): Promise<void> {
    if (documents.length === 0) return;
    await this.#run((collection) =>
      collection.insertMany(documents.map((document) => copyDocument<Document>(document))),
    );
  }

  async updateOne(
    filter: Filter,
    update: Update,
    options: { upsert?: boolean; sort?: Sort } = {},
  ): Promise<UpdateResult> {
    if (options.sort !== undefined) return this.#updateFirst(filter, update, { ...options, sort: options.sort });
    const { upsert = false } = options;
    const changes = upsert ? toUpsert<Document>(filter, update) : toUpdate<Document>(update);
    return toResult(
      await this.#change((collection) => collection.updateOne(toFilter<Document>(filter), changes, { upsert }), upsert),
    );
  }

  async updateMany(filter: Filter, update: Update): Promise<UpdateResult> {
    return toResult(
      await this.#change((collection) => collection.updateMany(toFilter<Document>(filter), toUpdate<Document>(update))),
    );
  }

  async replaceOne(
    filter: Filter,
    replacement: D,
    { upsert = false }: { upsert?: boolean } = {},
  ): Promise<UpdateResult> {
    const { _id, ...fields } = copyDocument<Document>(replacement);
    const whole =
      upsert || _id !== undefined
        ? { _id: _id ?? (filter._id as string | undefined) ?? newId(Date.now()), ...fields }
        : fields;
    return toResult(
      (await this.#change(
        (collection) => collection.replaceOne(toFilter<Document>(filter), whole, { upsert }),
        upsert,
      )) as DriverUpdateResult,
    );
  }

  async findOneAndUpdate(
    filter: Filter,
    update: Update,
    options: { upsert?: boolean; sort?: Sort; projection?: Projection; returnDocument?: "before" | "after" } = {},
  ): Promise<D | undefined> {
    const { upsert = false } = options;
    const changes = upsert ? toUpsert<Document>(filter, update) : toUpdate<Document>(update);
    return this.#found(
      await this.#change(
        (collection) => collection.findOneAndUpdate(toFilter<Document>(filter), changes, { ...options, upsert }),
        upsert,
      ),
    );
  }

  /**
   * Sent as one of many, here and in bulk: a `deleteOne` of DocumentDB 1.0 deletes nothing when another changes the
   * document at the same time.
   */
  deleteOne(filter: FilterById): Promise<number> {
    return this.deleteMany(filter);
  }

  async deleteMany(filter: Filter): Promise<number> {
    return (await this.#change((collection) => collection.deleteMany(toFilter<Document>(filter)))).deletedCount;
  }

  countDocuments(filter: Filter, options: { limit?: number } = {}): Promise<number> {
    return this.#run((collection) => collection.countDocuments(toFilter<Document>(filter), options));
  }

  distinct(field: string, filter: Filter = {}): Promise<unknown[]> {
    return this.#run((collection) => collection.distinct(field, toFilter<Document>(filter)) as Promise<unknown[]>);
  }

  async bulkWrite(
    operations: readonly BulkOperation<D>[],
    { ordered = true }: { ordered?: boolean } = {},
  ): Promise<BulkWriteResult> {
    return bulkWrite(this.#collection(), operations as readonly BulkOperation<Document>[], ordered);
  }

  /** An index over the same fields with other options is replaced. */
  async createIndex(keys: Record<string, 1 | -1>, options: IndexOptions = {}): Promise<void> {
    await this.#change(async (collection) => {
      try {
        await collection.createIndex(keys, toIndexOptions(options));
      } catch (error) {
        if (!OTHER_OPTIONS.has(codeOf(error))) throw error;
        await collection.dropIndex(indexName(keys));
        await collection.createIndex(keys, toIndexOptions(options));
      }
    });
  }

  async dropIndex(keys: Record<string, 1 | -1>): Promise<void> {
    await this.#run(async (collection) => {
      try {
        await collection.dropIndex(indexName(keys));
      } catch (error) {
        if (!NO_SUCH_INDEX.has(codeOf(error))) throw error;
      }
    });
  }

  #found(document: DriverDocument | null): D | undefined {
    return document === null ? undefined : (document as D);
  }

  async #run<T>(request: (collection: Driver) => Promise<T>): Promise<T> {
    try {
      return await request(this.#collection());
    } catch (error) {
      throw translate(this.name, error);
    }
  }

  /**
   * A write of one statement, or an index, repeated when the server has undone it, or when it is an upsert that was
   * refused as a duplicate: of two upserts of one key at the same time one may be, and finds the document when it comes
   * again.
   */
  async #change<T>(request: (collection: Driver) => Promise<T>, upsert = false): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#run(request);
      } catch (error) {
        const { code, cause } = error as StewardError;
        const again =
          (upsert && code === "engine.duplicateKey") || (cause !== undefined && isUndone(cause as ServerAnswer));
        if (!again || attempt === ATTEMPTS) throw error;
      }
    }
  }

  /** `updateOne` knows no `sort` before MongoDB 8; a matched document counts as modified. */
  async #updateFirst(
    filter: Filter,
    update: Update,
    { sort, upsert = false }: { upsert?: boolean; sort: Sort },
  ): Promise<UpdateResult> {
    const changes = upsert ? toUpsert<Document>(filter, update) : toUpdate<Document>(update);
    const options = { sort, upsert, projection: { _id: 1 }, includeResultMetadata: true } as const;
    const answer = await this.#change(
      (collection) => collection.findOneAndUpdate(toFilter<Document>(filter), changes, options),
      upsert,
    );
    const matched = answer.value === null ? 0 : 1;
    const id = answer.lastErrorObject?.upserted as string | undefined;
    return { matchedCount: matched, modifiedCount: matched, ...(id !== undefined && { upsertedId: id }) };
  }
}

interface DriverUpdateResult {
  matchedCount: number;
  modifiedCount: number;
  upsertedId: unknown;
}

const toResult = ({ matchedCount, modifiedCount, upsertedId }: DriverUpdateResult): UpdateResult => ({
  matchedCount,
  modifiedCount,
  ...(typeof upsertedId === "string" && { upsertedId }),
});
