import type { AnyBulkWriteOperation, Collection as DriverCollection } from "mongodb";
import { Gatherer, WriteGatherer, type WriteOutcome } from "../gather.ts";
import { valuesAt } from "../paths.ts";
import type { Document, Filter, GatheredCollection, GatheredQuery, Projection, Update } from "../port.ts";
import { compileProjection } from "../projection.ts";
import { copyDocument, copyFilter } from "../values.ts";
import { sendBulk } from "./bulk.ts";
import {
  isClientSide,
  isDuplicateId,
  isRefusedInsert,
  isUndone,
  type ServerAnswer,
  translate,
  translateAnswer,
} from "./errors.ts";
import { toFilter, toUpdate } from "./requests.ts";

type Write =
  | { kind: "insert"; document: Document }
  | { kind: "update"; filter: Filter; update: Update }
  | { kind: "delete"; id: string };

const READS = { delay: 0, busyDelay: 10, maxBatch: 500, maxRunning: 4, maxOpen: 20_000 };
const REPETITIONS = 4;
const WRITES = { delay: 2, busyDelay: 10, maxBatch: 500, maxRunning: 4, maxOpen: 20_000 };

/** No document has this `_id`: an upsert that would have to insert fails instead, since it may not change the `_id`. */
const NOT_AN_ID = "\u0000never";

export class MongoGathered<D extends Document> implements GatheredCollection<D> {
  readonly #name: string;
  readonly #collection: () => DriverCollection<Document>;
  readonly #writes: WriteGatherer<Write>;
  readonly #byKey = new Map<string, Gatherer<string, Document | undefined>>();
  readonly #byQuery = new WeakMap<GatheredQuery, Map<string, Gatherer<string, Document[]>>>();

  constructor(name: string, collection: () => DriverCollection<Document>) {
    this.#name = name;
    this.#collection = collection;
    this.#writes = new WriteGatherer({ ...WRITES, write: (writes) => this.#write(writes) });
  }

