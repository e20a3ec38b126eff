import { type Clock, type Duration, delayOn, type Instant, seconds, type Timer } from "../../../kernel/time.ts";
import type { Logger } from "../../log/logger.ts";
import type { JobHandler, QueueWorker } from "../port.ts";
import type { Claims } from "./claims.ts";
import type { JobDocument } from "./document.ts";

export interface WorkerOptions {
  queue: string;
  claims: Claims;
  concurrency: number;
  clock: Clock;
  log: Logger;
  /** How often to look for what other processes added. */
  pollInterval: Duration;
  lease: Duration;
}

/** One look may find only jobs of one key; the next passes that key over, since it is held then. */
const SPARE_CANDIDATES = 8;
/** After so many jobs of one key in a row others get their turn. */
const JOBS_IN_A_ROW = 20;

export class EmbeddedWorker<T> implements QueueWorker {
  readonly #options: WorkerOptions;
  readonly #handler: JobHandler<T>;
  readonly #running = new Map<string, JobDocument>();
  #timer: Timer | undefined;
  #renewal: Timer | undefined;
  #looking: Promise<void> | undefined;
  #lookAgain = false;
  #stopped = true;
  #idle: () => void = () => undefined;

  constructor(handler: JobHandler<T>, options: WorkerOptions) {
    this.#handler = handler;
    this.#options = options;
  }

  start(): void {
    this.#stopped = false;
    this.#scheduleRenewal();
    this.look();
  }

  /** Looks for jobs now, or once more after the look that is under way. */
  look(): void {
    if (this.#stopped) return;
    if (this.#looking) {
      this.#lookAgain = true;
      return;
    }
    this.#timer?.cancel();
    this.#looking = this.#lookUntilNothing().finally(() => {
      this.#looking = undefined;
    });
  }

  async drain(deadline: Instant): Promise<void> {
    const { clock } = this.#options;
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#looking;
    if (this.#running.size > 0) {
      await new Promise<void>((resolve) => {
        const timer = clock.after(Math.max(0, deadline - clock.now()), resolve);
        this.#idle = () => {
          timer.cancel();
          resolve();
        };
      });
    }
    this.#renewal?.cancel();
  }

  async #lookUntilNothing(): Promise<void> {
    let wait = this.#options.pollInterval;
    try {
      let taken: number;
      do {
        this.#lookAgain = false;
        taken = await this.#lookOnce();
      } while (!this.#stopped && (taken > 0 || this.#lookAgain) && this.#free > 0);
      wait = await this.#nextLookIn();
      if (this.#lookAgain) wait = 0;
    } catch (error) {
      this.#options.log.warn({ error, queue: this.#options.queue }, "cannot look for jobs");
    }
    if (!this.#stopped) this.#timer = this.#options.clock.after(wait, () => this.look());
  }

  get #free(): number {
    return this.#options.concurrency - this.#running.size;
  }

  async #lookOnce(): Promise<number> {
    const { claims, clock } = this.#options;
    if (this.#free <= 0) return 0;
    await claims.ripen(clock.now());
    const seen = new Set<string>();
    const candidates = await claims.candidates(this.#free + SPARE_CANDIDATES);
    const firstOfKeys = candidates.filter(({ _id, key }) => {
      if (this.#running.has(_id) || (key !== undefined && seen.has(key))) return false;
      if (key !== undefined) seen.add(key);
      return true;
    });
    const takes = firstOfKeys.slice(0, this.#free).map((candidate) => this.#takeAndRun(candidate));
    return (await Promise.all(takes)).filter((taken) => taken).length;
  }

  async #takeAndRun(candidate: JobDocument, inARow = 1): Promise<boolean> {
    const { claims, clock } = this.#options;
    const job = await claims.take(candidate, clock.now());
    if (job) this.#run(job, inARow);
    return job !== undefined;
  }

  async #nextLookIn(): Promise<Duration> {
    const { claims, clock, pollInterval } = this.#options;
    if (this.#free <= 0) return pollInterval;
    const next = await claims.nextDueAt();
    return next === undefined ? pollInterval : Math.max(1, Math.min(pollInterval, next - clock.now()));
  }

  #run(job: JobDocument, inARow: number): void {
    this.#running.set(job._id, job);
    void this.#runAndGoOn(job, inARow).then((slotIsFree) => {
      this.#running.delete(job._id);
      if (slotIsFree) this.look();
      if (this.#running.size === 0) this.#idle();
    });
  }

  async #runAndGoOn(job: JobDocument, inARow: number): Promise<boolean> {
    await this.#runAndSettle(job);
    this.#options.claims.release(job);
    try {
      return !(await this.#takeNextOf(job, inARow));
    } catch (error) {
      this.#options.log.warn({ error, queue: job.queue }, "cannot take the next job of a key");
      return true;
    }
  }

  /** Takes the next job of the same key without looking at all the others: a long row of one key costs what it holds. */
  async #takeNextOf({ key }: JobDocument, inARow: number): Promise<boolean> {
    if (key === undefined || inARow >= JOBS_IN_A_ROW || this.#stopped) return false;
    const next = await this.#options.claims.headOf(key);
    return next !== undefined && !this.#running.has(next._id) && this.#takeAndRun(next, inARow + 1);
  }

  /** While the store is away the end is kept for one lease; after that the job runs again. */
  async #runAndSettle(job: JobDocument): Promise<void> {
    const { claims, clock, lease, log, queue } = this.#options;
    const outcome = await this.#attempt(job);
    const giveUpAt = clock.now() + lease;
    for (;;) {
      try {
        return await (outcome.ok ? claims.finish(job) : claims.fail(job, outcome.error, clock.now()));
      } catch (error) {
        log.warn({ error, queue, job: job._id }, "a job's end could not be stored");
        if (clock.now() >= giveUpAt) return;
        await delayOn(clock, seconds(1));
      }
    }
  }

  async #attempt(job: JobDocument): Promise<{ ok: true } | { ok: false; error: unknown }> {
    const { log, queue } = this.#options;
    const attempt = job.failures + 1;
    try {
      await this.#handler({ id: job._id, queue, data: JSON.parse(job.data) as T, attempt, enqueuedAt: job.enqueuedAt });
      return { ok: true };
    } catch (error) {
      log.warn({ error, queue, job: job._id, attempt, attempts: job.attempts }, "job failed");
      return { ok: false, error };
    }
  }

  async #renew(): Promise<void> {
    const { claims, clock } = this.#options;
    if (this.#running.size > 0) await claims.renew([...this.#running.values()], clock.now());
  }

  #scheduleRenewal(): void {
    const { clock, lease, log, queue } = this.#options;
    this.#renewal = clock.after(lease / 3, () => {
      this.#renew().catch((error: unknown) => log.warn({ error, queue }, "leases could not be renewed"));
      if (!this.#stopped || this.#running.size > 0) this.#scheduleRenewal();
    });
  }
}
