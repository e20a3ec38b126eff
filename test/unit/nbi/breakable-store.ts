import { StewardError } from "../../../kernel/errors.ts";
import type { Collection, Document, Store } from "../../../platform/store/port.ts";

const unavailable = () => Promise.reject(new StewardError("engine.unavailable", "the store cannot be reached"));
const brokenCursor = {
  toArray: unavailable,
  close: () => Promise.resolve(),
  [Symbol.asyncIterator]: () => ({ next: unavailable }),
};

/** A real store that can be made as one that cannot be reached. */
export class BreakableStore implements Store {
  down = false;
  readonly engine: Store["engine"];
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
    this.engine = store.engine;
  }

  collection<D extends Document>(name: string): Collection<D> {
    return this.#breakable(this.#store.collection<D>(name));
  }

  ping(): Promise<void> {
    return this.down ? unavailable() : this.#store.ping();
  }

  start(): Promise<void> {
    return this.#store.start();
  }

  stop(): Promise<void> {
    return this.#store.stop();
  }

  #breakable<T extends object>(target: T): T {
    return new Proxy(target, {
      get: (_target, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (name === "gathered") return this.#breakable(value as object);
        if (typeof value !== "function") return value;
        return (...given: unknown[]): unknown => {
          if (this.down) return name === "find" ? brokenCursor : unavailable();
          return Reflect.apply(value, target, given);
        };
      },
    });
  }
}
