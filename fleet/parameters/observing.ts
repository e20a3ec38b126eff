import { StewardError } from "../../kernel/errors.ts";
import { merged } from "../../kernel/merged.ts";
import { MAX_PATH_LENGTH } from "../../kernel/path.ts";
import type { Update } from "../../platform/store/port.ts";
import type { StoredDevice } from "../devices/stored.ts";
import type { ParameterPatch } from "./model.ts";
import { addToOverlay, fitsOverlay } from "./overlay.ts";
import type { ParameterStore } from "./parameter-store.ts";
import { searchFieldsAfter } from "./searchable.ts";
import { isSecretName } from "./secret-names.ts";
import { patchSegment, type SegmentDocument } from "./segments.ts";

const TRIES = 8;

/** Where a patch goes: into the device document (`set`), or beside it (`segment`); searchable values are set either way. */
export interface Placement {
  set: NonNullable<Update["$set"]>;
  segment?: SegmentDocument;
}

/** Paths that cannot be one are dropped; values of secrets that we wrote are not kept. */
export function acceptable(patch: ParameterPatch): ParameterPatch {
  const legal = patch.observations.every(({ path }) => path.length > 0 && path.length <= MAX_PATH_LENGTH);
  const observations = legal
    ? patch.observations
    : patch.observations.filter(({ path }) => path.length > 0 && path.length <= MAX_PATH_LENGTH);
  if (patch.source !== "written") return legal ? patch : { ...patch, observations };
  return {
    ...patch,
    observations: observations.map((seen) => {
      if (!isSecretName(seen.path)) return seen;
      const { value: _secret, ...rest } = seen;
      return rest;
    }),
  };
}

/** Pure but for the order it draws. `patch` has been through `acceptable`. */
export function placePatch(
  store: ParameterStore,
  device: StoredDevice,
  patch: ParameterPatch,
  known: ReadonlySet<string>,
): Placement {
  const order = store.nextOrder(patch.at);
  const set = { ...searchFieldsAfter(device, patch, known) };
  if (patch.observations.length === 0 && !patch.complete?.length && !patch.removed?.length) return { set };
  const recent = fitsOverlay(patch) ? addToOverlay(device.recent, patch, order) : undefined;
  if (recent !== undefined) return { set: { ...set, recent } };
  return { set, segment: patchSegment(device._id, patch, order) };
}

/** A segment was written beside a device document whose overlay is full: both are folded soon. */
export function noteSegment(store: ParameterStore, device: { _id: string }, patch: ParameterPatch): void {
  store.compactor.notePatch(device._id, patch.observations.length);
  if (fitsOverlay(patch)) store.compactor.request(device._id);
}

/**
 * Durable once resolved. Costs what the patch carries: large patches do not even read the device. `also`: what else is
 * to be set in the device as it is found.
 */
export async function observe(
  store: ParameterStore,
  deviceId: string,
  raw: ParameterPatch,
  also?: (device: StoredDevice) => Record<string, unknown>,
): Promise<void> {
  const patch = acceptable(raw);
  const known = await store.searchables.paths();
  if (known.size === 0 && also === undefined && !fitsOverlay(patch)) {
    await store.segments.gathered.insertOne(patchSegment(deviceId, patch, store.nextOrder(patch.at)));
    store.compactor.notePatch(deviceId, patch.observations.length);
    return;
  }
  let written = false;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const device = store.lastWritten.take(deviceId) ?? (await store.devices.gathered.findByKey(deviceId));
    if (device === undefined) return;
    const { set: placed, segment } = placePatch(store, device, patch, known);
    const set = { ...placed, ...also?.(device) };
    if (segment !== undefined && !written) {
      await store.segments.gathered.insertOne(segment);
      noteSegment(store, device, patch);
      written = true;
    }
    if (Object.keys(set).length === 0) return;
    const { revision } = device;
    const $set = merged(set, { revision: revision + 1 });
    if (!(await store.devices.gathered.updateById(deviceId, { $set }, { revision }))) continue;
    if (also === undefined) store.lastWritten.set(deviceId, merged(device, $set));
    return;
  }
  throw new StewardError("internal", "a device changes too often to take in its values", { details: { deviceId } });
}
