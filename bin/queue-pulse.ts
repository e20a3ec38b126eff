import { type Clock, seconds, type Timer } from "../kernel/time.ts";
import type { Service } from "../platform/lifecycle.ts";
import type { QueueEngine } from "../platform/queue/port.ts";

const BEAT = seconds(5);

/** Knows, without asking anew, whether the queue works: one of the reasons why an operation waits (DESIGN decision 11). */
export class QueuePulse implements Service {
  readonly name = "queue.pulse";
  healthy = true;
  readonly #queue: QueueEngine;
  readonly #clock: Clock;
  #timer: Timer | undefined;

  constructor(queue: QueueEngine, clock: Clock) {
    this.#queue = queue;
    this.#clock = clock;
  }

  start(): Promise<void> {
    this.#timer = this.#clock.after(BEAT, () => void this.#beat());
    return Promise.resolve();
  }

  drain(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    return Promise.resolve();
  }

  stop(): Promise<void> {
    return this.drain();
  }

  async #beat(): Promise<void> {
    this.healthy = await this.#queue.ping().then(
      () => true,
      () => false,
    );
    if (this.#timer !== undefined) await this.start();
  }
}
