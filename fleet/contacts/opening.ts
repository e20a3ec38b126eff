import { isDuplicateKey, StewardError } from "../../kernel/errors.ts";
import { newId } from "../../kernel/ids.ts";
import { normalIdentity, provisionalKeys, wordsOf } from "../devices/identity.ts";
import type { Admission, Lease, UnknownDevicePolicy } from "../devices/model.ts";
import type { StoredDevice } from "../devices/stored.ts";
import type { ContactOutcome, ContactReport, EventInput } from "../door.ts";
import type { EventDocument } from "../events/model.ts";
import { dropActive } from "../operations/sweeps.ts";
import { acceptable, noteSegment, type Placement, placePatch } from "../parameters/observing.ts";
import type { ContactStore } from "./contact-store.ts";
import { contactUpdate } from "./contact-update.ts";

const TRIES = 12;
/** Whoever is to blame: the device, the link, or a Steward that died and cannot know any more what it got. */
const BEGAN_ANEW = "the device began a new session, and no answer from before is known";

/**
 * One contact, durable once resolved: one read, then one guarded update of the device and the insert of its events side
 * by side. Of several contacts at once each supersedes the one before; whoever loses the race looks again.
 */
export async function openContact(store: ContactStore, raw: ContactReport): Promise<ContactOutcome> {
  const report = { ...raw, values: acceptable(raw.values) };
  const known = await store.parameters.searchables.paths();
  const written = { events: false, segment: false };
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const found = await store.devices.gathered.findByKey(report.endpointKey, "endpoints.key");
    const device = found ?? (await announced(store, report));
    // Before the device is bound: after a crash in between, the next contact finds and binds it all the same.
    if (found === undefined && device !== undefined) await rebindCredentials(store, device, report);
    const outcome =
      device === undefined
        ? await firstContact(store, report, known)
        : await nextContact(store, device, report, known, written, found === undefined);
    if (outcome === undefined) continue;
    store.meters.contacts.add({ outcome: summaryOf(outcome) });
    return outcome;
  }
  throw new StewardError("overloaded", "too many contacts of one device at once", {
    details: { endpointKey: report.endpointKey },
  });
}

function summaryOf(outcome: ContactOutcome): string {
  if (!outcome.admitted) return "rejected";
  if (outcome.created) return "created";
  return outcome.supersededLease === undefined ? "known" : "superseding";
}

/** The record of a device that was provisioned before it was ever seen. */
async function announced(
  { devices }: ContactStore,
  { protocol, identity }: ContactReport,
): Promise<StoredDevice | undefined> {
  const keys = provisionalKeys(protocol, normalIdentity(identity));
  const found = await Promise.all(keys.map((key) => devices.gathered.findByKey(key, "endpoints.key")));
  return found.find((device) => device !== undefined);
}

async function rebindCredentials(store: ContactStore, device: StoredDevice, report: ContactReport): Promise<void> {
  if (device.admission === "rejected") return;
  for (const { key } of device.endpoints) await store.rebindCredentials(key, report.endpointKey);
}

/** `undefined`: somebody else was first; look again. */
async function nextContact(
  store: ContactStore,
  found: StoredDevice,
  report: ContactReport,
  known: ReadonlySet<string>,
  written: { events: boolean; segment: boolean },
  binding: boolean,
): Promise<ContactOutcome | undefined> {
  if (found.admission === "rejected") return rejected(store, report, found._id);
  const placement = placePatch(store.parameters, found, report.values, known);
  const bound: StoredDevice = binding ? { ...found, endpoints: [endpointOf(report)], admission: "active" } : found;
  const { set, device, events } = contactUpdate(bound, report, placement.set);
  if (binding) Object.assign(set, { endpoints: device.endpoints, admission: "active" });
  const writes: Promise<unknown>[] = [];
  if (!written.events) {
    written.events = true;
    const all = eventsOf(store, device._id, report, binding ? [{ type: "device.bound" }, ...events] : events);
    if (all.length > 0) writes.push(store.events.write(all));
  }
  if (!written.segment && placement.segment !== undefined) {
    written.segment = true;
    writes.push(insertSegment(store, device, report, placement));
  }
  const update = store.devices.gathered.updateById(found._id, { $set: set }, { revision: found.revision });
  if (!(await appliedWith(update, writes))) return undefined;
  store.parameters.lastWritten.set(device._id, device);
  return admitted(store, device, report, supersededLease(found, report));
}

