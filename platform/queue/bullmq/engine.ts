import type { Redis } from "ioredis";
import { type Clock, type Duration, systemClock } from "../../../kernel/time.ts";
import { type Logger, silentLogger } from "../../log/logger.ts";
import { checkQueueName, DEFAULT_LEASE } from "../options.ts";
import type { JobHandler, Queue, QueueEngine, QueueWorker } from "../port.ts";
import { Book } from "./book.ts";
import { connectRedis, errorReporter, withRedis } from "./connection.ts";
import { BullmqQueue } from "./queue.ts";
import { Ticks } from "./ticks.ts";
import { BullmqWorker } from "./worker.ts";

export interface BullmqOptions {
  log?: Logger;
  lease?: Duration;
  clock?: Clock;
}

/** The queue on BullMQ; needs Redis 6.2 or newer with `noeviction` and, to survive a crash, an append-only file. */
export const createBullmqQueue = (redisUrl: string, prefix: string, options: BullmqOptions = {}): QueueEngine =>
  new BullmqEngine(redisUrl, prefix, options);

class BullmqEngine implements QueueEngine {
  readonly engine = "bullmq";
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #lease: Duration;
  /** In braces: one hash slot of a Redis cluster holds it all. */
  readonly #prefix: string;
  readonly #onError: (error: Error) => void;
  readonly #redis: Redis;
  readonly #workerRedis: Redis;
  readonly #ticks = new Map<string, Ticks>();
  readonly #workers: BullmqWorker<unknown>[] = [];
  #started = false;

  constructor(
    redisUrl: string,
    prefix: string,
    { log = silentLogger, lease = DEFAULT_LEASE, clock = systemClock }: BullmqOptions,
  ) {
    this.#clock = clock;
    this.#log = log.child("queue");
    this.#lease = lease;
    this.#prefix = `{${prefix}}`;
    this.#onError = errorReporter(this.#log, clock);
    this.#redis = connectRedis(redisUrl, false).on("error", this.#onError);
    this.#workerRedis = connectRedis(redisUrl, true).on("error", this.#onError);
  }

  queue<T>(name: string): Queue<T> {
    checkQueueName(name);
    return new BullmqQueue<T>(
      name,
      this.#redis,
      this.#clock,
      new Book(this.#redis, this.#prefix, name),
      this.#ticksOf(name),
    );
  }

  process<T>(name: string, handler: JobHandler<T>, { concurrency }: { concurrency: number }): QueueWorker {
    checkQueueName(name);
    const worker = new BullmqWorker<T>(handler, {
      queue: name,
      book: new Book(this.#workerRedis, this.#prefix, name),
      ticks: this.#ticksOf(name),
      connection: this.#workerRedis,
      prefix: this.#prefix,
      concurrency,
      clock: this.#clock,
      log: this.#log,
      lease: this.#lease,
      onError: this.#onError,
    });
    this.#workers.push(worker as BullmqWorker<unknown>);
    if (this.#started) worker.start();
    return worker;
  }

  async ping(): Promise<void> {
    await withRedis(this.#redis, this.#clock, () => this.#redis.ping());
  }

  async start(): Promise<void> {
    // A Redis that is away is no error of `connect`: the connection goes on trying, and `ping` says how it stands.
    for (const redis of [this.#redis, this.#workerRedis]) {
      if (redis.status === "wait" || redis.status === "end") redis.connect().catch(() => undefined);
    }
    try {
      await this.ping();
    } catch (error) {
      this.#disconnect();
      throw error;
    }
    this.#started = true;
    for (const worker of this.#workers) worker.start();
  }

  async stop(): Promise<void> {
    this.#started = false;
    await Promise.all(this.#workers.splice(0).map((worker) => worker.drain(this.#clock.now())));
    await Promise.all([...this.#ticks.values()].map((ticks) => ticks.close()));
    this.#ticks.clear();
    this.#disconnect();
  }

  #disconnect(): void {
    this.#redis.disconnect();
    this.#workerRedis.disconnect();
  }

  /** Ticks are added over the impatient connection: a worker that cannot add one lets its own come again. */
  #ticksOf(name: string): Ticks {
    let ticks = this.#ticks.get(name);
    if (!ticks) this.#ticks.set(name, (ticks = new Ticks(name, this.#redis, this.#prefix)));
    return ticks;
  }
}
