import type { Clock, Instant } from "../../kernel/time.ts";
import { milliseconds } from "../../kernel/time.ts";

/** How often an operation is looked at that may be finished by another process. */
const LOOK = milliseconds(500);

/** Wakes who waits for an operation of this process as soon as it is finished; others find out by looking. */
export class Waiters {
  readonly #clock: Clock;
  readonly #waiting = new Map<string, Set<() => void>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  finished(operationId: string): void {
    for (const wake of this.#waiting.get(operationId) ?? []) wake();
  }

  /** `look` until it gives something or `until` has come; then what it gave last. */
  async until<T>(operationId: string, until: Instant, look: () => Promise<{ done: boolean; value: T }>): Promise<T> {
    for (;;) {
      const notified = this.#next(operationId, until);
      try {
        const { done, value } = await look();
        if (done || this.#clock.now() >= until) return value;
        await notified.promise;
      } finally {
        notified.release();
      }
    }
  }

  /** Registered before the look, so that nothing that finishes in between is missed. */
  #next(operationId: string, until: Instant): { promise: Promise<void>; release: () => void } {
    const waiting = this.#waiting.get(operationId) ?? new Set();
    this.#waiting.set(operationId, waiting);
    const { promise, resolve } = deferred();
    waiting.add(resolve);
    const timer = this.#clock.after(Math.max(0, Math.min(LOOK, until - this.#clock.now())), resolve);
    return {
      promise,
      release: () => {
        timer.cancel();
        waiting.delete(resolve);
        if (waiting.size === 0) this.#waiting.delete(operationId);
      },
    };
  }
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve!: () => void;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
