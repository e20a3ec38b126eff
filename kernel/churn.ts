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

/** Values by text. */
export class Table<V> {
  readonly #entries = Object.create(null) as Record<string, V>;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(key: string): boolean {
    return this.#entries[key] !== undefined;
  }

  get(key: string): V | undefined {
    return this.#entries[key];
  }

  set(key: string, value: NonNullable<V>): void {
    if (this.#entries[key] === undefined) this.#size += 1;
    this.#entries[key] = value;
  }

  delete(key: string): boolean {
    if (this.#entries[key] === undefined) return false;
    this.#size -= 1;
    return delete this.#entries[key];
  }

  /** As they are now: entries may go meanwhile. */
  values(): V[] {
    return Object.values(this.#entries);
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
