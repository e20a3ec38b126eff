import type { Clock, Duration, Timer } from "../../kernel/time.ts";

export class Stopped extends Error {}

/** What one CPE has under way: timers, waits and background work. All of it ends with `stop`. */
export class Tasks {
  readonly #clock: Clock;
  readonly #onError: (error: unknown) => void;
  readonly #timers = new Set<Timer>();
  readonly #waits = new Set<(reason: Stopped) => void>();
  readonly #work = new Set<Promise<void>>();
  #stopped = false;

  /** `onError` hears of background work that failed; nothing becomes an unhandled rejection. */
  constructor(clock: Clock, onError: (error: unknown) => void) {
    this.#clock = clock;
    this.#onError = onError;
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  /** Runs `task` in the background after `delay`; never after `stop`. */
  later(delay: Duration, task: () => void | Promise<void>): Timer {
    if (this.#stopped) return { cancel: () => undefined };
    const timer = this.#clock.after(delay, () => {
      this.#timers.delete(timer);
      this.spawn(async () => task());
    });
    this.#timers.add(timer);
    return {
      cancel: () => {
        this.#timers.delete(timer);
        timer.cancel();
      },
    };
  }

  /** Rejects with `Stopped` when `stop` comes first. */
  async wait(delay: Duration): Promise<void> {
    if (this.#stopped) throw new Stopped("stopped");
    let reject: (reason: Stopped) => void = () => undefined;
    let timer: Timer | undefined;
    try {
      await new Promise<void>((resolve, refuse) => {
        reject = refuse;
        this.#waits.add(reject);
        timer = this.#clock.after(delay, resolve);
      });
    } finally {
      this.#waits.delete(reject);
      timer?.cancel();
    }
  }

  spawn(work: () => Promise<void>): void {
    if (this.#stopped) return;
    const running = work()
      .catch((error: unknown) => {
        if (!(error instanceof Stopped)) this.#onError(error);
      })
      .finally(() => this.#work.delete(running));
    this.#work.add(running);
  }

  stop(): void {
    this.#stopped = true;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
    for (const reject of this.#waits) reject(new Stopped("stopped"));
  }

  /** Resolves when no background work runs. */
  async settled(): Promise<void> {
    while (this.#work.size > 0) await Promise.all(this.#work);
  }
}
