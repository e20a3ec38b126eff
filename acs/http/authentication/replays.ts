import type { Clock, Duration } from "../../../kernel/time.ts";
import { BoundedMap } from "../bounded-map.ts";

/**
 * Digest responses and where they came from first. CPEs repeat one response for a whole session (`nc` stays 00000001),
 * so a repetition is normal; from another address it is somebody who listened, or a CPE whose address changed: either
 * way a new nonce settles it.
 */
export class Replays {
  readonly #seen: BoundedMap<string>;

  constructor(clock: Clock, lifetime: Duration, capacity = 20_000) {
    this.#seen = new BoundedMap(clock, capacity, lifetime);
  }

  isFromElsewhere(response: string, source: string): boolean {
    const first = this.#seen.get(response);
    if (first === undefined) this.#seen.set(response, source);
    return first !== undefined && first !== source;
  }
}
