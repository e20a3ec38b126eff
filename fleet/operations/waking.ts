import { asStewardError } from "../../kernel/errors.ts";
import type { OperationStore } from "./operation-store.ts";
import type { StoredOperation } from "./stored.ts";

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
