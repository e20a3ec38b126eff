import { type Job as BullJob, Worker as BullWorker, DelayedError } from "bullmq";
import type { Redis } from "ioredis";
import { type Clock, type Duration, delayOn, type Instant, seconds, type Timer } from "../../../kernel/time.ts";
import type { Logger } from "../../log/logger.ts";
import { backoffDelay, errorText } from "../options.ts";
import type { JobHandler, QueueWorker } from "../port.ts";
import type { Book, ClaimedJob } from "./book.ts";
import type { Tick, Ticks } from "./ticks.ts";

export interface WorkerOptions {
  queue: string;
  book: Book;
  ticks: Ticks;
  connection: Redis;
  prefix: string;
  concurrency: number;
  clock: Clock;
  log: Logger;
  lease: Duration;
  onError: (error: Error) => void;
}

/** After so many jobs of one slot others get their turn. */
const JOBS_PER_TICK = 20;
/** A tick that comes a little before its job is due (clocks differ) waits; one that comes much earlier was for another. */
const EARLY: Duration = seconds(5);
const DEFAULT_PRIORITY = 50;
const PING_TIME: Duration = seconds(1);
const CLOSE_TIME: Duration = seconds(3);

export class BullmqWorker<T> implements QueueWorker {
  readonly #options: WorkerOptions;
  readonly #handler: JobHandler<T>;
  #worker: BullWorker<Tick> | undefined;
  #survey: Timer | undefined;
  #draining = false;
  #running = 0;
  #idle: () => void = () => undefined;

  constructor(handler: JobHandler<T>, options: WorkerOptions) {
    this.#handler = handler;
    this.#options = options;
  }

  start(): void {
    const { queue, connection, prefix, concurrency, lease, onError } = this.#options;
    this.#worker = new BullWorker<Tick>(queue, (tick, token) => this.#onTick(tick, token), {
      connection,
      prefix,
      concurrency,
      lockDuration: lease,
      stalledInterval: Math.max(500, Math.floor(lease / 3)),
      // The book counts the runs that ended with their worker.
      maxStalledCount: 1_000_000,
    });
    this.#worker.on("error", onError);
    this.#scheduleSurvey();
  }

  async drain(deadline: Instant): Promise<void> {
    const { clock } = this.#options;
    const worker = this.#worker;
    this.#draining = true;
    this.#survey?.cancel();
    if (!worker) return;
    this.#worker = undefined;
    // A pause fetches no more. It does not wait here: BullMQ would connect once more after that, and leave it open.
    await worker.pause(true);
    if (this.#running > 0) {
      await new Promise<void>((resolve) => {
        const timer = clock.after(Math.max(0, deadline - clock.now()), resolve);
        this.#idle = () => {
          timer.cancel();
          resolve();
        };
      });
    }
    await this.#close(worker);
  }

  /** A close without force lets the last fetch end, for which it needs Redis; only the first close counts. */
  async #close(worker: BullWorker<Tick>): Promise<void> {
    const { clock, connection } = this.#options;
    const answers = connection.ping().then(
      () => true,
      () => false,
    );
    const reachable = await Promise.race([answers, delayOn(clock, PING_TIME).then(() => false)]);
    await Promise.race([worker.close(this.#running > 0 || !reachable), delayOn(clock, CLOSE_TIME)]);
  }

  async #onTick(tick: BullJob<Tick>, token: string | undefined): Promise<void> {
    this.#running += 1;
    try {
      await this.#workSlot(tick, token);
    } finally {
      this.#running -= 1;
      if (this.#running === 0) this.#idle();
    }
  }

  async #workSlot(tick: BullJob<Tick>, token: string | undefined): Promise<void> {
    const { book, ticks } = this.#options;
    const { slot } = tick.data;
    for (let count = 0; count < JOBS_PER_TICK && !this.#draining; count++) {
      const claim = await book.claim(slot, tick.id!);
      if (claim.state === "busy" || claim.state === "empty") return;
      const wait = claim.state === "run" ? await this.#run(claim.job, tick.id!) : claim.in;
      if (claim.state === "later" && claim.in > EARLY) return;
      if (wait !== undefined) await comeBack(tick, wait, token);
    }
    await ticks.add([{ slot, delay: 0, priority: tick.opts.priority ?? DEFAULT_PRIORITY }]);
  }

  /** Resolves to how long the slot has to wait for the retry, if there is one. */
  async #run(job: ClaimedJob, owner: string): Promise<Duration | undefined> {
    const { book, log, queue } = this.#options;
    const { id, enqueuedAt } = job;
    const attempt = job.failures + 1;
    try {
      await this.#handler({ id, queue, data: job.data as T, attempt, enqueuedAt });
    } catch (error) {
      log.warn({ error, queue, job: id, attempt, attempts: job.attempts }, "job failed");
      const wait = attempt < job.attempts ? Math.ceil(backoffDelay(job.backoff, attempt)) : undefined;
      await book.fail(id, owner, errorText(error), wait);
      return wait;
    }
    await book.finish(id, owner);
    return undefined;
  }

  /** Once per lease: jobs that lost their tick (its adder died in between, Redis lost a second) get one. */
  #scheduleSurvey(): void {
    const { clock, lease, log, queue } = this.#options;
    this.#survey = clock.after(lease, () => {
      this.#lookAround()
        .catch((error: unknown) => log.warn({ error, queue }, "cannot look for stranded jobs"))
        .finally(() => {
          if (!this.#draining) this.#scheduleSurvey();
        });
    });
  }

  async #lookAround(): Promise<void> {
    const { book, ticks, lease } = this.#options;
    const { overdueSlots, longRunning } = await book.survey(lease);
    const slots = new Set(overdueSlots);
    for (const { id, owner } of longRunning) {
      if (await ticks.exists(owner)) continue;
      const slot = await book.release(id, owner);
      if (slot !== null) slots.add(slot);
    }
    await ticks.add([...slots].map((slot) => ({ slot, delay: 0, priority: DEFAULT_PRIORITY })));
  }
}

/** Puts the tick itself off, so that no other is needed. */
async function comeBack(tick: BullJob<Tick>, wait: Duration, token: string | undefined): Promise<never> {
  await tick.moveToDelayed(Date.now() + Math.max(1, wait), token);
  throw new DelayedError();
}
