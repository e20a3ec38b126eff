import { type Clock, type Duration, seconds } from "../../../kernel/time.ts";
import { type Logger, silentLogger } from "../../log/logger.ts";
import type { Store } from "../../store/port.ts";
import { checkQueueName, DEFAULT_LEASE } from "../options.ts";
import type { JobHandler, Queue, QueueEngine, QueueWorker } from "../port.ts";
import { Claims } from "./claims.ts";
import { type JobCollection, openJobs, prepareJobs } from "./document.ts";
import { EmbeddedQueue } from "./queue.ts";
import { EmbeddedWorker } from "./worker.ts";

export interface EmbeddedQueueOptions {
  log?: Logger;
  /** What the collection's name starts with. */
  prefix?: string;
  lease?: Duration;
  pollInterval?: Duration;
}

/** The queue over the store; several processes may work one queue. The store is started before and stopped after it. */
export const createEmbeddedQueue = (store: Store, clock: Clock, options: EmbeddedQueueOptions = {}): QueueEngine =>
  new EmbeddedEngine(store, clock, options);

class EmbeddedEngine implements QueueEngine {
  readonly engine = "embedded";
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #lease: Duration;
  readonly #pollInterval: Duration;
  readonly #jobs: JobCollection;
  readonly #workers = new Map<string, EmbeddedWorker<unknown>[]>();
  #started = false;

  constructor(store: Store, clock: Clock, options: EmbeddedQueueOptions) {
    this.#store = store;
    this.#clock = clock;
    this.#log = (options.log ?? silentLogger).child("queue");
    this.#lease = options.lease ?? DEFAULT_LEASE;
    this.#pollInterval = options.pollInterval ?? seconds(1);
    this.#jobs = openJobs(store, options.prefix ?? "queue");
  }

  queue<T>(name: string): Queue<T> {
    checkQueueName(name);
    return new EmbeddedQueue<T>(name, this.#jobs, this.#clock, () => {
      for (const worker of this.#workers.get(name) ?? []) worker.look();
    });
  }

  process<T>(name: string, handler: JobHandler<T>, { concurrency }: { concurrency: number }): QueueWorker {
    checkQueueName(name);
    const worker = new EmbeddedWorker<T>(handler, {
      queue: name,
      claims: new Claims(this.#jobs, name, this.#lease),
      concurrency,
      clock: this.#clock,
      log: this.#log,
      pollInterval: this.#pollInterval,
      lease: this.#lease,
    });
    this.#workers.set(name, [...(this.#workers.get(name) ?? []), worker as EmbeddedWorker<unknown>]);
    if (this.#started) worker.start();
    return worker;
  }

  ping(): Promise<void> {
    return this.#store.ping();
  }

  async start(): Promise<void> {
    await prepareJobs(this.#jobs);
    this.#started = true;
    for (const worker of [...this.#workers.values()].flat()) worker.start();
  }

  async stop(): Promise<void> {
    this.#started = false;
    await Promise.all([...this.#workers.values()].flat().map((worker) => worker.drain(this.#clock.now())));
    this.#workers.clear();
  }
}
