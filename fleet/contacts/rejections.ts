import { type Instant, minutes } from "../../kernel/time.ts";

const PER_ENDPOINT = minutes(10);
const WINDOW = minutes(1);
const PER_WINDOW = 60;
const REMEMBERED = 10_000;

/** Bounds the events about devices that are refused: one per device in ten minutes, sixty per minute in all. */
export class RejectionLimiter {
  readonly #toldAt = new Map<string, Instant>();
  #windowFrom: Instant = 0;
  #inWindow = 0;

  mayTell(endpointKey: string, at: Instant): boolean {
    if (at - (this.#toldAt.get(endpointKey) ?? Number.NEGATIVE_INFINITY) < PER_ENDPOINT) return false;
    if (at - this.#windowFrom >= WINDOW) {
      this.#windowFrom = at;
      this.#inWindow = 0;
    }
    if (this.#inWindow >= PER_WINDOW) return false;
    this.#inWindow += 1;
    this.#toldAt.delete(endpointKey);
    this.#toldAt.set(endpointKey, at);
    if (this.#toldAt.size > REMEMBERED) this.#toldAt.delete(this.#toldAt.keys().next().value!);
    return true;
  }
}
