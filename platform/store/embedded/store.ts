import { StewardError } from "../../../kernel/errors.ts";
import { type Clock, type Duration, milliseconds, systemClock } from "../../../kernel/time.ts";
import type { Collection, Document, Store } from "../port.ts";
import { Catalog } from "./catalog.ts";
import { EmbeddedCollection } from "./collection.ts";
import { openEnvironment } from "./environment.ts";
import { type Opened, Session } from "./session.ts";
import { Expiry } from "./ttl.ts";
import { Writer } from "./writer.ts";

export interface EmbeddedOptions {
  clock?: Clock;
  /** How long a write waits for others to share its commit. */
  commitDelay?: Duration;
  /** Writes per commit. */
  maxBatch?: number;
  /** Writes that may wait before more are refused. */
  maxWaiting?: number;
}

/** The store in a directory of this machine, for several processes at once. Nothing is opened before `start`. */
export function openEmbedded(directory: string, options: EmbeddedOptions = {}): Store {
  return new EmbeddedStore(directory, options);
}

class EmbeddedStore implements Store {
  readonly engine = "embedded" as const;
  readonly #directory: string;
  readonly #options: EmbeddedOptions;
  readonly #collections = new Map<string, Collection<Document>>();
  readonly #session = new Session(() => this.#current());
  #opened: Opened | undefined;
  #expiry: Expiry | undefined;

  constructor(directory: string, options: EmbeddedOptions) {
    this.#directory = directory;
    this.#options = options;
  }

  async start(): Promise<void> {
    if (this.#opened !== undefined) return;
    const { clock = systemClock, commitDelay = milliseconds(2), maxBatch = 500, maxWaiting = 50_000 } = this.#options;
    const environment = openEnvironment(this.#directory);
    const catalog = new Catalog(environment);
    const writer = new Writer(environment, {
      commitDelay,
      maxBatch,
      maxWaiting,
      begin: () => catalog.refresh(),
      failed: () => catalog.forget(),
    });
    try {
      catalog.refresh();
    } catch (error) {
      await environment.close();
      throw error;
    }
    this.#opened = { environment, catalog, writer };
    this.#expiry = new Expiry(this.#session, clock);
    this.#expiry.start();
  }

  async stop(): Promise<void> {
    const opened = this.#opened;
    if (opened === undefined) return;
    await this.#expiry?.stop();
    this.#opened = undefined;
    await opened.writer.close();
    await opened.environment.close();
  }

  async ping(): Promise<void> {
    this.#current();
  }

  collection<D extends Document>(name: string): Collection<D> {
    let collection = this.#collections.get(name);
    if (collection === undefined) {
      collection = new EmbeddedCollection<Document>(name, this.#session);
      this.#collections.set(name, collection);
    }
    return collection as unknown as Collection<D>;
  }

  #current(): Opened {
    if (this.#opened === undefined) throw new StewardError("engine.unavailable", "the store is not open");
    return this.#opened;
  }
}
