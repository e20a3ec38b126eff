import type { WorkOutcome } from "../../fleet/door.ts";
import type { ParameterObservation } from "../../fleet/parameters/model.ts";
import { isSecretName } from "../../fleet/parameters/secret-names.ts";
import type { Instant } from "../../kernel/time.ts";
import { outcomeOf } from "./fault-advice.ts";
import { type Decision, defineProcedure, settle, type Task, unexpected } from "./procedure.ts";
import {
  itemsOf,
  learntOfDevice,
  newReading,
  nextMessage,
  type Reading,
  shortfall,
  takeChildren,
  takeRefusal,
  takeSilence,
  takeValues,
} from "./reading.ts";

interface Progress {
  reading: Reading;
  /** The first values, for the operation's result; all of them are in the device's parameters. */
  sample: ParameterObservation[];
}

/** Values in an operation's result. */
export const SAMPLE_SIZE = 100;

/** GetParameterValues, as often as it takes (TR-069 A.3.2.2). Reading again does no harm: a drop only repeats it. */
export const read = defineProcedure<"read", Progress>({
  kind: "read",

  begin: (task) => {
    const paths = task.request.paths.map((path) => (path === "" ? task.facts.root : path));
    return go(task, { reading: newReading(paths, task.facts.quirks, task.facts.endpointState), sample: [] });
  },

  onResponse(task, progress, response) {
    if (response.name === "GetParameterNames") {
      takeChildren(progress.reading, response.body);
      return go(task, progress);
    }
    if (response.name !== "GetParameterValues") return unexpected(response);
    const observations = takeValues(progress.reading, response.body);
    for (const one of observations) if (progress.sample.length < SAMPLE_SIZE) progress.sample.push(shown(one));
    return go(task, progress, observations);
  },

  onFault(task, progress, fault) {
    return takeRefusal(progress.reading, fault) ? go(task, progress) : settle(outcomeOf(fault));
  },

  onResume: (task, progress) => go(task, progress),

  onSilence(progress) {
    takeSilence(progress.reading);
    return progress;
  },
});

/** An operation is shown to whoever may see operations: of a secret only that it was read. */
function shown(one: ParameterObservation): ParameterObservation {
  if (!isSecretName(one.path)) return one;
  const { value: _, ...rest } = one;
  return rest;
}

function go(task: Task<"read">, progress: Progress, observations: ParameterObservation[] = []): Decision<Progress> {
  const { now, quirks, endpointState } = task.facts;
  const learn = learnt(now, observations);
  const rpc = nextMessage(progress.reading);
  if (rpc) return { do: "send", rpc, progress, repeatable: true, learn };
  return settle(outcome(task, progress), { learn, remember: learntOfDevice(progress.reading, quirks, endpointState) });
}

const learnt = (at: Instant, observations: ParameterObservation[]) =>
  observations.length === 0 ? [] : [{ at, source: "read" as const, observations }];

function outcome({ request }: Task<"read">, { reading, sample }: Progress): WorkOutcome {
  const items = itemsOf(reading, request.paths);
  const first = items.find((item) => item.fault)?.fault;
  if (first && reading.found === 0 && items.every((item) => item.fault))
    return { state: "failed", fault: first, items };
  const result = { count: reading.found, refused: reading.refused.length, parameters: sample };
  const note = shortfall(reading);
  return { state: "done", result, items, ...(note === undefined ? {} : { note }) };
}
