import { type Duration, milliseconds } from "../../kernel/time.ts";

/** So much waits that a further call is large enough to be worth it. */
const CROWD = 100;
/** A call that takes longer does not hold up what waits behind it. */
const PATIENCE: Duration = milliseconds(250);

/**
 * How many calls of the engine run at once: one as a rule, since a call costs more than what it carries and whatever
 * comes meanwhile makes the next one larger; more when a crowd waits, or when the one that runs is slow.
 */
export class Lanes {
  readonly #max: number;
  readonly #opened: () => void;
  #running = 0;
  #isSlow = false;
  #timer: NodeJS.Timeout | undefined;

  /** `opened`: another call may start now, if something waits. */
  constructor(max: number, opened: () => void) {
    this.#max = max;
    this.#opened = opened;
  }

  mayStart(waiting: number): boolean {
    if (waiting === 0) return false;
    return this.#running === 0 || (this.#running < this.#max && (waiting >= CROWD || this.#isSlow));
  }

  enter(): void {
    this.#running += 1;
    this.#watch();
  }

  leave(): void {
    this.#running -= 1;
    this.#watch();
  }

  #watch(): void {
    this.#isSlow = false;
    clearTimeout(this.#timer);
    if (this.#running === 0 || this.#running >= this.#max) return;
    this.#timer = setTimeout(() => {
      this.#isSlow = true;
      this.#opened();
    }, PATIENCE);
    this.#timer.unref();
  }
}
