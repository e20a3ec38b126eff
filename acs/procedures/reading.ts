import type { ItemResult, OperationFault } from "../../fleet/operations/model.ts";
import type { ParameterObservation } from "../../fleet/parameters/model.ts";
import { isInstanceElement, isObjectPath, leafName, type ParameterPath } from "../../kernel/path.ts";
import type { Quirks } from "../quirks/quirks.ts";
import type { CwmpFault, RequestMessage, RpcResponse } from "../rpc/index.ts";
import { operationFault } from "./fault-advice.ts";

/**
 * A read of many parameters in batches that adapt to the device (specs §2.4, §9): smaller after 9002, 9004 or silence,
 * larger after success; halved until the name is found that 9005 is about; an object that is refused as a whole is asked
 * for by its children. Linear in what is read. A plain value, changed in place by the functions of this file.
 */
export interface Reading {
  /** Parameter names; those from `next` on are still to be asked for. */
  names: ParameterPath[];
  next: number;
  /** Batches that stand for themselves, last first: partial paths, and pieces of a batch that was refused. */
  groups: ParameterPath[][];
  /** Paths with `*`, to be filled in with the instances that there are. */
  wild: ParameterPath[];
  inFlight: ParameterPath[];
  /** The object whose children are being listed, and the wild path that they are for; `denied`: as a value it was unknown. */
  listing?: { path: ParameterPath; wildPath?: ParameterPath; denied?: true };
  /** Objects are not asked for as such: the device does not answer partial paths. */
  byNames: boolean;
  size: number;
  maxSize: number;
  /** The largest batch that was answered. */
  good: number;
  refused: { path: ParameterPath; code: number; text: string }[];
  /** Names that the device was asked for and whose value is not in its answer, which names no fault either. */
  omitted?: ParameterPath[];
  /** Objects listed before. */
  listed: Record<ParameterPath, true>;
  found: number;
  rpcs: number;
}

const MAX_DEPTH = 20;
const MAX_NAMES = 100_000;
const MAX_RPCS = 5_000;
/** Below the 32 KB that every CPE accepts (specs §1.1), with room for the elements around each name. */
const MAX_NAME_CHARACTERS = 20_000;
const ELEMENT_CHARACTERS = 20;

/** What a device was found to take, in its `Endpoint.state`. */
type Remembered = Readonly<Record<string, unknown>>;

export const readsByNames = (quirks: Quirks, remembered: Remembered): boolean =>
  quirks.readBy === "names" || remembered.readBy === "names";

export function newReading(paths: readonly ParameterPath[], quirks: Quirks, remembered: Remembered = {}): Reading {
  const { readBatch } = remembered;
  const size = typeof readBatch === "number" && readBatch >= 1 ? Math.floor(readBatch) : quirks.namesPerRead;
  const plain = paths.filter((path) => !path.includes("*"));
  return {
    names: plain.filter((path) => !isObjectPath(path)),
    next: 0,
    groups: plain
      .filter(isObjectPath)
      .map((path) => [path])
      .reverse(),
    wild: paths.filter((path) => path.includes("*")).reverse(),
    inFlight: [],
    byNames: readsByNames(quirks, remembered),
    size: Math.min(size, quirks.maxNamesPerRead),
    maxSize: quirks.maxNamesPerRead,
    good: 0,
    refused: [],
    listed: {},
    found: 0,
    rpcs: 0,
  };
}

/** The next message; `undefined` when everything was asked for. */
export function nextMessage(reading: Reading): RequestMessage | undefined {
  if (reading.rpcs >= MAX_RPCS) return undefined;
  if (reading.inFlight.length === 0 && !reading.listing) refill(reading);
  if (reading.listing) return namesOf(reading, reading.listing.path);
  if (reading.inFlight.length === 0) return undefined;
  reading.rpcs += 1;
  return { kind: "request", name: "GetParameterValues", body: { ParameterNames: reading.inFlight } };
}

/** Once there is no next message: why not everything was asked for, if so. */
export function shortfall({ inFlight, listing, groups, wild, names, next }: Reading): string | undefined {
  const isAllAsked = !listing && inFlight.length + groups.length + wild.length === 0 && next >= names.length;
  return isAllAsked ? undefined : `not read to its end, which would take more than ${MAX_RPCS} messages`;
}

function namesOf(reading: Reading, path: ParameterPath): RequestMessage {
  reading.rpcs += 1;
  return { kind: "request", name: "GetParameterNames", body: { ParameterPath: path, NextLevel: true } };
}

