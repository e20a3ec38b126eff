import { randomInt } from "node:crypto";

// Collections whose members come and go by the thousand each second. V8 links every table that a Map or a Set has outgrown
// to the next one: as soon as one of them has grown old, all that is ever in the collection is kept until the next full
// collection. These have no such chain. (Measured: of 18 KB that each session left behind so, 13 are left.)

/** Objects; each is in at most one bag of a `place`, where the bag notes its position. */
export class Bag<T extends object> {
  readonly #place: symbol;
  readonly #items: T[] = [];

  constructor(place: symbol) {
    this.#place = place;
  }

  get size(): number {
    return this.#items.length;
  }

  has(item: T): boolean {
    const at = placesOf(item)[this.#place];
    return at !== undefined && this.#items[at] === item;
  }

  add(item: T): void {
    if (this.has(item)) return;
    placesOf(item)[this.#place] = this.#items.length;
    this.#items.push(item);
  }

  delete(item: T): boolean {
    if (!this.has(item)) return false;
    const at = placesOf(item)[this.#place]!;
    const last = this.#items.pop()!;
    if (last !== item) {
      this.#items[at] = last;
      placesOf(last)[this.#place] = at;
    }
    placesOf(item)[this.#place] = undefined;
    return true;
  }

  /** As they are now, in no order: members may leave meanwhile. */
  [Symbol.iterator](): IterableIterator<T> {
    return this.#items.slice().values();
  }
}

const placesOf = (item: object): Record<symbol, number | undefined> => item as Record<symbol, number | undefined>;

const LEAST_CAPACITY = 16;
/** Peers choose some of the texts: they cannot foresee which of them meet. */
const SEED = randomInt(0x7fff_ffff);

function hashOf(text: string): number {
  let hash = SEED;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x0100_0193);
  // The lower bits choose the slot.
  return hash ^ (hash >>> 15);
}

const vacant = (length: number): undefined[] => Array.from({ length }, () => undefined);

/**
 * Values by text: open addressing with linear probing. An object with the texts as its properties would do, too, but V8
 * enters every name that an object is asked for in its table of names first, which costs more than the search here.
 */
export class Table<V> {
  #keys: (string | undefined)[] = vacant(LEAST_CAPACITY);
  #values: (V | undefined)[] = vacant(LEAST_CAPACITY);
  #hashes = new Int32Array(LEAST_CAPACITY);
  #mask = LEAST_CAPACITY - 1;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  get(key: string): V | undefined {
    return this.#values[this.#slotOf(key, hashOf(key))];
  }

  set(key: string, value: NonNullable<V>): void {
    const hash = hashOf(key);
    let slot = this.#slotOf(key, hash);
    if (this.#keys[slot] === undefined) {
      if (this.#size >= (this.#mask + 1) / 2) {
        this.#grow();
        slot = this.#slotOf(key, hash);
      }
      this.#size += 1;
      this.#keys[slot] = key;
      this.#hashes[slot] = hash;
    }
    this.#values[slot] = value;
  }

  delete(key: string): boolean {
    const slot = this.#slotOf(key, hashOf(key));
    if (this.#keys[slot] === undefined) return false;
    this.#size -= 1;
    this.#close(slot);
    return true;
  }

  /** As they are now: entries may go meanwhile. */
  values(): V[] {
    return this.#values.filter((value) => value !== undefined);
  }

  /** Where `key` stands, or would stand. */
  #slotOf(key: string, hash: number): number {
    const keys = this.#keys;
    const hashes = this.#hashes;
    const mask = this.#mask;
    let slot = hash & mask;
    for (let found = keys[slot]; found !== undefined; found = keys[slot]) {
      if (hashes[slot] === hash && found === key) break;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  /** Empties a slot; entries behind it that only stand there because it was taken move up. */
  #close(empty: number): void {
    const [keys, hashes, mask] = [this.#keys, this.#hashes, this.#mask];
    let gap = empty;
    for (let slot = (gap + 1) & mask; keys[slot] !== undefined; slot = (slot + 1) & mask) {
      const wayFromHome = (slot - hashes[slot]!) & mask;
      if (wayFromHome < ((slot - gap) & mask)) continue;
      keys[gap] = keys[slot];
      hashes[gap] = hashes[slot]!;
      this.#values[gap] = this.#values[slot];
      gap = slot;
    }
    keys[gap] = undefined;
    this.#values[gap] = undefined;
  }

  #grow(): void {
    const [keys, values, hashes] = [this.#keys, this.#values, this.#hashes];
    const capacity = 2 * keys.length;
    this.#keys = vacant(capacity);
    this.#values = vacant(capacity);
    this.#hashes = new Int32Array(capacity);
    this.#mask = capacity - 1;
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i];
      if (key === undefined) continue;
      const slot = this.#slotOf(key, hashes[i]!);
      this.#keys[slot] = key;
      this.#values[slot] = values[i];
      this.#hashes[slot] = hashes[i]!;
    }
    // What has grown old keeps nothing alive.
    keys.fill(undefined);
    values.fill(undefined);
  }
}

/** The values that were set last: at least so many of them, at most twice as many. */
export class Recent<V> {
  readonly #least: number;
  #new = new Table<V>();
  #old = new Table<V>();

  constructor(least: number) {
    this.#least = least;
  }

  get(key: string): V | undefined {
    return this.#new.get(key) ?? this.#old.get(key);
  }

  set(key: string, value: NonNullable<V>): void {
    this.#new.set(key, value);
    if (this.#new.size < this.#least) return;
    this.#old = this.#new;
    this.#new = new Table<V>();
  }

  delete(key: string): void {
    this.#new.delete(key);
    this.#old.delete(key);
  }

  /** What `get` gives, for the last time. */
  take(key: string): V | undefined {
    const value = this.get(key);
    if (value !== undefined) this.delete(key);
    return value;
  }
}
