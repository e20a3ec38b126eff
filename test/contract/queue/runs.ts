import type { Job, JobHandler } from "../../../platform/queue/port.ts";

/** A handler that keeps what ran, and lets a test wait for it. */
export class Runs {
  readonly list: { data: unknown; attempt: number; id: string; at: number }[] = [];
  #running = 0;
  mostAtOnce = 0;
  readonly #waiters = new Set<() => void>();

  handler(work: (job: Job<unknown>) => Promise<void> = async () => undefined): JobHandler<unknown> {
    return async (job) => {
      this.list.push({ data: job.data, attempt: job.attempt, id: job.id, at: Date.now() });
      this.#running += 1;
      this.mostAtOnce = Math.max(this.mostAtOnce, this.#running);
      this.#tell();
      try {
        await work(job);
      } finally {
        this.#running -= 1;
        this.#tell();
      }
    };
  }

  get data(): unknown[] {
    return this.list.map(({ data }) => data);
  }

  /** Resolves when so many runs have begun. */
  begun(count: number): Promise<void> {
    return this.#until(() => this.list.length >= count);
  }

  /** Resolves when so many runs have begun and none is under way. */
  ended(count: number): Promise<void> {
    return this.#until(() => this.list.length >= count && this.#running === 0);
  }

  #until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!condition()) return;
        this.#waiters.delete(look);
        resolve();
      };
      this.#waiters.add(look);
      look();
    });
  }

  #tell(): void {
    for (const look of this.#waiters) look();
  }
}

/** A promise and what settles it. */
export function gate(): { opened: Promise<void>; open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
