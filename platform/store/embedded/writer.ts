import { StewardError } from "../../../kernel/errors.ts";
import type { Duration } from "../../../kernel/time.ts";
import { type Environment, unavailable } from "./environment.ts";

interface Waiting {
  readonly run: () => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

export interface WriterOptions {
  /** How long the first write of a group waits for company; after a large group four times as long. */
  commitDelay: Duration;
  /** Writes per transaction. */
  maxBatch: number;
  /** Writes that may wait; more are refused. */
  maxWaiting: number;
  /** Runs at the beginning of each transaction. */
  begin: () => void;
  /** Runs when a transaction failed as a whole. */
  failed: () => void;
}

/** A group of so many writes says that the store is busy: its next group may wait for more to share its commit. */
const LARGE = 16;

/**
 * Group commit: the writes of many callers become one transaction, one fsync and one turn of the lock that processes
 * share. Each runs by itself within it: one that throws has written nothing (it must check before it writes) and fails
 * alone. All resolve when the transaction is on the disk, in the order in which they were given.
 */
export class Writer {
  readonly #environment: Environment;
  readonly #options: WriterOptions;
  #waiting: Waiting[] = [];
  #committing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #lastGroup = 0;
  #closed = false;

  constructor(environment: Environment, options: WriterOptions) {
    this.#environment = environment;
    this.#options = options;
  }

  write<T>(run: () => T): Promise<T> {
    if (this.#closed) return Promise.reject(new StewardError("engine.unavailable", "the store is closed"));
    if (this.#waiting.length >= this.#options.maxWaiting) {
      return Promise.reject(new StewardError("engine.unavailable", "the store has too many writes waiting"));
    }
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ run, resolve: resolve as (value: unknown) => void, reject });
      this.#schedule();
    });
  }

  /** Takes nothing new and waits for what was taken. */
  async close(): Promise<void> {
    this.#closed = true;
    while (this.#waiting.length > 0 || this.#committing !== undefined) {
      if (this.#committing === undefined) this.#start();
      await this.#committing;
    }
  }

  #schedule(): void {
    if (this.#committing !== undefined || this.#timer !== undefined) return;
    const { commitDelay } = this.#options;
    this.#timer = setTimeout(() => this.#start(), this.#lastGroup >= LARGE ? 4 * commitDelay : commitDelay);
  }

  #start(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#committing !== undefined || this.#waiting.length === 0) return;
    const batch = this.#waiting.splice(0, this.#options.maxBatch);
    this.#lastGroup = batch.length;
    this.#committing = this.#commit(batch).finally(() => {
      this.#committing = undefined;
      if (this.#waiting.length >= this.#options.maxBatch) this.#start();
      else if (this.#waiting.length > 0) this.#schedule();
    });
  }

  async #commit(batch: readonly Waiting[]): Promise<void> {
    const outcomes: { error?: unknown; value?: unknown }[] = [];
    try {
      await this.#environment.transaction(() => {
        this.#options.begin();
        for (const { run } of batch) outcomes.push(attempt(run));
      });
    } catch (error) {
      // lmdb tells the reason in a promise of its own, which nobody else waits for.
      const reason = await (error as { commitError?: Promise<never> }).commitError?.catch((cause: unknown) => cause);
      this.#options.failed();
      for (const { reject } of batch) reject(unavailable(reason ?? error));
      return;
    }
    batch.forEach(({ resolve, reject }, i) => {
      const outcome = outcomes[i]!;
      if ("error" in outcome) reject(unavailable(outcome.error));
      else resolve(outcome.value);
    });
  }
}

function attempt(run: () => unknown): { error?: unknown; value?: unknown } {
  try {
    return { value: run() };
  } catch (error) {
    return { error };
  }
}
