import type { Redis } from "ioredis";
import type { Duration, Instant } from "../../../kernel/time.ts";
import type { Backoff, JobPlan } from "../options.ts";
import type { FailedJob, QueueCounts } from "../port.ts";
import * as scripts from "./scripts.ts";

export interface BookEntry {
  id: string;
  slot: string;
  /** Whether BullMQ must be told to come by for it. */
  needsTick: boolean;
}

export interface ClaimedJob {
  id: string;
  data: unknown;
  failures: number;
  attempts: number;
  backoff: Backoff;
  enqueuedAt: Instant;
}

export type Claim =
  | { state: "run"; job: ClaimedJob }
  | { state: "later"; in: Duration }
  /** Another tick runs a job of this slot, and looks again when that ends. */
  | { state: "busy" }
  | { state: "empty" };

/** Keyed jobs share their key's slot; every other has one of its own. */
const slotOf = (id: string, key: string | undefined): string => (key === undefined ? `j:${id}` : `k:${key}`);

/** The scripts of one queue, typed. */
export class Book {
  readonly #redis: Redis;
  readonly #base: string;

  constructor(redis: Redis, prefix: string, queue: string) {
    this.#redis = redis;
    this.#base = `${prefix}:book:${queue}:`;
  }

  async enqueue(jobs: readonly { id: string; data: unknown; plan: JobPlan }[]): Promise<BookEntry[]> {
    const args = jobs.flatMap(({ id, data, plan }) => [
      id,
      slotOf(id, plan.key),
      plan.delay,
      plan.priority,
      plan.attempts,
      JSON.stringify(plan.backoff),
      plan.dedupe ?? "",
      JSON.stringify(data ?? null),
    ]);
    const answers = await this.#run<[string, string, number][]>(scripts.enqueue, args);
    return answers.map(([id, slot, tick]) => ({ id, slot, needsTick: tick === 1 }));
  }

  async claim(slot: string, owner: string): Promise<Claim> {
    const [state, first, fields] = await this.#run<[Claim["state"], string | number, string[]]>(scripts.claim, [
      slot,
      owner,
    ]);
    if (state === "later") return { state, in: Number(first) };
    if (state !== "run") return { state };
    const [data = "null", failures, attempts, backoff = "", enqueuedAt] = fields;
    return {
      state,
      job: {
        id: String(first),
        data: JSON.parse(data) as unknown,
        failures: Number(failures),
        attempts: Number(attempts),
        backoff: JSON.parse(backoff) as Backoff,
        enqueuedAt: Number(enqueuedAt),
      },
    };
  }

  finish(id: string, owner: string): Promise<number> {
    return this.#run(scripts.finish, [id, owner]);
  }

  /** `retryIn` absent: no more attempts. */
  fail(id: string, owner: string, error: string, retryIn: Duration | undefined): Promise<number> {
    return this.#run(scripts.fail, [id, owner, error, retryIn ?? -1]);
  }

  release(id: string, owner: string): Promise<string | null> {
    return this.#run(scripts.release, [id, owner]);
  }

  retry(id: string): Promise<string | null> {
    return this.#run(scripts.retry, [id]);
  }

  remove(id: string): Promise<string | null> {
    return this.#run(scripts.remove, [id]);
  }

  async counts(): Promise<QueueCounts> {
    const [waiting = 0, delayed = 0, active = 0, failed = 0, oldest = -1] = await this.#run<number[]>(
      scripts.counts,
      [],
    );
    return { waiting, delayed, active, failed, ...(oldest < 0 ? {} : { oldestDueAt: oldest }) };
  }

  async failed(limit: number): Promise<FailedJob[]> {
    const found = await this.#run<string[][]>(scripts.listFailed, [limit]);
    return found.map(([id = "", data = "null", attempts, error = "", failedAt]) => ({
      id,
      data: JSON.parse(data) as unknown,
      attempts: Number(attempts),
      error,
      failedAt: Number(failedAt),
    }));
  }

  async survey(grace: Duration): Promise<{ overdueSlots: string[]; longRunning: { id: string; owner: string }[] }> {
    const [overdueSlots, running] = await this.#run<[string[], [string, string][]]>(scripts.survey, [grace]);
    return { overdueSlots, longRunning: running.map(([id, owner]) => ({ id, owner })) };
  }

  async #run<R>({ lua, sha }: scripts.Script, args: readonly (string | number)[]): Promise<R> {
    try {
      return (await this.#redis.evalsha(sha, 1, this.#base, ...args)) as R;
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith("NOSCRIPT"))) throw error;
      return (await this.#redis.eval(lua, 1, this.#base, ...args)) as R;
    }
  }
}
