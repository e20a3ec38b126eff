import { Queue as BullQueue, type JobsOptions } from "bullmq";
import type { Redis } from "ioredis";
import type { Duration } from "../../../kernel/time.ts";

/** What BullMQ carries: "look at this slot". One too many does no harm, it finds nothing to do. */
export interface Tick {
  slot: string;
}

export interface TickPlan {
  slot: string;
  delay: Duration;
  priority: number;
}

const optionsOf = ({ delay, priority }: TickPlan): JobsOptions => ({
  delay,
  priority,
  // A tick fails only when Redis does; it comes again until it has looked.
  attempts: 1_000_000,
  backoff: { type: "fixed", delay: 1_000 },
  removeOnComplete: true,
  removeOnFail: true,
});

export class Ticks {
  readonly #open: () => BullQueue<Tick>;
  #opened: BullQueue<Tick> | undefined;

  constructor(name: string, connection: Redis, prefix: string) {
    this.#open = () => new BullQueue<Tick>(name, { connection, prefix, skipMetasUpdate: true });
  }

  /** BullMQ's queue connects as soon as it is made: not before it is used. */
  get #queue(): BullQueue<Tick> {
    // The connection reports its errors itself.
    this.#opened ??= this.#open().on("error", () => undefined);
    return this.#opened;
  }

  async add(plans: readonly TickPlan[]): Promise<void> {
    const [first] = plans;
    if (!first) return;
    if (plans.length === 1) await this.#queue.add("tick", { slot: first.slot }, optionsOf(first));
    else
      await this.#queue.addBulk(
        plans.map((plan) => ({ name: "tick", data: { slot: plan.slot }, opts: optionsOf(plan) })),
      );
  }

  /** Whether a tick is still there, in whatever state. */
  async exists(id: string): Promise<boolean> {
    return (await this.#queue.getJobState(id)) !== "unknown";
  }

  async close(): Promise<void> {
    await this.#opened?.close();
  }
}
