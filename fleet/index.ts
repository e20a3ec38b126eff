import { Recent } from "../kernel/churn.ts";
import type { Access } from "./access/index.ts";
import { createAccess } from "./access/index.ts";
import { createContacts } from "./contacts/contacts.ts";
import { RejectionLimiter } from "./contacts/rejections.ts";
import { StoredCredentials } from "./credentials/credentials.ts";
import type { FleetDependencies } from "./dependencies.ts";
import { createDevices } from "./devices/devices.ts";
import type { StoredDevice } from "./devices/stored.ts";
import type { Fleet } from "./door.ts";
import { EventLog } from "./events/events.ts";
import { type FleetJob, fleetJobs } from "./jobs.ts";
import { fleetMeters } from "./metrics.ts";
import type { OperationStore } from "./operations/operation-store.ts";
import { createOperations } from "./operations/operations.ts";
import { oweWakes } from "./operations/sweeps.ts";
import { Waiters } from "./operations/waiters.ts";
import { createWork } from "./operations/work.ts";
import { createParameterStore, createParameters } from "./parameters/index.ts";
import { type FleetCollections, fleetCollections } from "./schema.ts";

export type { FleetDependencies, FleetPolicy } from "./dependencies.ts";
export { deviceFields } from "./devices/fields.ts";
export { onlineState } from "./devices/online.ts";
export type { FleetJob } from "./jobs.ts";
export { prepare } from "./schema.ts";

export interface FleetCore extends Fleet {
  readonly access: Access;
  /** For the worker. */
  readonly jobs: readonly FleetJob[];
  /** Those of the stored files that open operations use. */
  filesInUse(fileIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** Resolves when nothing runs in the background any more; to be called before the store is stopped. */
  idle(): Promise<void>;
}

/** Operations that are with devices, as far as this process keeps them in mind. */
const BEGUN = 1_000;

/** The fleet over a store that `prepare` has been through. Makes nothing happen by itself. */
export function createFleet(dependencies: FleetDependencies): FleetCore {
  const { store, clock, policy, log } = dependencies;
  const collections = fleetCollections(store);
  const { devices, operations } = collections;
  const meters = fleetMeters(dependencies.metrics);
  const events = new EventLog(collections.events, clock, policy.retention.events);
  const parameters = createParameterStore(collections, clock, log.child("fleet.parameters"));
  const operationStore: OperationStore = {
    ...dependencies,
    log: log.child("fleet.operations"),
    operations,
    announced: collections.announced,
    begun: new Recent(BEGUN),
    devices,
    events,
    waiters: new Waiters(clock),
    meters,
  };
  const credentials = new StoredCredentials({ ...dependencies, credentials: collections.credentials, devices });
  const contactStore = {
    ...dependencies,
    log: log.child("fleet.contacts"),
    devices,
    events,
    parameters,
    operations: operationStore,
    rejections: new RejectionLimiter(),
    meters,
    rebindCredentials: (from: string, to: string) => credentials.rebind(from, to),
  };
  const { searchables } = parameters;
  return {
    contacts: createContacts(contactStore),
    work: createWork(operationStore),
    credentials,
    devices: createDevices({
      devices,
      events,
      searchables,
      clock,
      oweWakes: (deviceId, from) => oweWakes(operationStore, deviceId, from),
      removeBelongings: removeBelongings(collections),
    }),
    parameters: createParameters(parameters),
    operations: createOperations(operationStore),
    events,
    access: createAccess(collections, clock, policy.retention.audit, log.child("fleet.access")),
    jobs: fleetJobs(operationStore, parameters),
    filesInUse: (fileIds) => filesInUse(collections, fileIds),
    idle: () => parameters.compactor.idle(),
  };
}

async function filesInUse({ operations }: FleetCollections, fileIds: readonly string[]): Promise<ReadonlySet<string>> {
  // One is enough to know: a whole fleet may be getting the same firmware.
  const isUsed = async (fileId: string): Promise<boolean> =>
    (await operations.countDocuments({ "request.fileId": fileId, openFor: { $exists: true } }, { limit: 1 })) > 0;
  const used = await Promise.all(fileIds.map(isUsed));
  return new Set(fileIds.filter((_, i) => used[i]));
}

/** Events stay until their retention ends. */
const removeBelongings =
  ({ segments, operations, credentials }: FleetCollections) =>
  async ({ _id, endpoints }: StoredDevice): Promise<void> => {
    await Promise.all([
      segments.deleteMany({ deviceId: _id }),
      operations.deleteMany({ deviceId: _id }),
      credentials.deleteMany({ endpointKey: { $in: endpoints.map(({ key }) => key) } }),
    ]);
  };
