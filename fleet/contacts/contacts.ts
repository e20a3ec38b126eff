import { asStewardError } from "../../kernel/errors.ts";
import type { StoredDevice } from "../devices/stored.ts";
import type { Contacts, DeviceFacts } from "../door.ts";
import { dropActive } from "../operations/sweeps.ts";
import { observe } from "../parameters/observing.ts";
import type { ContactStore } from "./contact-store.ts";
import { changedFacts } from "./contact-update.ts";
import { openContact } from "./opening.ts";

export const createContacts = (store: ContactStore): Contacts => ({
  open: (report) => openContact(store, report),
  keep: (deviceId, lease, endpoint) => keepLease(store, deviceId, lease, endpoint),
  close: (deviceId, sessionId, end) => closeContact(store, deviceId, sessionId, end),
  async resume(deviceId, sessionId) {
    const device = await store.devices.gathered.findByKey(deviceId);
    return device?.lease?.sessionId === sessionId ? device : undefined;
  },
  byEndpoint: (endpointKey) => store.devices.gathered.findByKey(endpointKey, "endpoints.key"),
  observe: (deviceId, patch, { memory, facts } = {}) => {
    if (memory === undefined && facts === undefined) return observe(store.parameters, deviceId, patch);
    return observe(store.parameters, deviceId, patch, (device) => ({
      ...(memory && device.lease?.sessionId === memory.sessionId && stateFields(device, memory)),
      ...(facts && factFields(device, facts)),
    }));
  },
  record: (deviceId, events, at) => store.events.append(events.map((event) => ({ ...event, deviceId, at }))),
});

/** The facts that are new, and when the device should come if they say how often, or that it does not. */
function factFields(device: StoredDevice, facts: DeviceFacts): Record<string, unknown> {
  const set = changedFacts(device, facts);
  const { contact } = device;
  const { informInterval } = facts;
  if (set["informInterval"] === undefined || informInterval === undefined || contact === undefined) return set;
  if (informInterval !== null) return { ...set, "contact.nextExpectedAt": contact.lastAt + informInterval };
  const { nextExpectedAt: _, ...rest } = contact;
  return { ...set, contact: rest };
}

async function keepLease(
  { devices }: ContactStore,
  deviceId: string,
  lease: NonNullable<StoredDevice["lease"]>,
  endpoint: Parameters<Contacts["keep"]>[2],
): Promise<boolean> {
  const set: Record<string, unknown> = { lease };
  if (endpoint !== undefined) {
    const device = await devices.gathered.findByKey(deviceId);
    const fields = device && stateFields(device, endpoint);
    if (fields === undefined) return false;
    Object.assign(set, fields);
  }
  return devices.gathered.updateById(deviceId, { $set: set }, { "lease.sessionId": lease.sessionId });
}

/** What to set for an endpoint of the device to remember; `undefined`: it has no such endpoint. */
function stateFields(
  { endpoints }: StoredDevice,
  { key, state }: { key: string; state: Record<string, unknown> },
): Record<string, unknown> | undefined {
  const place = endpoints.findIndex((endpoint) => endpoint.key === key);
  if (place < 0) return undefined;
  const told = Object.entries(state).filter(([, value]) => value !== undefined);
  return Object.fromEntries(told.map(([name, value]) => [`endpoints.${place}.state.${name}`, value]));
}

async function closeContact(
  store: ContactStore,
  deviceId: string,
  sessionId: string,
  { at, failed, wakeAgain }: Parameters<Contacts["close"]>[2],
): Promise<void> {
  store.parameters.lastWritten.delete(deviceId);
  const held = await store.devices.gathered.updateById(
    deviceId,
    { $unset: { lease: true } },
    { "lease.sessionId": sessionId },
  );
  if (failed !== undefined) {
    const event = { type: "session.failed" as const, deviceId, sessionId, at, data: { reason: failed } };
    await store.events.append([event]);
    // What the device was busy with may or may not have happened; a session that took over sees to it itself.
    if (held) await dropActive(store.operations, deviceId, at, `the session failed: ${failed}`);
  }
  if (wakeAgain !== true) return;
  try {
    await store.wake.requestContact(deviceId, { reason: "more to do" });
  } catch (error) {
    store.log.warn(
      { deviceId, error: asStewardError(error) },
      "another contact could not be asked for; the device comes by itself",
    );
  }
}
