import { Recent } from "../../kernel/churn.ts";
import { matchesPath } from "../../kernel/path.ts";
import type { Clock } from "../../kernel/time.ts";
import type { Logger } from "../../platform/log/logger.ts";
import type { Collection } from "../../platform/store/port.ts";
import type { StoredDevice } from "../devices/stored.ts";
import type { Parameters } from "../door.ts";
import { makeSearchable } from "./backfill.ts";
import { Compactor } from "./compaction.ts";
import { loadParts, treeOf } from "./loading.ts";
import type { ParameterRecord } from "./model.ts";
import { createPatchOrder } from "./order.ts";
import type { ParameterStore } from "./parameter-store.ts";
import { type SearchableDocument, Searchables } from "./searchable.ts";
import type { Segments } from "./segments.ts";
import { recordOf } from "./value-state.ts";

export interface ParameterCollections {
  devices: Collection<StoredDevice>;
  segments: Segments;
  searchables: Collection<SearchableDocument>;
}

/** Devices that are in contact, as far as this process keeps them in mind. */
const IN_CONTACT = 1_000;

export function createParameterStore(collections: ParameterCollections, clock: Clock, log: Logger): ParameterStore {
  const { devices, segments } = collections;
  return {
    devices,
    segments,
    lastWritten: new Recent(IN_CONTACT),
    clock,
    searchables: new Searchables(collections.searchables, clock),
    compactor: new Compactor({ devices, segments, clock, log }),
    nextOrder: createPatchOrder(),
  };
}

export async function readParameters(
  store: ParameterStore,
  deviceId: string,
  selectors: readonly string[],
): Promise<ParameterRecord[]> {
  const parts = await loadParts(store.devices, store.segments, deviceId);
  if (parts === undefined) return [];
  store.compactor.noteParts(parts);
  const { tree, paths } = treeOf(parts);
  const all = selectors.length === 0 || selectors.includes("");
  const now = store.clock.now();
  const records: ParameterRecord[] = [];
  for (const path of paths) {
    if (!all && !selectors.some((selector) => matchesPath(selector, path))) continue;
    records.push(recordOf(path, tree.get(path)!, now, parts.device.bootedAt));
  }
  return records;
}

/** The door's view of the parameters at rest. */
export const createParameters = (store: ParameterStore): Parameters => ({
  read: (device, selectors) => readParameters(store, device._id, selectors),
  async searchable() {
    await store.searchables.reload();
    return [...(await store.searchables.paths())].sort();
  },
  makeSearchable: (path) => makeSearchable(store, path),
  stopSearchable: (path) => store.searchables.remove(path),
});
