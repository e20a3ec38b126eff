import { type Clock, type Duration, minutes } from "../../../kernel/time.ts";
import { BoundedMap } from "../bounded-map.ts";

export interface FailureLimits {
  /** Wrong credentials of one source for one user name, after which it hears 403 (specs/cwmp.md §1.3). */
  perDialogue: number;
  /** Wrong credentials of one source, whatever the user name. Many CPEs share a source behind carrier NAT. */
  perSource: number;
  /** Failures of one source for one user name, wrong or stale, after which it is not even verified. */
  perGuesser: number;
  window: Duration;
  /** Sources and pairs that are remembered at most. */
  capacity: number;
}

export const defaultFailureLimits: FailureLimits = {
  perDialogue: 3,
  perSource: 10,
  perGuesser: 30,
  window: minutes(1),
  capacity: 50_000,
};

/**
 * The guard against 401 loops and guessing. Counts are kept for a window after the last failure, in bounded memory.
 * Up to a high number whoever fails too often is refused only where he fails: a neighbour behind the same address, or
 * with the same group credential, gets in.
 */
export class Failures {
  readonly #limits: FailureLimits;
  readonly #wrong: BoundedMap<number>;
  readonly #all: BoundedMap<number>;
  readonly #sources: BoundedMap<number>;

  constructor(clock: Clock, limits: FailureLimits) {
    this.#limits = limits;
    this.#wrong = new BoundedMap(clock, limits.capacity, limits.window);
    this.#all = new BoundedMap(clock, limits.capacity, limits.window);
    this.#sources = new BoundedMap(clock, limits.capacity, limits.window);
  }

  isBlocked(source: string, username: string): boolean {
    return (this.#all.get(pairOf(source, username)) ?? 0) >= this.#limits.perGuesser;
  }

  /** Counts wrong credentials. `true`: answer 403 and close instead of another challenge. */
  wrong(source: string, username: string): boolean {
    const pair = pairOf(source, username);
    raise(this.#all, pair);
    const mine = raise(this.#wrong, pair);
    return raise(this.#sources, source) >= this.#limits.perSource || mine >= this.#limits.perDialogue;
  }

  /** Counts a nonce that has to be renewed: normal now and then, a loop when it never ends. */
  stale(source: string, username: string): void {
    raise(this.#all, pairOf(source, username));
  }

  succeeded(source: string, username: string): void {
    const pair = pairOf(source, username);
    this.#wrong.delete(pair);
    this.#all.delete(pair);
  }
}

const pairOf = (source: string, username: string): string => `${source} ${username.slice(0, 256)}`;

function raise(counts: BoundedMap<number>, key: string): number {
  const count = (counts.get(key) ?? 0) + 1;
  counts.set(key, count);
  return count;
}