function refill(reading: Reading): void {
  const wildPath = reading.wild.pop();
  if (wildPath !== undefined) {
    reading.listing = { path: wildPath.slice(0, wildPath.indexOf("*")), wildPath };
    return;
  }
  const group = reading.groups.pop();
  if (group && reading.byNames && isObjectPath(group[0]!)) return listInstead(reading, group);
  if (group) {
    reading.inFlight = group;
    return;
  }
  const end = endOfBatch(reading);
  reading.inFlight = reading.names.slice(reading.next, end);
  reading.next = end;
}

/** One object after the other; one that was listed before has nothing more to tell. */
function listInstead(reading: Reading, group: ParameterPath[]): void {
  const [path, ...others] = group;
  if (others.length > 0) reading.groups.push(others);
  if (reading.listed[path!]) refill(reading);
  else reading.listing = { path: path! };
}

function endOfBatch({ names, next, size }: Reading): number {
  let characters = 0;
  let end = next;
  while (end < names.length && end - next < size) {
    characters += names[end]!.length + ELEMENT_CHARACTERS;
    if (characters > MAX_NAME_CHARACTERS && end > next) break;
    end += 1;
  }
  return end;
}

/** Takes in a GetParameterValuesResponse. */
export function takeValues(reading: Reading, body: RpcResponse<"GetParameterValues">): ParameterObservation[] {
  if (reading.inFlight.length >= reading.size) reading.size = Math.min(reading.maxSize, Math.ceil(reading.size * 1.5));
  reading.good = Math.max(reading.good, reading.inFlight.length);
  noteOmitted(reading, body);
  const values = body.ParameterList.filter(({ Name }) => !isObjectPath(Name));
  if (values.length < body.ParameterList.length) lookInto(reading, body.ParameterList);
  reading.inFlight = [];
  reading.found += values.length;
  return values.map(observe);
}

/**
 * A device that does not know partial paths may give the object itself, with an empty value, where its parameters should
 * be (netcwmp does): then its children are asked for, as when the object is refused.
 */
function lookInto(reading: Reading, list: RpcResponse<"GetParameterValues">["ParameterList"]): void {
  const alone = reading.inFlight.filter(
    (path) =>
      isObjectPath(path) &&
      !reading.listed[path] &&
      list.some(({ Name }) => Name === path) &&
      !list.some(({ Name }) => Name.startsWith(path) && !isObjectPath(Name)),
  );
  if (reading.inFlight.length > 1) reading.groups.push(...alone.map((path) => [path]).reverse());
  else if (alone[0] !== undefined) reading.listing = { path: alone[0], denied: true };
}

/** A device may write the name of what it was asked for its own way (an alias, another case): then its last part tells. */
function noteOmitted(reading: Reading, { ParameterList: list }: RpcResponse<"GetParameterValues">): void {
  const asked = reading.inFlight.filter((path) => !isObjectPath(path));
  if (asked.length < reading.inFlight.length) return;
  const answered = new Set(list.map(({ Name }) => Name));
  const missing = asked.filter((path) => !answered.has(path) && !path.includes("["));
  if (missing.length === 0) return;
  const wanted = new Set(asked);
  const renamed = new Set(list.filter(({ Name }) => !wanted.has(Name)).map(({ Name }) => leafName(Name).toLowerCase()));
  const omitted = missing.filter((path) => !renamed.has(leafName(path).toLowerCase()));
  if (omitted.length > 0) reading.omitted = [...(reading.omitted ?? []), ...omitted];
}

export const observe = ({
  Name,
  Value,
}: RpcResponse<"GetParameterValues">["ParameterList"][number]): ParameterObservation =>
  Value.type === undefined ? { path: Name, value: Value.value } : { path: Name, value: Value.value, type: Value.type };

/** Takes in the children of the object that is being listed. */
export function takeChildren(reading: Reading, body: RpcResponse<"GetParameterNames">): void {
  const { listing } = reading;
  reading.listing = undefined;
  if (!listing) return;
  reading.listed[listing.path] = true;
  // It has parameters, and yet could not be read as an object: no other will be.
  if (listing.denied && body.ParameterList.some(({ Name }) => !isObjectPath(Name))) reading.byNames = true;
  for (const { Name } of body.ParameterList) {
    if (!isChild(listing.path, Name)) continue;
    if (listing.wildPath !== undefined) fillIn(reading, listing.wildPath, Name);
    else add(reading, Name);
  }
}

