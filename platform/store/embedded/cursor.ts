import { setImmediate as nextTurn } from "node:timers/promises";
import type { Cursor, Document, Projection } from "../port.ts";
import { compileProjection } from "../projection.ts";
import type { FindSteps } from "./query.ts";
import type { Session } from "./session.ts";

const BATCH = 200;

/** Reads in short steps and lets others run between them. */
export class FindCursor<D extends Document> implements Cursor<D> {
  readonly #name: string;
  readonly #open: () => FindSteps | undefined;
  readonly #session: Session;
  readonly #project: (document: Document) => Record<string, unknown>;
  #steps: FindSteps | undefined;
  #opened = false;
  #closed = false;

  constructor(name: string, open: () => FindSteps | undefined, session: Session, projection: Projection | undefined) {
    this.#name = name;
    this.#open = open;
    this.#session = session;
    this.#project = compileProjection(projection);
  }

  async toArray(): Promise<D[]> {
    const all: D[] = [];
    for (let batch = this.#next(); batch !== undefined; batch = this.#next()) {
      all.push(...batch);
      if (batch.length === 0 || batch.length >= BATCH) await nextTurn();
    }
    return all;
  }

  close(): Promise<void> {
    this.#closed = true;
    return Promise.resolve();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<D, void, undefined> {
    for (let batch = this.#next(); batch !== undefined; batch = this.#next()) {
      yield* batch;
      await nextTurn();
    }
  }

  #next(): D[] | undefined {
    if (this.#closed) return undefined;
    if (!this.#opened) {
      this.#opened = true;
      this.#steps = this.#open();
    }
    const batch = this.#session.read(this.#name, () => this.#steps?.next(BATCH));
    return batch?.map((document) => this.#project(document) as D);
  }
}
