import type { Collection, Document, IndexOptions, Store } from "../platform/store/port.ts";
import type { AuditDocument, TokenDocument } from "./access/model.ts";
import type { SetupDocument } from "./access/setup.ts";
import type { CredentialDocument } from "./credentials/credentials.ts";
import type { StoredDevice } from "./devices/stored.ts";
import type { EventDocument } from "./events/model.ts";
import { fileCollection, fileIndexes } from "./files/index.ts";
import type { AnnouncedDocument, StoredOperation } from "./operations/stored.ts";
import type { SearchableDocument } from "./parameters/searchable.ts";
import type { SegmentDocument } from "./parameters/segments.ts";

interface Index {
  keys: Record<string, 1 | -1>;
  options?: IndexOptions;
}

const unique: IndexOptions = { unique: true };
const uniqueWherePresent: IndexOptions = { unique: true, sparse: true };
const wherePresent: IndexOptions = { sparse: true };
const removedWhenDue: IndexOptions = { expireAfter: 0 };

/** Every collection of the fleet and its indexes. */
export const fleetIndexes: Readonly<Record<string, readonly Index[]>> = {
  devices: [
    { keys: { "endpoints.key": 1 }, options: unique },
    { keys: { "contact.lastAt": 1, _id: 1 } },
    { keys: { "contact.nextExpectedAt": 1 } },
    { keys: { "identity.serialNumber": 1, _id: 1 } },
    { keys: { words: 1 } },
    { keys: { tags: 1 } },
    { keys: { parentId: 1 }, options: wherePresent },
    { keys: { searchable: 1 }, options: wherePresent },
  ],
  parameterSegments: [{ keys: { deviceId: 1 } }],
  searchableParameters: [],
  operations: [
    { keys: { openFor: 1 }, options: wherePresent },
    { keys: { deviceId: 1, _id: 1 } },
    { keys: { state: 1, expiresAt: 1 } },
    { keys: { dedupeKey: 1 }, options: uniqueWherePresent },
    { keys: { idempotencyId: 1 }, options: uniqueWherePresent },
    { keys: { wakeAt: 1 }, options: wherePresent },
    { keys: { finishedAt: 1 }, options: wherePresent },
    { keys: { "request.fileId": 1 }, options: wherePresent },
    { keys: { removeAt: 1 }, options: removedWhenDue },
  ],
  events: [
    { keys: { deviceId: 1, _id: 1 } },
    { keys: { type: 1, _id: 1 } },
    { keys: { expiresAt: 1 }, options: removedWhenDue },
  ],
  credentials: [
    { keys: { slot: 1 }, options: unique },
    { keys: { username: 1 } },
    { keys: { endpointKey: 1 }, options: wherePresent },
    { keys: { group: 1 }, options: wherePresent },
  ],
  tokens: [{ keys: { hash: 1 }, options: unique }],
  setups: [],
  audit: [
    { keys: { target: 1, _id: 1 } },
    { keys: { by: 1, _id: 1 } },
    { keys: { expiresAt: 1 }, options: removedWhenDue },
  ],
  [fileCollection]: fileIndexes.map((keys) => ({ keys })),
};

export interface FleetCollections {
  devices: Collection<StoredDevice>;
  segments: Collection<SegmentDocument>;
  searchables: Collection<SearchableDocument>;
  operations: Collection<StoredOperation>;
  announced: Collection<AnnouncedDocument>;
  events: Collection<EventDocument>;
  credentials: Collection<CredentialDocument>;
  tokens: Collection<TokenDocument>;
  setups: Collection<SetupDocument>;
  audit: Collection<AuditDocument>;
}

export function fleetCollections(store: Store): FleetCollections {
  return {
    devices: store.collection("devices"),
    segments: store.collection("parameterSegments"),
    searchables: store.collection("searchableParameters"),
    operations: store.collection("operations"),
    announced: store.collection("meta"),
    events: store.collection("events"),
    credentials: store.collection("credentials"),
    tokens: store.collection("tokens"),
    setups: store.collection("setups"),
    audit: store.collection("audit"),
  };
}

/** Makes the indexes that are not there yet. At every start, before anything is served. */
export async function prepare(store: Store): Promise<void> {
  for (const [name, indexes] of Object.entries(fleetIndexes)) {
    const collection = store.collection<Document>(name);
    for (const { keys, options } of indexes) await collection.createIndex(keys, options);
  }
}