function isChild(parent: ParameterPath, name: ParameterPath): boolean {
  if (name === parent || !name.startsWith(parent)) return false;
  const end = name.indexOf(".", parent.length);
  return end < 0 || end === name.length - 1;
}

function fillIn(reading: Reading, wildPath: ParameterPath, child: ParameterPath): void {
  const element = leafName(child);
  if (!isObjectPath(child) || !(isInstanceElement(element) || element.startsWith("["))) return;
  const path = wildPath.replace("*", element);
  if (path.includes("*")) reading.wild.push(path);
  else add(reading, path);
}

function add(reading: Reading, path: ParameterPath): void {
  if (!isObjectPath(path)) {
    if (reading.names.length < MAX_NAMES) reading.names.push(path);
  } else if (!reading.listed[path] && path.split(".").length <= MAX_DEPTH + 1 && reading.groups.length < MAX_NAMES) {
    reading.groups.push([path]);
  }
}

/** Takes in a fault; `false` when the device will not be read at all. */
export function takeRefusal(reading: Reading, fault: CwmpFault): boolean {
  const { faultCode: code, faultString: text } = fault;
  if (code === 9000 || code === 9001) return false;
  if (reading.listing) {
    const { path, wildPath } = reading.listing;
    reading.listing = undefined;
    // An empty table may be refused like one that is not there.
    reading.refused.push({ path: wildPath ?? path, code, text });
    return true;
  }
  const batch = reading.inFlight;
  reading.inFlight = [];
  if (code !== 9005) shrink(reading, batch.length);
  if (batch.length > 1) halve(reading, batch);
  else if (batch[0] !== undefined) refuseOne(reading, batch[0], code, text);
  return true;
}

/**
 * The device fell silent, or began anew, over the batch that is in flight: objects are asked for by the names in them from
 * now on, of names fewer at once. A single name is asked for again.
 */
export function takeSilence(reading: Reading): void {
  const batch = reading.inFlight;
  reading.inFlight = [];
  if (batch[0] !== undefined && isObjectPath(batch[0])) {
    reading.byNames = true;
    reading.groups.push(batch);
    return;
  }
  shrink(reading, batch.length);
  const [path] = batch;
  if (batch.length > 1) halve(reading, batch);
  else if (path !== undefined) reading.groups.push(batch);
}

/** What was too much is not tried again: at most what has succeeded, or half. */
function shrink(reading: Reading, length: number): void {
  const good = reading.good < length ? reading.good : 0;
  reading.maxSize = Math.max(1, Math.min(reading.maxSize, Math.max(good, Math.ceil(length / 2))));
  reading.size = Math.min(reading.size, reading.maxSize);
}

function halve(reading: Reading, batch: ParameterPath[]): void {
  const middle = Math.ceil(batch.length / 2);
  reading.groups.push(batch.slice(middle), batch.slice(0, middle));
}

function refuseOne(reading: Reading, path: ParameterPath, code: number, text: string): void {
  if (isObjectPath(path) && !reading.listed[path]) reading.listing = code === 9005 ? { path, denied: true } : { path };
  else reading.refused.push({ path, code, text });
}

const OMITTED: OperationFault = {
  code: "device.invalidResponse",
  message: "the device answered without this parameter; it may not have it",
};

/** One result per path that was asked for. */
export function itemsOf(reading: Reading, paths: readonly ParameterPath[]): ItemResult[] {
  const faults = new Map([
    ...(reading.omitted ?? []).map((path) => [path, OMITTED] as const),
    ...reading.refused.map(({ path, code, text }) => [path, operationFault(code, text)] as const),
  ]);
  return paths.map((path) => {
    const fault = faults.get(path);
    return fault ? { path, outcome: "failed", fault } : { path, outcome: "done" };
  });
}

/** For the device's next read: the size that it could take, when it is not what its model starts with, and the way. */
export function learntOfDevice(reading: Reading, quirks: Quirks, remembered: Remembered): Record<string, unknown> {
  const { size, byNames, found } = reading;
  const known = remembered.readBatch ?? quirks.namesPerRead;
  return {
    ...(size < quirks.namesPerRead && size !== known ? { readBatch: size } : {}),
    ...(byNames && found > 0 && !readsByNames(quirks, remembered) ? { readBy: "names" } : {}),
  };
}
