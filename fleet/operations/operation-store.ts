import type { Recent } from "../../kernel/churn.ts";
import { StewardError } from "../../kernel/errors.ts";
import type { Collection, GatheredQuery } from "../../platform/store/port.ts";
import type { FleetDependencies } from "../dependencies.ts";
import type { StoredDevice } from "../devices/stored.ts";
import type { EventLog } from "../events/events.ts";
import type { FleetMeters } from "../metrics.ts";
import type { OperationDocument } from "./model.ts";
import { queueOrder } from "./readiness.ts";
import { type RequestSecrets, restoreSecrets } from "./request-secrets.ts";
import type { AnnouncedDocument, OperationCollection, StoredOperation } from "./stored.ts";
import type { Waiters } from "./waiters.ts";

/** What the parts of this folder share. */
export interface OperationStore extends Omit<FleetDependencies, "store"> {
  readonly operations: OperationCollection;
  readonly announced: Collection<AnnouncedDocument>;
  /** As this process began them; whether that still holds, the guard of the next write tells by `state` and `attempt`. */
  readonly begun: Recent<StoredOperation>;
  readonly devices: Collection<StoredDevice>;
  readonly events: EventLog;
  readonly waiters: Waiters;
  readonly meters: FleetMeters;
}

const byPriority: GatheredQuery = { sort: { priority: 1, _id: 1 } };

/** A device's open operations, in `queueOrder`. One gathered read. */
export async function openOperations({ operations }: OperationStore, deviceId: string): Promise<StoredOperation[]> {
  return (await operations.gathered.findAllByKey(deviceId, "openFor", byPriority)).sort(queueOrder);
}

export async function requireOperation({ operations }: OperationStore, id: string): Promise<StoredOperation> {
  const found = await operations.gathered.findByKey(id);
  if (found === undefined)
    throw new StewardError("resource.notFound", "there is no such operation", { details: { operationId: id } });
  return found;
}

const contextOf = (operationId: string): string => `operation:${operationId}`;

export const sealSecrets = ({ secrets }: OperationStore, operationId: string, found: RequestSecrets): string =>
  secrets.seal(JSON.stringify(found), contextOf(operationId));

/** As an adapter needs it: with the secrets of its request. */
export function withSecrets({ secrets }: OperationStore, stored: StoredOperation): OperationDocument {
  if (stored.sealed === undefined) return stored;
  const found = JSON.parse(secrets.open(stored.sealed, contextOf(stored._id))) as RequestSecrets;
  return { ...stored, request: restoreSecrets(stored.request, found) };
}
