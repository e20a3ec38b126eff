import type { Clock, Duration, Instant, Timer } from "../../kernel/time.ts";

interface Entry {
  at: Instant;
  order: number;
  task: () => void;
}

/** Time that moves only when the test says so; tasks run in the order of their due times. */
export class VirtualClock implements Clock {
  #now: Instant;
  #order = 0;
  #entries: Entry[] = [];

  constructor(start: Instant = Date.UTC(2026, 10, 22, 12)) {
    this.#now = start;
  }

  now(): Instant {
    return this.#now;
  }

  after(delay: Duration, task: () => void): Timer {
    const entry: Entry = { at: this.#now + Math.max(delay, 0), order: this.#order++, task };
    this.#entries.push(entry);
    return {
      cancel: () => {
        this.#entries = this.#entries.filter((other) => other !== entry);
      },
    };
  }

  /** Timers that wait. */
  get pending(): number {
    return this.#entries.length;
  }

  /** Moves time on, running what becomes due and letting promises settle after each task. */
  async advance(by: Duration): Promise<void> {
    const target = this.#now + by;
    for (;;) {
      const due = this.#entries.filter(({ at }) => at <= target).sort((a, b) => a.at - b.at || a.order - b.order)[0];
      if (due === undefined) break;
      this.#entries = this.#entries.filter((other) => other !== due);
      this.#now = Math.max(this.#now, due.at);
      due.task();
      await settle();
    }
    this.#now = target;
    await settle();
  }
}

/** Lets every promise that can settle without I/O do so. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
