import type { Redis } from "ioredis";
import { newId } from "../../../kernel/ids.ts";
import type { Clock } from "../../../kernel/time.ts";
import { planOf } from "../options.ts";
import type { FailedJob, JobOptions, Queue, QueueCounts } from "../port.ts";
import type { Book } from "./book.ts";
import { withRedis } from "./connection.ts";
import type { Ticks } from "./ticks.ts";

const BATCH = 500;
const OPERATOR_PRIORITY = 50;

/** First into the book, then a tick to BullMQ: a job without its tick is found by the workers' survey. */
export class BullmqQueue<T> implements Queue<T> {
  readonly name: string;
  readonly #redis: Redis;
  readonly #clock: Clock;
  readonly #book: Book;
  readonly #ticks: Ticks;

  constructor(name: string, redis: Redis, clock: Clock, book: Book, ticks: Ticks) {
    this.name = name;
    this.#redis = redis;
    this.#clock = clock;
    this.#book = book;
    this.#ticks = ticks;
  }

  async enqueue(data: T, options?: JobOptions): Promise<string> {
    const [id] = await this.enqueueMany([options === undefined ? { data } : { data, options }]);
    return id!;
  }

  async enqueueMany(jobs: readonly { data: T; options?: JobOptions }[]): Promise<string[]> {
    const planned = jobs.map(({ data, options }) => ({ id: newId(this.#clock.now()), data, plan: planOf(options) }));
    const ids: string[] = [];
    for (let at = 0; at < planned.length; at += BATCH) {
      const batch = planned.slice(at, at + BATCH);
      ids.push(...(await this.#guarded(() => this.#enqueueBatch(batch))));
    }
    return ids;
  }

  async #enqueueBatch(batch: readonly { id: string; data: T; plan: ReturnType<typeof planOf> }[]): Promise<string[]> {
    const entries = await this.#book.enqueue(batch);
    const ticks = entries.flatMap(({ slot, needsTick }, i) => {
      const { delay, priority } = batch[i]!.plan;
      return needsTick ? [{ slot, delay, priority }] : [];
    });
    await this.#ticks.add(ticks);
    return entries.map(({ id }) => id);
  }

  counts(): Promise<QueueCounts> {
    return this.#guarded(() => this.#book.counts());
  }

  failed(limit: number): Promise<FailedJob[]> {
    return this.#guarded(() => this.#book.failed(limit));
  }

  retry(id: string): Promise<boolean> {
    return this.#guarded(async () => this.#tickFor(await this.#book.retry(id)));
  }

  remove(id: string): Promise<boolean> {
    return this.#guarded(async () => this.#tickFor(await this.#book.remove(id)));
  }

  async #tickFor(slot: string | null): Promise<boolean> {
    if (slot === null) return false;
    await this.#ticks.add([{ slot, delay: 0, priority: OPERATOR_PRIORITY }]);
    return true;
  }

  #guarded<R>(work: () => Promise<R>): Promise<R> {
    return withRedis(this.#redis, this.#clock, work);
  }
}
