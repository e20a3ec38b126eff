import type { Duration, Instant } from "../../kernel/time.ts";

/** Requests that stay open for an outcome: bounded in number, ended by a drain. */
export class Waiting {
  readonly #max: number;
  readonly #drained: Promise<void>;
  #endAll: () => void = () => undefined;
  #count = 0;
  #draining = false;

  constructor(max: number) {
    this.#max = max;
    this.#drained = new Promise((resolve) => {
      this.#endAll = resolve;
    });
  }

  get count(): number {
    return this.#count;
  }

  /** What `outcome` resolves to, or `undefined` when it is not awaited: too many wait already, or the process drains. */
  async for<T>(wait: Duration, now: Instant, outcome: (until: Instant) => Promise<T>): Promise<T | undefined> {
    if (wait <= 0 || this.#draining || this.#count >= this.#max) return undefined;
    this.#count += 1;
    try {
      return await Promise.race([outcome(now + wait), this.#drained.then(() => undefined)]);
    } finally {
      this.#count -= 1;
    }
  }

  drain(): void {
    this.#draining = true;
    this.#endAll();
  }
}
