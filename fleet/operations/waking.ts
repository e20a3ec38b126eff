import { asStewardError } from "../../kernel/errors.ts";
import type { Instant } from "../../kernel/time.ts";
import type { StoredDevice } from "../devices/stored.ts";
import type { OperationStore } from "./operation-store.ts";
import type { StoredOperation } from "./stored.ts";

/**
 * From when a contact is wanted for an operation of this device. `undefined`: for now there is no use in one; the first
 * contact of a device never seen finds the operation, and one that is admitted is called then (see `oweWakes`).
 */
export const contactWantedFrom = (
  { contact, admission, holdUntil = 0 }: StoredDevice,
  now: Instant,
  notBefore = 0,
): Instant | undefined =>
  contact === undefined || admission !== "active" ? undefined : Math.max(now, notBefore, holdUntil);

/**
 * Asks for a contact on behalf of an operation that is stored already. When the queue refuses, the wake stays owed
 * (`wakeAt`) and `wakeDue` asks again: the caller's operation is durable either way.
 */
export async function requestWake(
  store: OperationStore,
  { _id, deviceId, wakeAt, request }: StoredOperation,
): Promise<boolean> {
  try {
    await store.wake.requestContact(deviceId, { operationId: _id, reason: request.kind });
  } catch (error) {
    store.log.warn(
      { deviceId, operationId: _id, error: asStewardError(error) },
      "a wake could not be asked for; it stays owed",
    );
    return false;
  }
  await store.operations.gathered.updateById(_id, { $unset: { wakeAt: true } }, { wakeAt });
  return true;
}
