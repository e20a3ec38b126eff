import type { Duration, Instant } from "../../kernel/time.ts";

/**
 * The queue: durable jobs, on two engines (BullMQ on Redis, and embedded on the store). The contract is stated here and
 * tested once, in `test/contract/queue`, on every engine.
 *
 * - A job that `enqueue` has acknowledged runs at least once, also after a SIGKILL of the worker that held it and after
 *   a restart of everything; a handler must therefore be idempotent.
 * - Jobs with the same `key` run one after the other, in the order of their enqueueing (retries of one hold back the next).
 *   A delayed job takes its place when it becomes due; until then it holds nobody back.
 * - While a job with the same `dedupe` waits (delayed, ready or for its retry; not running), another is not added; an
 *   earlier due time wins.
 * - A handler that throws is retried after `backoff` until `attempts` are used up; then the job is kept as failed, for
 *   thirty days. A run that ended with its worker does not count as an attempt, but after five such ends the job has failed.
 * - `enqueue` rejects with `engine.unavailable` within seconds when the engine is away; workers go on when it is back.
 */
export interface JobOptions {
  /** Order within this key. */
  key?: string;
  dedupe?: string;
  delay?: Duration;
  /** 1 (first) to 100 (last); by default 50. */
  priority?: number;
  attempts?: number;
  backoff?: { kind: "fixed" | "exponential"; delay: Duration; max?: Duration };
}

export interface Job<T> {
  readonly id: string;
  readonly queue: string;
  readonly data: T;
  /** 1 at the first run; grows with each run that failed. */
  readonly attempt: number;
  readonly enqueuedAt: Instant;
}

export interface QueueCounts {
  waiting: number;
  delayed: number;
  active: number;
  failed: number;
  /** When the job that waits longest became due; absent when none waits. */
  oldestDueAt?: Instant;
}

export interface FailedJob {
  id: string;
  data: unknown;
  attempts: number;
  error: string;
  failedAt: Instant;
}

export interface Queue<T> {
  readonly name: string;
  /** Durable once resolved. Resolves to the job's id, or to that of the waiting job that made it redundant. */
  enqueue(data: T, options?: JobOptions): Promise<string>;
  enqueueMany(jobs: readonly { data: T; options?: JobOptions }[]): Promise<string[]>;
  counts(): Promise<QueueCounts>;
  failed(limit: number): Promise<FailedJob[]>;
  /** Puts a failed job back, with its attempts renewed. */
  retry(id: string): Promise<boolean>;
  /** Removes a job that is not running. */
  remove(id: string): Promise<boolean>;
}

export type JobHandler<T> = (job: Job<T>) => Promise<void>;

export interface QueueWorker {
  /** Takes no new jobs and waits for the running ones, at most until `deadline`. */
  drain(deadline: Instant): Promise<void>;
}

export interface QueueEngine {
  readonly engine: "bullmq" | "embedded";
  queue<T>(name: string): Queue<T>;
  process<T>(name: string, handler: JobHandler<T>, options: { concurrency: number }): QueueWorker;
  ping(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}
