import { StewardError } from "../../../kernel/errors.ts";
import { someValue, splitPath } from "../paths.ts";
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
import { compileProjection } from "../projection.ts";
import { copyDocument, copyFilter, equalValues } from "../values.ts";
import { FindCursor } from "./cursor.ts";
import { compileFilter } from "./filter.ts";
import { EmbeddedGathered } from "./gathered.ts";
import { buildIndex, removeIndex } from "./index-building.ts";
import { afterPrefix } from "./keys.ts";
import {
  type Counts,
  carryOut,
  findFirst,
  getById,
  insert,
  type PreparedOperation,
  remove,
  removeFirst,
  replaceFirst,
  type Target,
  updateFirst,
  updateInPlace,
} from "./mutations.ts";
import { FindSteps, findNow, Query } from "./query.ts";
import type { Session } from "./session.ts";
import { compileUpdate } from "./update.ts";

/** Documents that one transaction of an updateMany or deleteMany takes. */
const MANY = 500;

export class EmbeddedCollection<D extends Document> implements Collection<D> {
  readonly name: string;
  readonly gathered: GatheredCollection<D>;
  readonly #session: Session;

  constructor(name: string, session: Session) {
    this.name = name;
    this.#session = session;
    this.gathered = new EmbeddedGathered<D>(name, session);
  }

  find(filter: Filter, options: FindOptions = {}): Cursor<D> {
    return new FindCursor<D>(this.name, () => this.#steps(filter, options), this.#session, options.projection);
  }

  async findOne(filter: Filter, options: FindOptions = {}): Promise<D | undefined> {
    const { projection, sort, skip } = options;
    const document =
      typeof filter._id === "string" && skip === undefined
        ? this.#session.read(this.name, (target) => findFirst(target, filter))
        : (await this.find(filter, { ...(sort && { sort }), ...(skip && { skip }), limit: 1 }).toArray())[0];
    return document && (compileProjection(projection)(document) as D);
  }

  insertOne(document: D): Promise<void> {
    return this.gathered.insertOne(document);
  }

  async insertMany(documents: readonly D[]): Promise<void> {
    const copies = documents.map(copyDocument);
    if (copies.length > 0) await this.#write((target) => copies.forEach((copy) => insert(target, copy)));
  }

  async updateOne(
    filter: Filter,
    update: Update,
    options: { upsert?: boolean; sort?: Sort } = {},
  ): Promise<UpdateResult> {
    const compiled = compileUpdate(update);
    const copy = copyFilter(filter);
    return this.#write((target) => updateFirst(target, copy, compiled, options).result);
  }

  async updateMany(filter: Filter, update: Update): Promise<UpdateResult> {
    const compiled = compileUpdate(update);
    const result = { matchedCount: 0, modifiedCount: 0 };
    await this.#eachMatch(filter, (target, document) => {
      result.matchedCount++;
      if (updateInPlace(target, document, compiled)) result.modifiedCount++;
    });
    return result;
  }

  async replaceOne(filter: Filter, replacement: D, options: { upsert?: boolean } = {}): Promise<UpdateResult> {
    const wanted = copyFilter(filter);
    const copy = copyDocument(replacement);
    return this.#write((target) => replaceFirst(target, wanted, copy, options.upsert).result);
  }

  async findOneAndUpdate(
    filter: Filter,
    update: Update,
    options: { upsert?: boolean; sort?: Sort; projection?: Projection; returnDocument?: "before" | "after" } = {},
  ): Promise<D | undefined> {
    const compiled = compileUpdate(update);
    const copy = copyFilter(filter);
    const { before, after } = await this.#write((target) => updateFirst(target, copy, compiled, options));
    const document = options.returnDocument === "after" ? after : before;
    return document && (compileProjection(options.projection)(document) as D);
  }

  async deleteOne(filter: FilterById): Promise<number> {
    const copy = copyFilter(filter);
    return this.#write((target) => (removeFirst(target, copy) ? 1 : 0));
  }

  async deleteMany(filter: Filter): Promise<number> {
    let deleted = 0;
    await this.#eachMatch(filter, (target, document) => {
      remove(target, document);
      deleted++;
    });
    return deleted;
  }

  async countDocuments(filter: Filter, options: { limit?: number } = {}): Promise<number> {
    if (Object.keys(filter).length === 0) {
      const all = this.#session.read(this.name, ({ info, context }) =>
        context.environment.getKeysCount({ start: info.prefix, end: afterPrefix(info.prefix) }),
      );
      return Math.min(all ?? 0, options.limit ?? Number.POSITIVE_INFINITY);
    }
    let counted = 0;
    for await (const _ of this.find(filter, options)) counted++;
    return counted;
  }

  async distinct(field: string, filter: Filter = {}): Promise<unknown[]> {
    const found: unknown[] = [];
    const simple = new Set<unknown>();
    for await (const document of this.find(filter)) {
      someValue(document, splitPath(field), 0, (value) => {
        if (value === undefined || Array.isArray(value) || simple.has(value)) return false;
        if (typeof value !== "object") simple.add(value);
        else if (found.some((other) => equalValues(other, value))) return false;
        found.push(value);
        return false;
      });
    }
    return found;
  }

  async bulkWrite(
    operations: readonly BulkOperation<D>[],
    options: { ordered?: boolean } = {},
  ): Promise<BulkWriteResult> {
    const prepared = operations.map(prepare);
    const counts: Counts = { insertedCount: 0, matchedCount: 0, modifiedCount: 0, deletedCount: 0, upsertedCount: 0 };
    if (prepared.length === 0) return { ...counts, duplicates: [] };
    const duplicates = await this.#write((target) => carryOutAll(target, prepared, counts, options.ordered ?? true));
    return { ...counts, duplicates };
  }

  async createIndex(keys: Record<string, 1 | -1>, options: IndexOptions = {}): Promise<void> {
    await this.#write((target) => buildIndex(target, keys, options));
  }

  async dropIndex(keys: Record<string, 1 | -1>): Promise<void> {
    await this.#write((target) => removeIndex(target, keys));
  }

  #steps(filter: Filter, options: FindOptions): FindSteps | undefined {
    return this.#session.read(
      this.name,
      ({ context, info }) => new FindSteps(new Query(context.environment, info, filter, options.sort), options),
    );
  }

  #write<T>(run: (target: Target) => T): Promise<T> {
    return this.#session.write(this.name, run);
  }

  /** Few matches are one transaction. Many are looked up first and then taken in portions, each tested again. */
  async #eachMatch(filter: Filter, change: (target: Target, document: Document) => void): Promise<void> {
    const copy = copyFilter(filter);
    const matches = compileFilter(copy);
    const done = await this.#write((target) => {
      const found = findNow(target.context.environment, target.info, copy, { limit: MANY + 1 });
      if (found.length > MANY) return false;
      for (const document of found) change(target, document);
      return true;
    });
    if (done) return;
    const ids = (await this.find(copy, { projection: { _id: 1 } }).toArray()).map(({ _id }) => _id);
    for (let i = 0; i < ids.length; i += MANY) {
      const portion = ids.slice(i, i + MANY);
      await this.#write((target) => {
        for (const id of portion) {
          const document = getById(target, id);
          if (document !== undefined && matches(document)) change(target, document);
        }
      });
    }
  }
}

