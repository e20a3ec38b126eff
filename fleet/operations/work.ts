import { StewardError } from "../../kernel/errors.ts";
import type { Instant } from "../../kernel/time.ts";
import type { DeviceDocument } from "../devices/model.ts";
import type { Work } from "../door.ts";
import type { OperationDocument, OperationKind } from "./model.ts";
import { isOpen, moveOperation } from "./moves.ts";
import { type OperationStore, openOperations, withSecrets } from "./operation-store.ts";
import { reasonsToWait } from "./readiness.ts";
import { settleOperation } from "./settling.ts";
import type { StoredOperation } from "./stored.ts";
import { healOverdue } from "./sweeps.ts";

/** How an adapter moves the operations of the device whose lease it holds. */
export function createWork(store: OperationStore): Work {
  /** Which conversation an operation was offered to: only that one may begin it, and only while it holds the device. */
  const offeredTo = new WeakMap<OperationDocument, string>();
  return {
    async next(device, sessionId, now) {
      const operation = await nextOperation(store, device, now);
      if (operation === undefined) return undefined;
      const offered = withSecrets(store, operation);
      offeredTo.set(offered, sessionId);
      return offered;
    },
    begin: (operation, progress, now) => begin(store, operation, offeredTo.get(operation), progress, now),
    advance: (operationId, progress) => advance(store, operationId, progress),
    async settle(operationId, outcome, now) {
      const settled = await settleOperation(store, operationId, outcome, now);
      return settled && withSecrets(store, settled);
    },
    findByCorrelator: (deviceId, correlator, kinds) => findByCorrelator(store, deviceId, correlator, kinds),
    async awaiting(deviceId) {
      const open = await openOperations(store, deviceId);
      return open
        .filter(({ state }) => state === "accepted" || state === "unknown")
        .map((stored) => withSecrets(store, stored));
    },
  };
}

async function nextOperation(
  store: OperationStore,
  device: DeviceDocument,
  now: Instant,
): Promise<StoredOperation | undefined> {
  const found = await openOperations(store, device._id);
  if (found.length === 0) return undefined;
  const open = await healOverdue(store, found, now);
  return open.find((operation, index) => {
    const circumstances = { device, aheadOfIt: open.slice(0, index), queueHealthy: true, now, inThisSession: true };
    return reasonsToWait(operation, circumstances).length === 0;
  });
}

/**
 * Guarded by the state in which the operation was offered, and by the lease: a conversation that lost the device to
 * another one must not start anything. What an earlier conversation left `active` is taken over as it is.
 */
async function begin(
  store: OperationStore,
  operation: OperationDocument,
  sessionId: string | undefined,
  progress: string,
  now: Instant,
): Promise<boolean> {
  if (sessionId !== undefined) {
    const device = await store.devices.gathered.findByKey(operation.deviceId);
    if (device?.lease?.sessionId !== sessionId) return false;
  }
  const { state, attempt, _id } = operation;
  if (state === "active") {
    const taken = { $set: { progress, attempt: attempt + 1 } };
    return store.operations.gathered.updateById(_id, taken, { state, attempt });
  }
  const move = { to: "active" as const, at: now, set: { progress, attempt: attempt + 1 } };
  const begun = await moveOperation(store.operations, operation as StoredOperation, move, {
    guard: { cancelRequested: { $exists: false } },
  });
  if (begun === undefined) return false;
  store.meters.moved.add({ kind: operation.request.kind, state: "active" });
  // With its secrets, which the store does not hold so.
  if (begun.sealed === undefined) store.begun.set(_id, begun);
  return true;
}

/** Rejects with `state.conflict` when the operation is no longer open: whoever drives it must stop. */
async function advance({ operations, begun }: OperationStore, operationId: string, progress: string): Promise<void> {
  const before = begun.take(operationId);
  if (await operations.gathered.updateById(operationId, { $set: { progress } }, { state: "active" })) {
    if (before !== undefined) begun.set(operationId, { ...before, progress });
    return;
  }
  const known = await operations.gathered.findByKey(operationId);
  if (known !== undefined && isOpen(known.state) && known.state !== "queued") {
    if (await operations.gathered.updateById(operationId, { $set: { progress } }, { state: known.state })) return;
  }
  throw new StewardError("state.conflict", "the operation is no longer with the device", { details: { operationId } });
}

async function findByCorrelator(
  store: OperationStore,
  deviceId: string,
  correlator: string,
  kinds: readonly OperationKind[],
): Promise<OperationDocument | undefined> {
  const fits = (operation: StoredOperation): boolean => kinds.includes(operation.request.kind);
  if (correlator !== "") {
    const found = await store.operations.gathered.findByKey(correlator);
    return found?.openFor === deviceId && fits(found) ? withSecrets(store, found) : undefined;
  }
  const waiting = (await openOperations(store, deviceId)).filter(
    (operation) => (operation.state === "accepted" || operation.state === "unknown") && fits(operation),
  );
  return waiting.length === 1 ? withSecrets(store, waiting[0]!) : undefined;
}