/** Whether the update was applied; another device's key in its way is as good as somebody who was first. */
async function appliedWith(update: Promise<boolean>, writes: readonly Promise<unknown>[]): Promise<boolean> {
  const applying = update.catch((error: unknown) => (isDuplicateKey(error) ? false : Promise.reject(error)));
  if (writes.length === 0) return applying;
  const [applied] = await Promise.all([applying, ...writes]);
  return applied;
}

function supersededLease({ lease }: StoredDevice, report: ContactReport): Lease | undefined {
  return lease === undefined || lease.sessionId === report.lease.sessionId ? undefined : lease;
}

async function admitted(
  store: ContactStore,
  device: StoredDevice,
  report: ContactReport,
  lease: Lease | undefined,
): Promise<ContactOutcome> {
  if (lease === undefined) return { admitted: true, device, created: false };
  await dropActive(store.operations, device._id, report.at, BEGAN_ANEW);
  return { admitted: true, device, created: false, supersededLease: lease };
}

async function insertSegment(
  { parameters }: ContactStore,
  device: StoredDevice,
  { values }: ContactReport,
  { segment }: Placement,
): Promise<void> {
  await parameters.segments.gathered.insertOne(segment!);
  noteSegment(parameters, device, values);
}

const endpointOf = ({ endpointKey, protocol, endpointState = {} }: ContactReport) => ({
  key: endpointKey,
  protocol,
  state: Object.fromEntries(Object.entries(endpointState).filter(([, value]) => value !== undefined)),
});

function eventsOf(
  { events, policy }: ContactStore,
  deviceId: string,
  report: ContactReport,
  more: readonly EventInput[],
): EventDocument[] {
  const { at, reasons, remoteAddress, lease } = report;
  const contacted: EventInput = {
    type: "device.contacted",
    data: { reasons, ...(remoteAddress !== undefined && { remoteAddress }) },
  };
  const isNotable = report.routine !== true || policy.contactEvents === "all";
  return [...more, ...(isNotable ? [contacted] : []), ...report.events].map(({ type, severity, operationId, data }) =>
    events.document({ type, severity, operationId, data, deviceId, sessionId: lease.sessionId, at }),
  );
}

async function rejected(
  store: ContactStore,
  report: ContactReport,
  deviceId: string | undefined,
): Promise<ContactOutcome> {
  const { endpointKey, at, identity, remoteAddress, protocol } = report;
  if (store.rejections.mayTell(endpointKey, at)) {
    const data = { identity, protocol, ...(remoteAddress !== undefined && { remoteAddress }) };
    await store.events.append([{ type: "device.rejected", at, ...(deviceId !== undefined && { deviceId }), data }]);
  }
  return { admitted: false, reason: "rejected" };
}

const admissions: Record<Exclude<UnknownDevicePolicy, "reject">, Admission> = {
  accept: "active",
  quarantine: "quarantined",
};

/** A device that nobody knows. `undefined`: another contact of it came first. */
async function firstContact(
  store: ContactStore,
  report: ContactReport,
  known: ReadonlySet<string>,
): Promise<ContactOutcome | undefined> {
  const policy = report.unknownPolicy ?? store.policy.unknownDevices;
  if (policy === "reject") return rejected(store, report, undefined);
  const identity = normalIdentity(report.identity);
  const blank: StoredDevice = {
    _id: newId(report.at),
    identity,
    endpoints: [endpointOf(report)],
    admission: admissions[policy],
    tags: [],
    words: wordsOf({ identity, tags: [] }),
    createdAt: report.at,
    version: 1,
    revision: 0,
  };
  const placement = placePatch(store.parameters, blank, report.values, known);
  const { device, events } = contactUpdate(blank, report, placement.set);
  try {
    await store.devices.gathered.insertOne(device);
  } catch (error) {
    if (isDuplicateKey(error)) return undefined;
    throw error;
  }
  const first: EventInput[] = [{ type: "device.created", data: { identity, admission: device.admission } }];
  if (policy === "quarantine") first.push({ type: "device.quarantined", data: { identity } });
  const writes: Promise<unknown>[] = [store.events.write(eventsOf(store, device._id, report, [...first, ...events]))];
  if (placement.segment !== undefined) writes.push(insertSegment(store, device, report, placement));
  await Promise.all(writes);
  return { admitted: true, device, created: true };
}
