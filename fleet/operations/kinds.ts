import type { OperationKind } from "./model.ts";

export interface KindRule {
  /** Operations of one lane are with the device one after the other, from the start to the completion. */
  lane?: "transfer" | "software";
  /** What an operation of this kind holds back while the device has accepted it and finishes it later. */
  acceptedHolds: "everything" | "lane" | "nothing";
  /**
   * What cancelling does while the device has accepted it: nothing is lost by not waiting for it, or the device can be
   * asked to drop it by an operation of its own. Otherwise nobody can take it back, and its end is waited for.
   */
  cancelAccepted?: "atOnce" | "byOperation";
  /** It changes nothing on the device: carried out late, it undoes nothing that was done meanwhile. */
  looks?: true;
  /** An equal one that is still queued serves both callers, if nothing is to change the device between the two. */
  shared?: true;
  /** The data model is asked before it is taken in. */
  validated?: true;
}

/** The rules of each kind for the queue of a device; what is done with the device is the adapter's. */
export const operationKinds: Record<OperationKind, KindRule> = {
  read: { acceptedHolds: "nothing", looks: true, shared: true },
  write: { acceptedHolds: "nothing", validated: true },
  create: { acceptedHolds: "nothing", validated: true },
  delete: { acceptedHolds: "nothing", validated: true },
  discover: { acceptedHolds: "nothing", looks: true },
  setAttributes: { acceptedHolds: "nothing", validated: true },
  readAttributes: { acceptedHolds: "nothing", looks: true },
  reboot: { acceptedHolds: "everything" },
  factoryReset: { acceptedHolds: "everything" },
  scheduleContact: { acceptedHolds: "nothing", cancelAccepted: "atOnce" },
  download: { acceptedHolds: "lane", lane: "transfer", cancelAccepted: "byOperation" },
  upload: { acceptedHolds: "lane", lane: "transfer", cancelAccepted: "byOperation" },
  cancelTransfer: { acceptedHolds: "nothing" },
  listTransfers: { acceptedHolds: "nothing", looks: true },
  software: { acceptedHolds: "lane", lane: "software" },
  capabilities: { acceptedHolds: "nothing", looks: true },
  raw: { acceptedHolds: "nothing" },
  wake: { acceptedHolds: "nothing", looks: true, shared: true },
};

/** Whether `accepted`, which the device finishes later, holds back an operation of kind `kind`. */
export function heldByAccepted(accepted: OperationKind, kind: OperationKind): boolean {
  const { acceptedHolds, lane } = operationKinds[accepted];
  return acceptedHolds === "everything" || (acceptedHolds === "lane" && operationKinds[kind].lane === lane);
}
