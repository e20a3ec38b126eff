import type { Instant } from "../../kernel/time.ts";
import { loadParts, treeOf } from "./loading.ts";
import type { ParameterStore } from "./parameter-store.ts";
import { KNOWN_AFTER, searchFields, searchValuesOf } from "./searchable.ts";

const TRIES = 4;
/** Devices whose values are taken in at once when a parameter is made searchable; the job does the others. */
const AT_ONCE = 1000;
const PER_RUN = 2000;

/** Makes a device's index entries anew from its tree. */
async function indexDevice(store: ParameterStore, deviceId: string, known: ReadonlySet<string>): Promise<void> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const parts = await loadParts(store.devices, store.segments, deviceId);
    if (parts === undefined) return;
    const fields = searchFields(searchValuesOf(treeOf(parts).tree, known));
    const { revision, searchableValues } = parts.device;
    if (fields["searchableValues"] === (searchableValues ?? "[]")) return;
    if (
      await store.devices.gathered.updateById(deviceId, { $set: { ...fields, revision: revision + 1 } }, { revision })
    )
      return;
  }
}

/** Resolves to the last device's id, or `undefined` when there was none after `after`. */
async function indexSome(store: ParameterStore, after: string | undefined, limit: number): Promise<string | undefined> {
  const known = await store.searchables.paths();
  const filter = after === undefined ? {} : { _id: { $gt: after } };
  const devices = await store.devices.find(filter, { projection: { _id: 1 }, sort: { _id: 1 }, limit }).toArray();
  for (const { _id } of devices) await indexDevice(store, _id, known);
  return devices.at(-1)?._id;
}

export async function makeSearchable(store: ParameterStore, path: string): Promise<void> {
  if (await store.searchables.add(path)) await indexSome(store, undefined, AT_ONCE);
}

/**
 * Takes in the values of all devices for what was made searchable; resumes where it stopped. It starts only when every
 * process knows the registration and writes new values by itself. Resolves to the number of registrations worked on.
 */
export async function backfill(store: ParameterStore, now: Instant): Promise<number> {
  const unfinished = (await store.searchables.unfinished()).filter(
    ({ createdAt }) => createdAt + 2 * KNOWN_AFTER <= now,
  );
  for (const { _id, backfilledTo } of unfinished) {
    const last = await indexSome(store, backfilledTo, PER_RUN);
    await store.searchables.noteProgress(_id, last === undefined ? { done: true } : { backfilledTo: last });
  }
  return unfinished.length;
}
