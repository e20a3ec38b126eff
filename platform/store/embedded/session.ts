import type { Catalog, Index } from "./catalog.ts";
import { type Environment, unavailable } from "./environment.ts";
import type { Target } from "./mutations.ts";
import type { Writer } from "./writer.ts";

export interface Opened {
  readonly environment: Environment;
  readonly catalog: Catalog;
  readonly writer: Writer;
}

/** The store as its collections use it; they may be asked for before it is started. */
export class Session {
  /** Throws `engine.unavailable` while the store is not open. */
  readonly #opened: () => Opened;

  constructor(opened: () => Opened) {
    this.#opened = opened;
  }

  /** Reads what is committed now, by whichever process; `undefined` when there is no such collection yet. */
  read<T>(name: string, run: (target: Target) => T): T | undefined {
    const { environment, catalog } = this.#opened();
    try {
      environment.resetReadTxn();
      catalog.refresh();
      const info = catalog.info(name);
      return info && run({ context: { environment, catalog }, name, info });
    } catch (error) {
      throw unavailable(error);
    }
  }

  /**
   * As `read`, without asking whether the catalog has changed: for what goes by an id or by a unique index. A collection
   * keeps its number for good, and who finds nothing must `read`.
   */
  look<T>(name: string, run: (target: Target) => T | undefined): T | undefined {
    const { environment, catalog } = this.#opened();
    const info = catalog.info(name);
    if (info === undefined) return undefined;
    try {
      environment.resetReadTxn();
      return run({ context: { environment, catalog }, name, info });
    } catch (error) {
      throw unavailable(error);
    }
  }

  /** Every index of every collection. */
  indexes(): { name: string; index: Index }[] {
    const { environment, catalog } = this.#opened();
    environment.resetReadTxn();
    catalog.refresh();
    return [...catalog.all()].flatMap(([name, { indexes }]) => indexes.map((index) => ({ name, index })));
  }

  /** Runs within a write transaction that others share; resolves when it is on the disk. */
  async write<T>(name: string, run: (target: Target) => T): Promise<T> {
    const { environment, catalog, writer } = this.#opened();
    return writer.write(() => run({ context: { environment, catalog }, name, info: catalog.ensure(name) }));
  }
}