  async findByKey(value: string, field = "_id"): Promise<D | undefined> {
    let gatherer = this.#byKey.get(field);
    if (gatherer === undefined) {
      gatherer = new Gatherer({
        ...READS,
        load: async (values) => (await this.#load(values, field, {})).map((documents) => documents[0]),
      });
      this.#byKey.set(field, gatherer);
    }
    return (await gatherer.ask(value)) as D | undefined;
  }

  async findAllByKey(value: string, field: string, query: GatheredQuery): Promise<D[]> {
    let gatherers = this.#byQuery.get(query);
    if (gatherers === undefined) this.#byQuery.set(query, (gatherers = new Map()));
    let gatherer = gatherers.get(field);
    if (gatherer === undefined) {
      gatherer = new Gatherer({ ...READS, load: (values) => this.#load(values, field, query) });
      gatherers.set(field, gatherer);
    }
    return (await gatherer.ask(value)) as D[];
  }

  async insertOne(document: D): Promise<void> {
    await this.#writes.add(document._id, { kind: "insert", document: copyDocument(document) });
  }

  async updateById(id: string, update: Update, guard: Filter = {}): Promise<boolean> {
    const write: Write = {
      kind: "update",
      filter: guardedFilter(id, guard),
      update: toUpdate<Document>(update) as Update,
    };
    return this.#writes.add(id, write);
  }

  async deleteById(id: string): Promise<void> {
    await this.#writes.add(id, { kind: "delete", id });
  }

  async #load(values: readonly string[], field: string, query: GatheredQuery): Promise<Document[][]> {
    const wanted = [...new Set(values)];
    const byField: Filter = { [field]: wanted.length === 1 ? wanted[0] : { $in: wanted } };
    const filter = toFilter<Document>(query.where === undefined ? byField : { $and: [byField, query.where] });
    const found = await this.#find(filter, field, query);
    const byValue = new Map<string, Document[]>(wanted.map((value) => [value, []]));
    for (const document of found)
      for (const value of new Set(valuesAt(document, field))) byValue.get(value as string)?.push(document);
    const project = compileProjection(query.projection);
    const given = new Set<Document>();
    return values.map((value) =>
      byValue
        .get(value)!
        .slice(0, query.limitEach)
        .map((document) => project(unshared(document, given)) as Document),
    );
  }

  async #find(
    filter: ReturnType<typeof toFilter<Document>>,
    field: string,
    { sort, projection }: GatheredQuery,
  ): Promise<Document[]> {
    const shape = withField(projection, field);
    try {
      return await this.#collection()
        .find(filter, { ...(sort && { sort }), ...(shape && { projection: shape }) })
        .toArray();
    } catch (error) {
      throw translate(this.#name, error);
    }
  }

  /**
   * One failing operation must not fail the others: what the driver itself refuses is sent one by one, what the server
   * has undone is sent again.
   */
  async #write(writes: readonly Write[], repetitions = 0): Promise<WriteOutcome[]> {
    try {
      const { failures } = await sendBulk(this.#collection(), writes.map(toOperation), false);
      const outcomes = writes.map((write, i) => this.#outcome(write, failures.get(i)));
      const undone =
        repetitions < REPETITIONS ? [...failures].filter(([, failure]) => isUndone(failure)).map(([i]) => i) : [];
      if (undone.length === 0) return outcomes;
      const repeated = this.#write(
        undone.map((i) => writes[i]!),
        repetitions + 1,
      );
      const again = await repeated.catch((cause: unknown) => undone.map((): WriteOutcome => ({ error: cause })));
      undone.forEach((i, n) => (outcomes[i] = again[n]!));
      return outcomes;
    } catch (error) {
      const failure = translate(this.#name, error);
      if (!isClientSide(error)) throw failure;
      if (writes.length === 1) return [{ error: failure }];
      const alone = writes.map((write) =>
        this.#write([write]).catch((cause: unknown): WriteOutcome[] => [{ error: cause }]),
      );
      return (await Promise.all(alone)).flat();
    }
  }

  #outcome(write: Write, failure: ServerAnswer | undefined): WriteOutcome {
    if (failure === undefined) return { applied: true };
    if (write.kind === "update" && (isRefusedInsert(failure) || isDuplicateId(failure))) return { applied: false };
    return { error: translateAnswer(this.#name, failure) };
  }
}

/** A caller may change what it is given: the second one gets a copy. */
function unshared(document: Document, given: Set<Document>): Document {
  if (given.has(document)) return copyDocument(document);
  given.add(document);
  return document;
}

/** The projection with which the key's field comes too, for telling whose document it is. */
function withField(projection: Projection | undefined, field: string): Projection | undefined {
  if (projection === undefined) return undefined;
  const including = Object.entries(projection).some(([path, wanted]) => path !== "_id" && wanted === 1);
  if (!including) return undefined;
  const covered = Object.keys(projection).some((path) => field === path || field.startsWith(`${path}.`));
  const below = Object.entries(projection).filter(([path]) => !path.startsWith(`${field}.`));
  return covered ? projection : { ...Object.fromEntries(below), [field]: 1 };
}

/**
 * The guard stands behind two negations: an upsert takes equalities of its filter into the document that it would
 * insert, on which the update might then fail for a reason of its own. Of negated conditions it takes none.
 */
function guardedFilter(id: string, guard: Filter): Filter {
  const copy = copyFilter(guard);
  return Object.keys(copy).length === 0 ? { _id: id } : { _id: id, $nor: [{ $nor: [copy] }] };
}

/**
 * An unordered bulk write only tells how many documents matched, not which. An update is therefore sent as an upsert
 * that cannot insert: where no document matches, that one operation fails (66, ImmutableField) and says so by its place.
 */
function toOperation(write: Write): AnyBulkWriteOperation<Document> {
  switch (write.kind) {
    case "insert":
      return { insertOne: { document: write.document } };
    case "delete":
      return { deleteMany: { filter: { _id: write.id } } };
    case "update": {
      const update = { ...write.update, $setOnInsert: { _id: NOT_AN_ID } };
      return {
        updateOne: { filter: write.filter, update, upsert: true },
      } as unknown as AnyBulkWriteOperation<Document>;
    }
  }
}
