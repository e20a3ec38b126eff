import { StewardError } from "../../kernel/errors.ts";
import type { Actor } from "../access/actor.ts";
import { createOperation } from "./creating.ts";
import { carryOut } from "./finishing.ts";
import { operationKinds } from "./kinds.ts";
import { HISTORY, isOpen } from "./moves.ts";
import { type OperationStore, requireOperation } from "./operation-store.ts";
import type { StoredOperation } from "./stored.ts";

const TRIES = 8;

/** See `Operations.cancel`. */
export async function cancelOperation(store: OperationStore, id: string, by: Actor): Promise<StoredOperation> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const known = await requireOperation(store, id);
    if (known.state === "cancelled") return known;
    if (!isOpen(known.state))
      throw new StewardError("state.conflict", `the operation is ${known.state}`, { details: { state: known.state } });
    const cancelled = await cancelOnce(store, known, by);
    if (cancelled !== undefined) return cancelled;
  }
  throw new StewardError("state.conflict", "the operation changes too quickly to cancel it", {
    details: { operationId: id },
  });
}

/** `undefined`: it has moved meanwhile. */
async function cancelOnce(
  store: OperationStore,
  known: StoredOperation,
  by: Actor,
): Promise<StoredOperation | undefined> {
  const { cancelAccepted } = operationKinds[known.request.kind];
  if (known.state === "accepted" && cancelAccepted === "byOperation" && known.cancelRequested !== true) {
    const { _id, deviceId, priority } = known;
    await createOperation(store, deviceId, { kind: "cancelTransfer", operationId: _id }, { priority }, by);
  }
  const isTheDevices = known.state === "active" || (known.state === "accepted" && cancelAccepted !== "atOnce");
  return isTheDevices
    ? askForCancellation(store, known, by)
    : carryOut(store, known, { to: "cancelled", at: store.clock.now(), note: noteOf(known, by) });
}

const noteOf = ({ state }: StoredOperation, { name }: Actor): string =>
  state === "unknown" ? `by ${name}; whether the device carried it out is not known` : `by ${name}`;

async function askForCancellation(
  { operations, clock }: OperationStore,
  known: StoredOperation,
  by: Actor,
): Promise<StoredOperation | undefined> {
  if (known.cancelRequested === true) return known;
  const { _id, state } = known;
  const asked = { at: clock.now(), state, note: `cancellation asked for by ${by.name}` };
  const update = { $set: { cancelRequested: true }, $push: { history: { $each: [asked], $slice: -HISTORY } } };
  if (!(await operations.gathered.updateById(_id, update, { state }))) return undefined;
  return { ...known, cancelRequested: true, history: [...known.history, asked] };
}
