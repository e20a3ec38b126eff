import type { ParameterObservation, ParameterPatch } from "../../fleet/parameters/model.ts";
import { isObjectPath, type ParameterPath } from "../../kernel/path.ts";
import { outcomeOf } from "./fault-advice.ts";
import {
  type Listing,
  newListing,
  nextListing,
  takeListing,
  takeListingRefusal,
  takeListingSilence,
} from "./listing.ts";
import { planReads } from "./plan.ts";
import { type Decision, defineProcedure, settle, type Task, unexpected } from "./procedure.ts";
import {
  learntOfDevice,
  newReading,
  nextMessage,
  type Reading,
  readsByNames,
  shortfall,
  takeChildren,
  takeRefusal,
  takeSilence,
  takeValues,
} from "./reading.ts";

type Progress =
  | { phase: "names"; listing: Listing }
  | { phase: "values"; reading: Reading; names: number; note?: string };

/** GetParameterNames, then (with `values`) a full refresh in GetParameterValues of bounded size. Repeating does no harm. */
export const discover = defineProcedure<"discover", Progress>({
  kind: "discover",

  begin(task) {
    const { request, facts } = task;
    const path = request.path === "" ? facts.root : request.path;
    const mode = request.nextLevel
      ? "one"
      : facts.endpointState.discovery === "level"
        ? "level"
        : facts.quirks.discovery;
    return list(task, newListing(path, mode));
  },

  onResponse(task, progress, response) {
    if (progress.phase === "names") {
      if (response.name !== "GetParameterNames") return unexpected(response);
      takeListing(progress.listing, response.body);
      return list(task, progress.listing);
    }
    if (response.name === "GetParameterNames") {
      takeChildren(progress.reading, response.body);
      return readOn(task, progress);
    }
    if (response.name !== "GetParameterValues") return unexpected(response);
    return readOn(task, progress, takeValues(progress.reading, response.body));
  },

  onFault(task, progress, fault) {
    if (progress.phase === "names") {
      return takeListingRefusal(progress.listing, fault) ? list(task, progress.listing) : settle(outcomeOf(fault));
    }
    return takeRefusal(progress.reading, fault) ? readOn(task, progress) : settle(outcomeOf(fault));
  },

  onResume: (task, progress) => (progress.phase === "names" ? list(task, progress.listing) : readOn(task, progress)),

  onSilence(progress) {
    if (progress.phase === "names") takeListingSilence(progress.listing);
    else takeSilence(progress.reading);
    return progress;
  },
});

function list(task: Task<"discover">, listing: Listing): Decision<Progress> {
  const rpc = nextListing(listing);
  if (rpc) return { do: "send", rpc, progress: { phase: "names", listing }, repeatable: true };
  const learn = [patchOf(task, listing)];
  const remember = listing.fellBack ? { discovery: "level" } : {};
  const note = listing.note;
  if (!task.request.values) {
    const result = { names: listing.observations.length };
    return settle({ state: "done", result, ...(note === undefined ? {} : { note }) }, { learn, remember });
  }
  const reading = readingOf(task, listing);
  const progress: Progress = {
    phase: "values",
    reading,
    names: listing.observations.length,
    ...(note === undefined ? {} : { note }),
  };
  const next = readOn(task, progress);
  return { ...next, learn: [...learn, ...(next.learn ?? [])], remember: { ...remember, ...next.remember } };
}

/** The names of a subtree that was listed to its end replace what was known of it. */
function patchOf({ facts }: Task<"discover">, listing: Listing): ParameterPatch {
  const patch: ParameterPatch = { at: facts.now, source: "discover", observations: listing.observations };
  // At least the object itself has to be named (TR-069 A.3.2.3): who names nothing has not told that all of it is gone.
  const isAnswered = listing.observations.length > 0;
  const isWhole = isAnswered && listing.mode !== "one" && listing.note === undefined && isObjectPath(listing.path);
  return isWhole ? { ...patch, complete: [listing.path] } : patch;
}

function readingOf({ facts }: Task<"discover">, listing: Listing): Reading {
  const names: ParameterPath[] = [];
  for (const { path } of listing.observations) if (!isObjectPath(path)) names.push(path);
  if (listing.mode === "one" || !isObjectPath(listing.path)) return newReading(names, facts.quirks);
  if (readsByNames(facts.quirks, facts.endpointState)) return newReading(names, facts.quirks, facts.endpointState);
  const plan = planReads(names, listing.path, facts.quirks.parametersPerRead);
  const reading = newReading(plan.names, facts.quirks, facts.endpointState);
  reading.groups = plan.groups.reverse();
  return reading;
}

function readOn(
  task: Task<"discover">,
  progress: Progress & { phase: "values" },
  observations: ParameterObservation[] = [],
): Decision<Progress> {
  const { now, quirks, endpointState } = task.facts;
  const learn: ParameterPatch[] = observations.length === 0 ? [] : [{ at: now, source: "discover", observations }];
  const rpc = nextMessage(progress.reading);
  if (rpc) return { do: "send", rpc, progress, repeatable: true, learn };
  const { reading, names, note = shortfall(reading) } = progress;
  const remember = learntOfDevice(reading, quirks, endpointState);
  const refused = reading.refused.slice(0, 100).map(({ path, code }) => ({ path, code }));
  const result = { names, values: reading.found, refused };
  return settle({ state: "done", result, ...(note === undefined ? {} : { note }) }, { learn, remember });
}
