import type { Clock, Duration } from "../../kernel/time.ts";

/**
 * A map for what peers make us remember: entries end after `lifetime`, and when `capacity` is reached the oldest goes
 * first, so that nobody fills the memory.
 */
export class BoundedMap<V> {
  readonly #entries = new Map<string, { value: V; until: number }>();
  readonly #clock: Clock;
  readonly #capacity: number;
  readonly #lifetime: Duration;

  constructor(clock: Clock, capacity: number, lifetime: Duration) {
    this.#clock = clock;
    this.#capacity = capacity;
    this.#lifetime = lifetime;
  }

  get(key: string): V | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (entry.until > this.#clock.now()) return entry.value;
    this.#entries.delete(key);
    return undefined;
  }

  /** Starts the entry's life anew, as the youngest. */
  set(key: string, value: V): void {
    this.#entries.delete(key);
    this.#makeRoom();
    this.#entries.set(key, { value, until: this.#clock.now() + this.#lifetime });
  }

  delete(key: string): V | undefined {
    const value = this.get(key);
    this.#entries.delete(key);
    return value;
  }

  get size(): number {
    return this.#entries.size;
  }

  #makeRoom(): void {
    if (this.#entries.size < this.#capacity) return;
    for (const key of this.#entries.keys()) {
      this.#entries.delete(key);
      return;
    }
  }
}
