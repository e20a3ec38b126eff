import { asStewardError, isDuplicateKey, StewardError } from "../../kernel/errors.ts";
import { newId } from "../../kernel/ids.ts";
import type { Clock, Instant } from "../../kernel/time.ts";
import type { Collection, Filter, Update } from "../../platform/store/port.ts";
import type { DeviceQuery, Devices, NewDevice, Page } from "../door.ts";
import type { EventLog } from "../events/events.ts";
import { keysetCursor, pageOf, readKeysetCursor } from "../page.ts";
import type { Searchables } from "../parameters/searchable.ts";
import { identityText, normalIdentity, provisionalKey, wordsOf } from "./identity.ts";
import type { DeviceDocument } from "./model.ts";
import { deviceFilter } from "./query.ts";
import type { StoredDevice } from "./stored.ts";

export interface DeviceStore {
  readonly devices: Collection<StoredDevice>;
  readonly events: EventLog;
  readonly searchables: Searchables;
  readonly clock: Clock;
  /** Operations that waited for the device to be admitted or released want its contact from then on. */
  oweWakes(deviceId: string, from: Instant): Promise<void>;
  /** Deletes what belongs to a device in the other collections. */
  removeBelongings(device: StoredDevice): Promise<void>;
}

type Patch = Parameters<Devices["update"]>[1];

export const createDevices = (store: DeviceStore): Devices => ({
  get: (id) => store.devices.gathered.findByKey(id),
  list: (query) => listDevices(store, query),
  async count(filter, limit) {
    return store.devices.countDocuments(await filterOf(store, filter), { limit });
  },
  create: (device, by) => createDevice(store, device, by),
  update: (id, patch, by, ifVersion) => updateDevice(store, id, patch, by, ifVersion),
  remove: (id, by) => removeDevice(store, id, by),
  endpoint: (device, protocol) => device.endpoints.find((endpoint) => endpoint.protocol === protocol),
});

async function filterOf({ searchables, clock }: DeviceStore, filter: string | undefined): Promise<Filter> {
  const compile = async () => deviceFilter(filter, { now: clock.now(), searchable: await searchables.paths() });
  try {
    return await compile();
  } catch (error) {
    if (asStewardError(error).details["parameter"] === undefined) throw error;
    // Another process may have made it searchable a moment ago.
    await searchables.reload();
    return compile();
  }
}

interface Order {
  path: string;
  direction: 1 | -1;
  valueOf(device: StoredDevice): string | number | undefined;
}

const orders: Record<NonNullable<DeviceQuery["sort"]>, Order> = {
  lastContact: { path: "contact.lastAt", direction: 1, valueOf: ({ contact }) => contact?.lastAt },
  "-lastContact": { path: "contact.lastAt", direction: -1, valueOf: ({ contact }) => contact?.lastAt },
  serialNumber: { path: "identity.serialNumber", direction: 1, valueOf: ({ identity }) => identity.serialNumber },
  // Ids are made in the order of creation.
  createdAt: { path: "_id", direction: 1, valueOf: ({ _id }) => _id },
  "-createdAt": { path: "_id", direction: -1, valueOf: ({ _id }) => _id },
};

/** What comes after the cursor; devices without the value stand first when rising, last when falling. */
function afterCursor({ path, direction }: Order, cursor: string): Filter {
  const { value, id } = readKeysetCursor(cursor);
  const past = direction === 1 ? "$gt" : "$lt";
  if (path === "_id") return { _id: { [past]: id } };
  const missing = { [path]: { $exists: false } };
  if (value === null) {
    const restOfMissing = { ...missing, _id: { [past]: id } };
    return direction === 1 ? { $or: [restOfMissing, { [path]: { $exists: true } }] } : restOfMissing;
  }
  const rest: Filter[] = [{ [path]: { [past]: value } }, { [path]: value, _id: { [past]: id } }];
  return { $or: direction === 1 ? rest : [...rest, missing] };
}

async function listDevices(
  store: DeviceStore,
  { filter, cursor, limit, sort = "createdAt" }: DeviceQuery,
): Promise<Page<DeviceDocument>> {
  const order = orders[sort];
  const wanted = await filterOf(store, filter);
  const whole = cursor === undefined ? wanted : { $and: [wanted, afterCursor(order, cursor)] };
  const keys =
    order.path === "_id" ? { _id: order.direction } : { [order.path]: order.direction, _id: order.direction };
  const found = await store.devices.find(whole, { sort: keys, limit: limit + 1 }).toArray();
  return pageOf(found, limit, (last) => keysetCursor(order.valueOf(last) ?? null, last._id));
}

