import { newId } from "../../kernel/ids.ts";
import { merged } from "../../kernel/merged.ts";
import type { Instant } from "../../kernel/time.ts";
import type { EventDocument } from "../events/model.ts";
import { operationKinds } from "./kinds.ts";
import type { OperationState } from "./model.ts";
import { isOpen, type Move, moveOperation } from "./moves.ts";
import type { OperationStore } from "./operation-store.ts";
import type { StoredOperation } from "./stored.ts";

const severityOf: Partial<Record<OperationState, EventDocument["severity"]>> = { failed: "error", expired: "warning" };

const creatorOf = ({ createdBy, createdByToken }: StoredOperation): Record<string, string> =>
  createdByToken === undefined ? { createdBy } : { createdBy, createdByToken };

/** The event that says how an operation ended; its id is in the operation, so that it is never appended twice. */
export function finishedEvent({ events }: OperationStore, operation: StoredOperation): EventDocument {
  const { _id, deviceId, request, state, fault, finishedAt, createdAt } = operation;
  const event = {
    type: "operation.finished" as const,
    at: finishedAt ?? createdAt,
    deviceId,
    operationId: _id,
    severity: severityOf[state] ?? "info",
    data: { kind: request.kind, state, ...creatorOf(operation), ...(fault && { fault }) },
  };
  return events.document(event, operation.finishedEventId);
}

export function createdEvent({ events }: OperationStore, operation: StoredOperation): EventDocument {
  const { _id, deviceId, request, createdAt } = operation;
  const data = { kind: request.kind, ...creatorOf(operation) };
  return events.document({ type: "operation.created", at: createdAt, deviceId, operationId: _id, data }, _id);
}

/**
 * Moves an operation and, when that finishes it, appends the event and tells who waits. A crash between the two is
 * healed by `announceMissing`. An operation whose cancellation was asked for meanwhile is cancelled as soon as the device
 * is out of it. Resolves to the operation as it is now, or to `undefined` when somebody else was first.
 */
export async function carryOut(
  store: OperationStore,
  known: StoredOperation,
  move: Move,
  options: { indirect?: boolean } = {},
): Promise<StoredOperation | undefined> {
  const { operations, policy } = store;
  const finishes = !isOpen(move.to);
  const set = finishes
    ? merged(move.set ?? {}, {
        finishedEventId: newId(move.at),
        removeAt: new Date(move.at + policy.retention.operations),
      })
    : (move.set ?? {});
  const whole = { ...move, set };
  const moved = await moveOperation(operations, known, whole, options);
  if (moved === undefined) return undefined;
  store.meters.moved.add({ kind: known.request.kind, state: move.to });
  if (!finishes) {
    const current = await operations.gathered.findByKey(known._id);
    return current && cancelIfAsked(store, current, move.at);
  }
  await store.events.write([finishedEvent(store, moved)]);
  store.waiters.finished(moved._id);
  return moved;
}

/** Cancellation that was asked for while the device had it waits until the device is out of it, in whatever way. */
export const isToBeCancelled = ({ cancelRequested, state, request }: StoredOperation): boolean =>
  cancelRequested === true &&
  (state === "queued" ||
    state === "unknown" ||
    (state === "accepted" && operationKinds[request.kind].cancelAccepted === "atOnce"));

export const cancellation = (at: Instant): Move => ({
  to: "cancelled",
  at,
  note: "as asked for while it was with the device",
});

async function cancelIfAsked(store: OperationStore, moved: StoredOperation, at: Instant): Promise<StoredOperation> {
  if (!isToBeCancelled(moved)) return moved;
  return (await carryOut(store, moved, cancellation(at))) ?? moved;
}
