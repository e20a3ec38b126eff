import { type Db, MongoClient } from "mongodb";
import { StewardError } from "../../../kernel/errors.ts";
import { type Duration, seconds } from "../../../kernel/time.ts";
import type { Collection, Document, Store } from "../port.ts";
import { MongoCollection } from "./collection.ts";
import { translate } from "./errors.ts";

export interface MongoOptions {
  /** By default the database of the URL, or `steward`. */
  database?: string;
  /** How long an operation looks for a server before it fails. */
  selectionTimeout?: Duration;
  /** How long an answer may take. */
  socketTimeout?: Duration;
  maxConnections?: number;
}

/**
 * The store on MongoDB, FerretDB 2 or DocumentDB: no transactions, change streams or collations. `retryWrites` and
 * anything else of the connection is the URL's business. Nothing is opened before `start`.
 */
export function openMongo(url: string, options: MongoOptions = {}): Store {
  return new MongoStore(url, options);
}

class MongoStore implements Store {
  readonly engine = "mongodb" as const;
  readonly #client: MongoClient;
  readonly #database: string | undefined;
  readonly #collections = new Map<string, Collection<Document>>();
  #db: Db | undefined;

  constructor(url: string, options: MongoOptions) {
    const { selectionTimeout = seconds(3), socketTimeout = seconds(30), maxConnections = 32 } = options;
    this.#database = options.database ?? databaseOf(url);
    this.#client = new MongoClient(url, {
      appName: "steward",
      serverSelectionTimeoutMS: selectionTimeout,
      connectTimeoutMS: selectionTimeout,
      waitQueueTimeoutMS: selectionTimeout,
      socketTimeoutMS: socketTimeout,
      maxPoolSize: maxConnections,
      writeConcern: { w: "majority", journal: true },
      readPreference: "primary",
      ignoreUndefined: true,
      promoteBuffers: true,
    });
  }

  async start(): Promise<void> {
    if (this.#db !== undefined) return;
    try {
      await this.#client.connect();
      this.#db = this.#client.db(this.#database);
      await this.ping();
    } catch (error) {
      this.#db = undefined;
      await this.#client.close().catch(() => undefined);
      throw translate("store", error);
    }
  }

  async stop(): Promise<void> {
    this.#db = undefined;
    await this.#client.close();
  }

  async ping(): Promise<void> {
    try {
      await this.#current().command({ ping: 1 });
    } catch (error) {
      throw translate("store", error);
    }
  }

  collection<D extends Document>(name: string): Collection<D> {
    let collection = this.#collections.get(name);
    if (collection === undefined) {
      collection = new MongoCollection<Document>(name, () => this.#current().collection<Document>(name));
      this.#collections.set(name, collection);
    }
    return collection as unknown as Collection<D>;
  }

  #current(): Db {
    if (this.#db === undefined) throw new StewardError("engine.unavailable", "the store is not open");
    return this.#db;
  }
}

/** The URL's path: `mongodb://host/steward?…`. */
const databaseOf = (url: string): string => /^mongodb(?:\+srv)?:\/\/[^/]+\/([^?]+)/.exec(url)?.[1] ?? "steward";
