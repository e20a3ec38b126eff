import { StewardError } from "../../../kernel/errors.ts";
import type { Duration } from "../../../kernel/time.ts";
import { pathsOverlap } from "../paths.ts";
import type { Filter, IndexOptions } from "../port.ts";
import { DOCUMENT, ENTRY, type Environment, META, prefixOf } from "./environment.ts";
import { compileFilter, fieldsOf, type Predicate } from "./filter.ts";
import type { Direction } from "./keys.ts";

/** An index as it is kept. */
export interface IndexRecord {
  number: number;
  fields: [path: string, direction: Direction][];
  unique: boolean;
  sparse: boolean;
  expireAfter?: Duration;
  partial?: Filter;
  /** Which components have come out of an array in some document; the planner must then be careful. */
  throughArray: boolean[];
  /** Some entry was too long and lost its order. */
  shortened: boolean;
}

interface CollectionRecord {
  number: number;
  indexes: IndexRecord[];
}

interface CatalogRecord {
  format: number;
  nextNumber: number;
  collections: Record<string, CollectionRecord>;
}

/** An index as it is used. */
export interface Index extends IndexRecord {
  readonly prefix: Buffer;
  readonly paths: readonly string[];
  readonly directions: readonly Direction[];
  readonly takesPart?: Predicate;
  /** Every path that it reads. */
  readonly reads: readonly string[];
}

export interface CollectionInfo {
  readonly number: number;
  readonly prefix: Buffer;
  readonly indexes: readonly Index[];
  /** The indexes that writing these paths may change, remembered by the paths. */
  indexesTouchedBy(paths: readonly string[]): readonly Index[];
}

const FORMAT = 1;
const versionKey = Buffer.of(META, 1);
const catalogKey = Buffer.of(META, 2);

function toIndex(record: IndexRecord): Index {
  const { partial } = record;
  return {
    ...record,
    prefix: prefixOf(ENTRY, record.number),
    paths: record.fields.map(([path]) => path),
    directions: record.fields.map(([, direction]) => direction),
    reads: [...record.fields.map(([path]) => path), ...fieldsOf(partial)],
    ...(partial && { takesPart: compileFilter(partial) }),
  };
}

function toInfo(record: CollectionRecord): CollectionInfo {
  const indexes = record.indexes.map(toIndex);
  const remembered = new Map<string, readonly Index[]>();
  return {
    number: record.number,
    prefix: prefixOf(DOCUMENT, record.number),
    indexes,
    indexesTouchedBy(paths) {
      const key = paths.join("\n");
      let touched = remembered.get(key);
      if (touched === undefined) {
        if (remembered.size > 1_000) remembered.clear();
        touched = indexes.filter(({ reads }) => paths.some((path) => reads.some((read) => pathsOverlap(path, read))));
        remembered.set(key, touched);
      }
      return touched;
    },
  };
}

/**
 * Which collections and indexes there are. Kept in the store, since every process must maintain every index; each read
 * of it compares a version number first, so that what another process changed is seen at once.
 */
export class Catalog {
  readonly #environment: Environment;
  #version = -1;
  #record: CatalogRecord = { format: FORMAT, nextNumber: 1, collections: {} };
  #infos = new Map<string, CollectionInfo>();

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** Call once before a series of look-ups: at a read, and at the beginning of a write transaction. */
  refresh(): void {
    const version = (this.#environment.get(versionKey) as number | undefined) ?? 0;
    if (version === this.#version) return;
    const record = this.#environment.get(catalogKey) as CatalogRecord | undefined;
    if (record !== undefined && record.format > FORMAT) {
      throw new StewardError(
        "schema.newer",
        `the data directory has format ${record.format}, this Steward knows ${FORMAT}`,
      );
    }
    this.#record = record ?? { format: FORMAT, nextNumber: 1, collections: {} };
    this.#infos = new Map(
      Object.entries(this.#record.collections).map(([name, collection]) => [name, toInfo(collection)]),
    );
    this.#version = version;
  }

  info(name: string): CollectionInfo | undefined {
    return this.#infos.get(name);
  }

  all(): ReadonlyMap<string, CollectionInfo> {
    return this.#infos;
  }

  /** Within a write transaction: the collection, made if need be. */
  ensure(name: string): CollectionInfo {
    const info = this.#infos.get(name);
    if (info !== undefined) return info;
    this.#record.collections[name] = { number: this.#record.nextNumber++, indexes: [] };
    this.#save();
    return this.#infos.get(name)!;
  }

  /** Within a write transaction: a new index without entries. It takes part from its `addIndex` on. */
  addIndex(name: string, fields: IndexRecord["fields"], options: IndexOptions): Index {
    this.ensure(name);
    const record: IndexRecord = {
      number: this.#record.nextNumber++,
      fields,
      unique: options.unique ?? false,
      sparse: options.sparse ?? false,
      ...(options.expireAfter !== undefined && { expireAfter: options.expireAfter }),
      ...(options.partial !== undefined && { partial: options.partial }),
      throughArray: fields.map(() => false),
      shortened: false,
    };
    this.#record.collections[name]!.indexes.push(record);
    this.#save();
    return this.#infos.get(name)!.indexes.find(({ number }) => number === record.number)!;
  }

  /** Within a write transaction. */
  removeIndex(name: string, number: number): void {
    const collection = this.#record.collections[name];
    if (collection === undefined) return;
    collection.indexes = collection.indexes.filter((index) => index.number !== number);
    this.#save();
  }

  /** Within a write transaction: what the planner must know about an index from now on. */
  note(index: Index, throughArray: readonly boolean[], shortened: boolean): void {
    for (const collection of Object.values(this.#record.collections)) {
      const record = collection.indexes.find(({ number }) => number === index.number);
      if (record === undefined) continue;
      record.throughArray = record.throughArray.map((known, i) => known || throughArray[i]!);
      record.shortened ||= shortened;
      this.#save();
    }
  }

  /** Forgets what a failed transaction has changed here. */
  forget(): void {
    this.#version = -1;
  }

  #save(): void {
    this.#version++;
    void this.#environment.put(versionKey, this.#version);
    void this.#environment.put(catalogKey, this.#record);
    this.#infos = new Map(
      Object.entries(this.#record.collections).map(([name, collection]) => [name, toInfo(collection)]),
    );
  }
}
