import type { FindCursor } from "mongodb";
import type { Cursor } from "../port.ts";

/** A driver's cursor whose errors are the port's. */
export class MongoCursor<D> implements Cursor<D> {
  readonly #cursor: FindCursor<D>;
  readonly #translate: (error: unknown) => Error;

  constructor(cursor: FindCursor<D>, translate: (error: unknown) => Error) {
    this.#cursor = cursor;
    this.#translate = translate;
  }

  async toArray(): Promise<D[]> {
    try {
      return await this.#cursor.toArray();
    } catch (error) {
      throw this.#translate(error);
    }
  }

  async close(): Promise<void> {
    await this.#cursor.close().catch(() => undefined);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<D, void, undefined> {
    try {
      for await (const document of this.#cursor) yield document;
    } catch (error) {
      throw this.#translate(error);
    } finally {
      await this.close();
    }
  }
}
