import { merged } from "../../kernel/merged.ts";
import { identityText, normalIdentity, wordsOf } from "../devices/identity.ts";
import type { Contact, DeviceIdentity } from "../devices/model.ts";
import type { StoredDevice } from "../devices/stored.ts";
import type { ContactReport, EventInput } from "../door.ts";
import { noteSwitch } from "./cloned-identity.ts";

/** What a contact changes in the device document: the fields to set, the document afterwards, and events that follow from it. */
export interface ContactUpdate {
  set: Record<string, unknown>;
  device: StoredDevice;
  events: EventInput[];
}

const same = (a: unknown, b: unknown): boolean =>
  a === b || (typeof a === "object" && typeof b === "object" && JSON.stringify(a) === JSON.stringify(b));

const sameIdentity = (a: DeviceIdentity, b: DeviceIdentity): boolean =>
  a.oui === b.oui &&
  a.productClass === b.productClass &&
  a.serialNumber === b.serialNumber &&
  a.manufacturer === b.manufacturer;

function contactOf(
  { at, remoteAddress, reasons, facts }: ContactReport,
  { contact, informInterval }: StoredDevice,
): Contact {
  const interval = facts?.informInterval === undefined ? informInterval : facts.informInterval;
  const next: { -readonly [K in keyof Contact]: Contact[K] } = {
    firstAt: contact?.firstAt ?? at,
    lastAt: at,
    reasons,
    count: (contact?.count ?? 0) + 1,
  };
  if (interval !== undefined && interval !== null) next.nextExpectedAt = at + interval;
  if (remoteAddress !== undefined) next.remoteAddress = remoteAddress;
  return next;
}

/** The facts to set, since they are not what is known. */
export function changedFacts(
  before: StoredDevice,
  facts: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const set: Record<string, unknown> = {};
  for (const name in facts) {
    const value = facts[name];
    if (value !== undefined && !same(before[name], value)) set[name] = value;
  }
  return set;
}

/** Pure. Only what changed is set; `placed` are the fields of the parameters (see parameters/observing). */
export function contactUpdate(
  before: StoredDevice,
  report: ContactReport,
  placed: Record<string, unknown>,
): ContactUpdate {
  const { at, lease } = report;
  const contact = contactOf(report, before);
  const revision = before.revision + 1;
  const set: Record<string, unknown> = merged({ contact, lease, revision }, placed);
  Object.assign(set, changedFacts(before, report.facts));
  if (report.events.some(({ type }) => type === "device.booted" || type === "device.bootstrapped"))
    set["bootedAt"] = at;
  const identity = normalIdentity(report.identity);
  if (!sameIdentity(before.identity, identity)) set["identity"] = identity;
  const events = addressChange(before, report, set);
  if (set["identity"] !== undefined || before.contact?.remoteAddress !== contact.remoteAddress) {
    set["words"] = wordsOf({ ...before, identity, contact });
  }
  const device: StoredDevice = merged(before, set);
  device.endpoints = endpointChange(before, report, set);
  return { set, device, events };
}

/** Sets the changed fields of the endpoint's state; resolves to the endpoints afterwards. */
function endpointChange(
  { endpoints }: StoredDevice,
  { endpointKey, endpointState }: ContactReport,
  set: Record<string, unknown>,
) {
  const place = endpoints.findIndex(({ key }) => key === endpointKey);
  const endpoint = endpoints[place];
  if (endpoint === undefined || endpointState === undefined) return endpoints;
  let state: Record<string, unknown> = endpoint.state;
  for (const name in endpointState) {
    const value = endpointState[name];
    if (value === undefined || same(endpoint.state[name], value)) continue;
    if (state === endpoint.state) state = { ...state };
    state[name] = value;
    set[`endpoints.${place}.state.${name}`] = value;
  }
  return state === endpoint.state ? endpoints : endpoints.with(place, { ...endpoint, state });
}

function addressChange(before: StoredDevice, report: ContactReport, set: Record<string, unknown>): EventInput[] {
  const { at, remoteAddress, lease } = report;
  const last = before.contact?.remoteAddress;
  if (remoteAddress === undefined || last === undefined || last === remoteAddress) return [];
  const superseded =
    before.lease !== undefined && before.lease.until > at && before.lease.sessionId !== lease.sessionId;
  const latest = { address: remoteAddress, at, superseded };
  const { switches, cloned } = noteSwitch(before.addressSwitches ?? [], latest, before.clonedReportedAt);
  set["addressSwitches"] = switches;
  if (!cloned) return [];
  set["clonedReportedAt"] = at;
  const addresses = [...new Set(switches.map(({ address }) => address))];
  return [{ type: "device.identityCloned", data: { identity: identityText(report.identity), addresses } }];
}
