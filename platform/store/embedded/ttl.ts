import { type Clock, type Duration, seconds, type Timer } from "../../../kernel/time.ts";
import type { Index } from "./catalog.ts";
import { afterPrefix, encodeKey, encodeTypeBound } from "./keys.ts";
import { getById, remove } from "./mutations.ts";
import type { Session } from "./session.ts";

const DATE_RANK = 9;
const PORTION = 500;
export const SWEEP_INTERVAL: Duration = seconds(30);

/** Removes what an index with `expireAfter` says is over, in portions, every half minute of `clock`. */
export class Expiry {
  readonly #session: Session;
  readonly #clock: Clock;
  #timer: Timer | undefined;
  #sweeping: Promise<void> | undefined;

  constructor(session: Session, clock: Clock) {
    this.#session = session;
    this.#clock = clock;
  }

  start(): void {
    this.#timer = this.#clock.after(SWEEP_INTERVAL, () => {
      this.#sweeping = this.sweep().finally(() => {
        if (this.#timer !== undefined) this.start();
      });
    });
  }

  async stop(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    await this.#sweeping;
  }

  /** A sweep that fails is repeated with the next one. */
  async sweep(): Promise<void> {
    try {
      for (const { name, index } of this.#session.indexes()) {
        if (index.expireAfter !== undefined) await this.#sweepIndex(name, index);
      }
    } catch {
      return;
    }
  }

  async #sweepIndex(name: string, index: Index): Promise<void> {
    const until = new Date(this.#clock.now() - index.expireAfter!);
    const ofDates = encodeTypeBound(index.prefix, [], index.directions, DATE_RANK);
    const last = encodeKey(index.prefix, [until], index.directions);
    const descending = index.directions[0] === -1;
    const range = descending ? { start: last, end: afterPrefix(ofDates) } : { start: ofDates, end: afterPrefix(last) };
    let removed = PORTION;
    while (removed === PORTION && this.#timer !== undefined) {
      removed = await this.#session.write(name, (target) => {
        const { environment } = target.context;
        const ids = [...environment.getRange({ ...range, limit: PORTION })].map(({ value }) => value as string);
        for (const id of ids) {
          const document = getById(target, id);
          if (document !== undefined) remove(target, document);
        }
        return ids.length;
      });
    }
  }
}
