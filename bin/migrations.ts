import { scopeKeysByToken } from "../fleet/operations/keys-by-token.ts";
import type { Migration } from "../platform/store/schema.ts";

/** The history of the data's shape; `prepare` makes indexes, a migration changes documents. Never renumbered. */
export const migrations: readonly Migration[] = [
  { version: 1, name: "the first shape", up: () => Promise.resolve() },
  { version: 2, name: "idempotency keys belong to tokens, not to their names", up: scopeKeysByToken },
];
