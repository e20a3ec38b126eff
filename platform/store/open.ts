import { join } from "node:path";
import type { Clock, Duration } from "../../kernel/time.ts";
import { openEmbedded } from "./embedded/store.ts";
import { openMongo } from "./mongodb/store.ts";
import type { Store } from "./port.ts";

export interface StoreSettings {
  /** Where the embedded engine keeps its files. */
  dataDir: string;
  /** With it, the MongoDB-wire engine is used; the database is the one that the URL names, or `steward`. */
  mongodbUrl?: string | undefined;
  /** The database, where the URL names none. */
  database?: string;
  /** Of the embedded engine: how long a write waits for others to share its commit. */
  commitDelay?: Duration;
  clock?: Clock;
}

/** The store that the configuration asks for; nothing is opened before its `start`. */
export function openStore({ dataDir, mongodbUrl, database, commitDelay, clock }: StoreSettings): Store {
  if (mongodbUrl !== undefined) return openMongo(mongodbUrl, database === undefined ? {} : { database });
  return openEmbedded(join(dataDir, "store"), {
    ...(clock === undefined ? {} : { clock }),
    ...(commitDelay === undefined ? {} : { commitDelay }),
  });
}
