import type { Instant } from "../../kernel/time.ts";
import type { Collection, Document } from "../../platform/store/port.ts";
import type { OperationDocument } from "./model.ts";

/** The operation document with what only the fleet itself reads. Secrets of the request are blanked in it. */
export interface StoredOperation extends OperationDocument {
  /** The device's id while the operation is open: the mailbox of a device holds nothing finished. */
  openFor?: string;
  /** The request's secrets, sealed; see operations/request-secrets. */
  sealed?: string;
  /** A wake is owed from then on; gone once it is asked for. */
  wakeAt?: Instant;
  /** While queued: equal reads and wakes share it. Unique. */
  dedupeKey?: string;
  /** Creator's token and idempotency key (see `idempotencyIdOf`). Unique. */
  idempotencyId?: string;
  /** Tells whether two requests under one idempotency key are the same. */
  fingerprint?: string;
  /** The id of the event that says how it ended; lets a sweep append it if a crash came between. */
  finishedEventId?: string;
  /** For the retention index; set when finished. */
  removeAt?: Date;
}

/** Up to when operations were looked at that may lack their events (see `announceMissing`); one document. */
export interface AnnouncedDocument extends Document {
  to: Instant;
}

export type OperationCollection = Collection<StoredOperation>;

const internal = [
  "openFor",
  "sealed",
  "wakeAt",
  "dedupeKey",
  "idempotencyId",
  "fingerprint",
  "finishedEventId",
  "removeAt",
] as const satisfies readonly (keyof StoredOperation)[];

/** As the northbound side sees it: without what is internal, secrets blanked. */
export function publicOperation(stored: StoredOperation): OperationDocument {
  const shown: OperationDocument = { ...stored };
  for (const field of internal) delete shown[field];
  return shown;
}
