import type { Service } from "../platform/lifecycle.ts";

/** What a process does, beside having a store and a queue. */
export interface Part {
  readonly services: readonly Service[];
  /** Reads its TLS files again; absent when it has none. Rejects, and keeps the old ones, when they are no good. */
  readonly reloadTls?: () => Promise<void>;
  /** Name and URL of what listens; to be asked when it does. */
  endpoints?(): readonly (readonly [name: string, url: string])[];
  /** Further lines for whoever started the process. */
  notes?(): Promise<readonly string[]>;
}
