import type { ParameterObservation } from "../../fleet/parameters/model.ts";
import { isObjectPath, type ParameterPath, parentPath } from "../../kernel/path.ts";
import type { CwmpFault, RequestMessage, RpcResponse } from "../rpc/index.ts";

/**
 * The names below an object: `whole` in one message, `level` by level, or `one` level only (TR-069 A.3.2.3). A refused or
 * unanswered `whole` falls back to `level`. Ends whatever the device says: objects are listed once, at most 20 deep.
 * A plain value, changed in place by the functions of this file.
 */
export interface Listing {
  path: ParameterPath;
  mode: "whole" | "level" | "one";
  /** Objects to list, last first. */
  pending: ParameterPath[];
  inFlight?: ParameterPath;
  seen: Record<ParameterPath, true>;
  observations: ParameterObservation[];
  rpcs: number;
  fellBack: boolean;
  /** Asked for the whole subtree, the device named the children only; what is below them is asked for to see why. */
  shallow?: true;
  /** Why the list is not complete. */
  note?: string;
}

const MAX_DEPTH = 20;
const MAX_NAMES = 100_000;
const MAX_RPCS = 20_000;

export const newListing = (path: ParameterPath, mode: Listing["mode"]): Listing => ({
  path,
  mode,
  pending: [path],
  seen: {},
  observations: [],
  rpcs: 0,
  fellBack: false,
});

export function nextListing(listing: Listing): RequestMessage | undefined {
  listing.inFlight ??= listing.pending.pop();
  if (listing.inFlight === undefined) return undefined;
  if (listing.rpcs >= MAX_RPCS || listing.observations.length >= MAX_NAMES) {
    listing.note = "the device names more than can be taken in";
    return undefined;
  }
  listing.rpcs += 1;
  const nextLevel = listing.mode !== "whole" && isObjectPath(listing.inFlight);
  return {
    kind: "request",
    name: "GetParameterNames",
    body: { ParameterPath: listing.inFlight, NextLevel: nextLevel },
  };
}

export function takeListing(listing: Listing, body: RpcResponse<"GetParameterNames">): void {
  const parent = listing.inFlight;
  listing.inFlight = undefined;
  if (parent === undefined) return;
  const before = listing.observations.length;
  const levels: ParameterPath[] = [];
  // A device that answers NextLevel with the whole subtree has told the children of these already (specs §9).
  const told = new Set<ParameterPath>();
  for (const { Name, Writable } of body.ParameterList) {
    if (!Name.startsWith(listing.path) || listing.seen[Name]) continue;
    listing.seen[Name] = true;
    listing.observations.push({ path: Name, writable: Writable });
    told.add(parentPath(Name));
    if (listing.mode === "level" && isObjectPath(Name) && Name !== parent) levels.push(Name);
  }
  for (const name of levels.reverse()) {
    if (!told.has(name) && name.split(".").length <= MAX_DEPTH + 1) listing.pending.push(name);
  }
  if (listing.mode === "whole") lookDeeper(listing);
  else if (listing.shallow && listing.observations.length > before) listing.fellBack = true;
}

/** A device that takes every NextLevel for true has told the first level alone (specs §9); or the objects there are empty. */
function lookDeeper(listing: Listing): void {
  const below = listing.observations.map(({ path }) => path).filter((path) => path !== listing.path);
  const objects = below.filter(isObjectPath);
  if (objects.length === 0 || below.some((path) => parentPath(path) !== listing.path)) return;
  listing.mode = "level";
  listing.shallow = true;
  listing.pending = objects.reverse();
}

/** `false`: there is nothing left to try. */
export function takeListingRefusal(listing: Listing, fault: CwmpFault): boolean {
  const refused = listing.inFlight;
  if (fault.faultCode === 9000 || fault.faultCode === 9001 || listing.mode === "one") return false;
  if (listing.mode === "whole") return isObjectPath(listing.path) && fallBack(listing);
  listing.inFlight = undefined;
  if (refused === listing.path) return false;
  // An object that vanished meanwhile is no gap; one that will not be listed is.
  if (fault.faultCode !== 9005) listing.note = `${refused} was refused (${fault.faultCode})`;
  return true;
}

export function takeListingSilence(listing: Listing): void {
  if (listing.mode === "whole" && isObjectPath(listing.path)) fallBack(listing);
}

function fallBack(listing: Listing): true {
  listing.mode = "level";
  listing.fellBack = true;
  listing.pending = [listing.path];
  listing.inFlight = undefined;
  return true;
}