/** With copies of everything that the caller may change while the write waits. */
function prepare<D extends Document>(operation: BulkOperation<D>): PreparedOperation {
  if ("insertOne" in operation) return { insertOne: { document: copyDocument(operation.insertOne.document) } };
  if ("updateOne" in operation) {
    const { filter, update, upsert } = operation.updateOne;
    return { updateOne: { filter: copyFilter(filter), update: compileUpdate(update), upsert: upsert ?? false } };
  }
  if ("updateMany" in operation) {
    const { filter, update } = operation.updateMany;
    return { updateMany: { filter: copyFilter(filter), update: compileUpdate(update) } };
  }
  if ("replaceOne" in operation) {
    const { filter, replacement, upsert } = operation.replaceOne;
    return {
      replaceOne: { filter: copyFilter(filter), replacement: copyDocument(replacement), upsert: upsert ?? false },
    };
  }
  if ("deleteOne" in operation) return { deleteOne: { filter: copyFilter(operation.deleteOne.filter) } };
  return { deleteMany: { filter: copyFilter(operation.deleteMany.filter) } };
}

function carryOutAll(
  target: Target,
  operations: readonly PreparedOperation[],
  counts: Counts,
  ordered: boolean,
): number[] {
  const duplicates: number[] = [];
  for (const [i, operation] of operations.entries()) {
    try {
      carryOut(target, operation, counts);
    } catch (error) {
      if (!(error instanceof StewardError && error.code === "engine.duplicateKey")) throw error;
      duplicates.push(i);
      if (ordered) break;
    }
  }
  return duplicates;
}
