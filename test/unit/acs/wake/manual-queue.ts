import type { Clock } from "../../../../kernel/time.ts";
import type { Job, JobHandler, JobOptions, QueueEngine } from "../../../../platform/queue/port.ts";

interface Waiting {
  data: unknown;
  dueAt: number;
  dedupe: string | undefined;
}

/** A queue that a test works by hand: what is due runs when it says so; of jobs with one `dedupe` the earlier due time wins. */
export class ManualQueue {
  readonly waiting: Waiting[] = [];
  readonly engine: QueueEngine;
  #handler: JobHandler<never> | undefined;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
    const enqueue = async (data: unknown, { dedupe, delay = 0 }: JobOptions = {}): Promise<string> => {
      const dueAt = clock.now() + delay;
      const same = this.waiting.find((job) => dedupe !== undefined && job.dedupe === dedupe);
      if (same) same.dueAt = Math.min(same.dueAt, dueAt);
      else this.waiting.push({ data, dueAt, dedupe });
      return "job";
    };
    this.engine = {
      queue: () => ({ enqueue }),
      process: (_name: string, handler: JobHandler<never>) => {
        this.#handler = handler;
        return { drain: async () => undefined };
      },
    } as unknown as QueueEngine;
  }

  /** Runs what is due at once, as several workers would; jobs that these enqueue wait for the next call. Resolves to how many ran. */
  async run(): Promise<number> {
    const due = this.waiting.filter(({ dueAt }) => dueAt <= this.#clock.now());
    for (const job of due) this.waiting.splice(this.waiting.indexOf(job), 1);
    await Promise.all(due.map(({ data }) => this.#handler!({ data } as Job<never>)));
    return due.length;
  }

  /** Puts a job back, as the engine does when a worker was killed. */
  redeliver(data: unknown): void {
    this.waiting.push({ data, dueAt: this.#clock.now(), dedupe: undefined });
  }
}
