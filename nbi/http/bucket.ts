import type { Clock } from "../../kernel/time.ts";

interface Level {
  tokens: number;
  at: number;
}

/** Token buckets by key; memory is bounded, the key that was idle longest is forgotten first. */
export class Buckets {
  readonly #clock: Clock;
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #maxKeys: number;
  readonly #levels = new Map<string, Level>();

  constructor(
    clock: Clock,
    { perSecond, burst, maxKeys = 10_000 }: { perSecond: number; burst: number; maxKeys?: number },
  ) {
    this.#clock = clock;
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#maxKeys = maxKeys;
  }

  /** Takes one; resolves to 0, or to the seconds until there is one again. */
  take(key: string): number {
    const now = this.#clock.now();
    const before = this.#levels.get(key) ?? { tokens: this.#burst, at: now };
    const elapsed = Math.max(0, now - before.at) / 1000;
    const tokens = Math.min(this.#burst, before.tokens + elapsed * this.#perSecond);
    const taken = tokens >= 1;
    this.#levels.delete(key);
    this.#levels.set(key, { tokens: taken ? tokens - 1 : tokens, at: now });
    if (this.#levels.size > this.#maxKeys) this.#levels.delete(this.#levels.keys().next().value!);
    return taken ? 0 : (1 - tokens) / this.#perSecond;
  }
}
