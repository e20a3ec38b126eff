import { StewardError } from "../../kernel/errors.ts";
import type { Duration } from "../../kernel/time.ts";
import { Lanes } from "./lanes.ts";

/** So many that shared a call say that more will come: the next call may wait for them. */
const BUSY = 4;

interface Waits {
  /** How long the first one waits for company; 0 is the rest of this turn of the event loop. */
  delay: Duration;
  /** As `delay`, after a call that many shared: each call costs more than what it carries. */
  busyDelay: Duration;
}

export interface GatherOptions<Request, Result> extends Waits {
  /** Serves all; the results in the order of the requests. A rejection is that of every request. */
  load(requests: readonly Request[]): Promise<Result[]>;
  maxBatch: number;
  /** Calls of the engine at once, at most; see `Lanes`. */
  maxRunning: number;
  /** Requests that may wait or run; more are refused with `engine.unavailable`. */
  maxOpen: number;
}

interface Open<Request, Result> {
  readonly order: number;
  readonly request: Request;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

const tooMany = (what: string): StewardError =>
  new StewardError("engine.unavailable", `the store does not answer: too many ${what} wait`);

/**
 * Parts what waits when a call failed with `error`: `givenUp` is what waited already when that call began, if the engine
 * is away; it would only wait for the next time-out.
 */
function partWaiting<T extends { order: number }>(
  waiting: readonly T[],
  begun: number,
  error: unknown,
): { givenUp: T[]; kept: T[] } {
  if (!(error instanceof StewardError && error.code === "engine.unavailable"))
    return { givenUp: [], kept: [...waiting] };
  return { givenUp: waiting.filter(({ order }) => order < begun), kept: waiting.filter(({ order }) => order >= begun) };
}

/**
 * Requests of one turn of the event loop (or of a moment, when many come) share one call of the engine. While the engine
 * is away, what has waited since before a call fails with it, so that nobody waits for one time-out after another.
 */
export class Gatherer<Request, Result> {
  readonly #options: GatherOptions<Request, Result>;
  readonly #lanes: Lanes;
  #waiting: Open<Request, Result>[] = [];
  #open = 0;
  #order = 0;
  #lastBatch = 0;
  #scheduled = false;

  constructor(options: GatherOptions<Request, Result>) {
    this.#options = options;
    this.#lanes = new Lanes(options.maxRunning, () => this.#schedule());
  }

  ask(request: Request): Promise<Result> {
    if (this.#open >= this.#options.maxOpen) return Promise.reject(tooMany("reads"));
    this.#open++;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ order: this.#order++, request, resolve, reject });
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#scheduled || !this.#lanes.mayStart(this.#waiting.length)) return;
    this.#scheduled = true;
    const delay = delayAfter(this.#lastBatch, this.#options);
    if (delay === 0) setImmediate(() => this.#flush());
    else setTimeout(() => this.#flush(), delay);
  }

  #flush(): void {
    this.#scheduled = false;
    while (this.#lanes.mayStart(this.#waiting.length)) {
      void this.#run(this.#waiting.splice(0, this.#options.maxBatch));
    }
  }

  async #run(batch: readonly Open<Request, Result>[]): Promise<void> {
    this.#lastBatch = batch.length;
    this.#lanes.enter();
    const begun = this.#order;
    try {
      const results = await this.#options.load(batch.map(({ request }) => request));
      batch.forEach(({ resolve }, i) => resolve(results[i]!));
    } catch (error) {
      const { givenUp, kept } = partWaiting(this.#waiting, begun, error);
      this.#waiting = kept;
      this.#open -= givenUp.length;
      for (const { reject } of [...batch, ...givenUp]) reject(error);
    } finally {
      this.#lanes.leave();
      this.#open -= batch.length;
      if (this.#waiting.length > 0) this.#schedule();
    }
  }
}

const delayAfter = (lastBatch: number, { delay, busyDelay }: Waits): Duration =>
  lastBatch >= BUSY ? busyDelay : delay;

export interface WriteGatherOptions<Operation> extends Waits {
  /** Carries out all, in any order; one outcome each. A rejection is that of every operation. */
  write(operations: readonly Operation[]): Promise<WriteOutcome[]>;
  maxBatch: number;
  maxRunning: number;
  maxOpen: number;
}

/** `applied: false`: no document was matched. */
export type WriteOutcome = { applied: boolean } | { error: unknown };

interface OpenWrite<Operation> {
  readonly order: number;
  readonly id: string;
  readonly operation: Operation;
  readonly resolve: (applied: boolean) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes made within a moment share one call of the engine, which may carry them out in any order; therefore only one
 * write of a document is under way at a time, and the next one of it waits: those of one document keep their order.
 * While the engine is away, what has waited since before a call fails with it.
 */
export class WriteGatherer<Operation> {
  readonly #options: WriteGatherOptions<Operation>;
  readonly #underWay = new Set<string>();
  readonly #lanes: Lanes;
  #waiting: OpenWrite<Operation>[] = [];
  #open = 0;
  #order = 0;
  #lastBatch = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: WriteGatherOptions<Operation>) {
    this.#options = options;
    this.#lanes = new Lanes(options.maxRunning, () => this.#flush());
  }

  add(id: string, operation: Operation): Promise<boolean> {
    if (this.#open >= this.#options.maxOpen) return Promise.reject(tooMany("writes"));
    this.#open++;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ order: this.#order++, id, operation, resolve, reject });
      if (this.#waiting.length >= this.#options.maxBatch) this.#flush();
      else this.#schedule();
    });
  }

  #schedule(): void {
    this.#timer ??= setTimeout(() => this.#flush(), delayAfter(this.#lastBatch, this.#options));
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    while (this.#lanes.mayStart(this.#waiting.length)) {
      const batch = this.#take();
      if (batch.length === 0) return;
      void this.#run(batch);
    }
  }

  /** The oldest writes whose documents are free; what waits behind another write of its document stays. */
  #take(): OpenWrite<Operation>[] {
    const batch: OpenWrite<Operation>[] = [];
    const rest: OpenWrite<Operation>[] = [];
    const passed = new Set<string>();
    for (const write of this.#waiting) {
      const { id } = write;
      if (batch.length >= this.#options.maxBatch || this.#underWay.has(id) || passed.has(id)) {
        passed.add(id);
        rest.push(write);
      } else {
        this.#underWay.add(id);
        batch.push(write);
      }
    }
    this.#waiting = rest;
    // In the same order in every process, so that two batches that lock the same documents do not lock each other out.
    return batch.sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  async #run(batch: readonly OpenWrite<Operation>[]): Promise<void> {
    this.#lastBatch = batch.length;
    this.#lanes.enter();
    const begun = this.#order;
    let outcomes: readonly WriteOutcome[];
    try {
      outcomes = await this.#options.write(batch.map(({ operation }) => operation));
    } catch (error) {
      outcomes = batch.map(() => ({ error }));
      const { givenUp, kept } = partWaiting(this.#waiting, begun, error);
      this.#waiting = kept;
      this.#open -= givenUp.length;
      for (const { reject } of givenUp) reject(error);
    }
    this.#lanes.leave();
    this.#open -= batch.length;
    for (const { id } of batch) this.#underWay.delete(id);
    batch.forEach(({ resolve, reject }, i) => {
      const outcome = outcomes[i]!;
      if ("error" in outcome) reject(outcome.error);
      else resolve(outcome.applied);
    });
    // Those whose write is done now are about to make the next: a moment later there is more to share.
    if (this.#waiting.length > 0) this.#schedule();
  }
}