async function createDevice(store: DeviceStore, device: NewDevice, by: string): Promise<DeviceDocument> {
  const now = store.clock.now();
  const { protocol, alias, parentId } = device;
  const identity = normalIdentity(device.identity);
  const tags = [...new Set(device.tags ?? [])];
  await refuseKnown(store, identity);
  const document: StoredDevice = {
    _id: newId(now),
    identity,
    endpoints: [{ key: provisionalKey(protocol, identity), protocol, state: {} }],
    admission: "preprovisioned",
    ...(alias !== undefined && { alias }),
    tags,
    ...(parentId !== undefined && { parentId }),
    words: wordsOf({ identity, tags, ...(alias !== undefined && { alias }) }),
    createdAt: now,
    version: 1,
    revision: 0,
  };
  try {
    await store.devices.insertOne(document);
  } catch (error) {
    throw isDuplicateKey(error) ? known(identity) : error;
  }
  await store.events.append([
    { type: "device.created", at: now, deviceId: document._id, data: { identity, admission: "preprovisioned", by } },
  ]);
  return document;
}

const known = (identity: NewDevice["identity"], deviceId?: string): StewardError =>
  new StewardError("state.conflict", `the device ${identityText(identity)} is known already`, {
    details: deviceId === undefined ? {} : { deviceId },
  });

async function refuseKnown(
  { devices }: DeviceStore,
  { oui, productClass, serialNumber }: NewDevice["identity"],
): Promise<void> {
  const identity = {
    "identity.serialNumber": serialNumber,
    "identity.oui": oui,
    "identity.productClass": productClass,
  };
  const found = await devices.findOne(identity, { projection: { _id: 1 } });
  if (found !== undefined) throw known({ oui, productClass, serialNumber }, found._id);
}

const TRIES = 8;

async function updateDevice(
  store: DeviceStore,
  id: string,
  patch: Patch,
  by: string,
  ifVersion: number | undefined,
): Promise<DeviceDocument> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const device = await store.devices.gathered.findByKey(id);
    if (device === undefined)
      throw new StewardError("resource.notFound", "there is no such device", { details: { deviceId: id } });
    if (ifVersion !== undefined && device.version !== ifVersion) {
      throw new StewardError("precondition.failed", "the device has changed", { details: { version: device.version } });
    }
    const { after, update } = patched(device, patch);
    const { version, revision } = device;
    if (!(await store.devices.gathered.updateById(id, update, { version, revision }))) continue;
    if (patch.admission === "active" || patch.holdUntil !== undefined) {
      await store.oweWakes(id, Math.max(store.clock.now(), after.holdUntil ?? 0));
    }
    const changed = Object.keys(patch);
    const type = patch.admission === "quarantined" ? ("device.quarantined" as const) : ("device.updated" as const);
    await store.events.append([{ type, at: store.clock.now(), deviceId: id, data: { changed, by } }]);
    return after;
  }
  throw new StewardError("state.conflict", "the device is being changed by others", { details: { deviceId: id } });
}

function patched(device: StoredDevice, patch: Patch): { after: StoredDevice; update: Update } {
  // The revision too: a contact that read the device before must not write back the words of then.
  const after: StoredDevice = { ...device, version: device.version + 1, revision: device.revision + 1 };
  const set: Record<string, unknown> = { version: after.version, revision: after.revision };
  const unset: Record<string, true> = {};
  for (const [field, value] of Object.entries(patch)) {
    if (value === undefined) continue;
    // Neither can be missing: no tags is an empty list, and a device is always admitted in some way.
    if (value === null && field === "admission")
      throw new StewardError("argument.invalid", "admission cannot be removed");
    if (value === null && field === "tags") set[field] = after.tags = [];
    else if (value === null) {
      unset[field] = true;
      delete after[field];
    } else set[field] = after[field] = value;
  }
  set["words"] = after.words = wordsOf(after);
  return { after, update: { $set: set, ...(Object.keys(unset).length > 0 && { $unset: unset }) } };
}

async function removeDevice(store: DeviceStore, id: string, by: string): Promise<boolean> {
  const device = await store.devices.gathered.findByKey(id);
  if (device === undefined) return false;
  await store.removeBelongings(device);
  if ((await store.devices.deleteOne({ _id: id })) === 0) return false;
  // Again: what was made meanwhile, by whoever still saw the device.
  await store.removeBelongings(device);
  const data = { identity: device.identity, by };
  await store.events.append([{ type: "device.deleted", at: store.clock.now(), deviceId: id, data }]);
  return true;
}
