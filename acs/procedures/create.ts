import type { WorkOutcome } from "../../fleet/door.ts";
import type { ItemResult } from "../../fleet/operations/model.ts";
import type { ParameterObservation, ParameterPatch } from "../../fleet/parameters/model.ts";
import { isObjectPath, leafName, type ParameterPath } from "../../kernel/path.ts";
import type { CwmpFault, RequestMessage, RpcResponse } from "../rpc/index.ts";
import { faultInStatus, itemsNamedIn, operationFault, outcomeOf, refusedByStatus } from "./fault-advice.ts";
import { type Decision, defineProcedure, failed, settle, type Task, unexpected } from "./procedure.ts";
import {
  learntOfDevice,
  newReading,
  nextMessage,
  type Reading,
  takeChildren,
  takeRefusal,
  takeSilence,
  takeValues,
} from "./reading.ts";
import {
  cannotTellWhether,
  commandAmong,
  hasValue,
  type TypedItem,
  toWire,
  typeOf,
  untyped,
  withTyping,
} from "./values.ts";

type Progress =
  /** Which instances are there before? */
  | { phase: "listing" }
  /** AddObject is with the device. `before` is absent when the device would not list the table. */
  | { phase: "adding"; before?: string[] }
  /** It may be with the device: which instances are there now? */
  | { phase: "relisting"; before: string[] }
  | { phase: "setting"; instance: string }
  /** Which values has it? `verifying`: before they are set once more. */
  | Look
  /** It is there, and the device falls silent when it is to be read. */
  | { phase: "unread"; instance: string; status: number }
  /** The values were refused: the new instance goes again, so that nothing half done stays. */
  | { phase: "removing"; instance: string; outcome: WorkOutcome };

type Look = { instance: string; reading: Reading; seen: ParameterObservation[] } & (
  | { phase: "verifying" }
  | { phase: "readingBack"; status: number }
);

/**
 * AddObject, then SetParameterValues of the new instance (TR-069 A.3.2.6). AddObject is not idempotent: the table is
 * listed before, and after a lost answer again; only a table that did not grow is added to a second time.
 */
export const create = defineProcedure<"create", Progress>({
  kind: "create",
  needs: ({ path, values = [] }, typing) => untyped(values, typing).map((item) => `${path}*.${item.path}`),

  begin: (task) => list(task, { phase: "listing" }),

  onResponse(task, progress, response) {
    switch (response.name) {
      case "GetParameterNames":
        if (!looks(progress)) return listed(task, progress, instancesOf(task.request.path, response.body));
        takeChildren(progress.reading, response.body);
        return lookOn(task, progress);
      case "AddObject":
        return took(task, response.body);
      case "SetParameterValues":
        return progress.phase === "setting" ? wasSet(task, progress.instance, response.body) : unexpected(response);
      case "GetParameterValues":
        if (!looks(progress)) return unexpected(response);
        progress.seen.push(...takeValues(progress.reading, response.body));
        return lookOn(task, progress);
      case "DeleteObject":
        return progress.phase === "removing" ? settle(progress.outcome) : unexpected(response);
      default:
        return unexpected(response);
    }
  },

  onFault(task, progress, fault) {
    switch (progress.phase) {
      case "listing":
        // Some devices refuse to list an empty table (specs §9).
        return add(task, fault.faultCode === 9005 ? [] : undefined);
      case "relisting":
        return fault.faultCode === 9005 ? add(task, []) : settle(outcomeOf(fault));
      case "adding":
        return settle(outcomeOf(fault));
      case "setting":
        return remove(task, progress.instance, fault);
      case "verifying":
      case "readingBack":
        return takeRefusal(progress.reading, fault) ? lookOn(task, progress) : looked(task, progress);
      case "unread":
        return created(task, progress.instance, progress.status);
      case "removing":
        return settle(fault.faultCode === 9005 ? progress.outcome : leftBehind(progress.outcome, progress.instance));
    }
  },

  onResume(task, progress) {
    switch (progress.phase) {
      case "listing":
        return list(task, progress);
      case "adding":
      case "relisting":
        if (progress.before === undefined) return cannotTell();
        return list(task, { phase: "relisting", before: progress.before });
      case "setting":
        return lookOn(task, { phase: "verifying", ...newLook(task, progress.instance) });
      case "verifying":
      case "readingBack":
        return lookOn(task, progress);
      case "unread":
        return created(task, progress.instance, progress.status);
      case "removing":
        return { do: "send", rpc: deletion(task, progress.instance), progress };
    }
  },

  /** Read by its names, and at last not at all: that the instance is there is known. */
  onSilence(progress) {
    if (!looks(progress)) return progress;
    const { instance, reading } = progress;
    if (progress.phase === "readingBack" && reading.byNames)
      return { phase: "unread", instance, status: progress.status };
    takeSilence(reading);
    return progress;
  },
});

const looks = (progress: Progress): progress is Look =>
  progress.phase === "verifying" || progress.phase === "readingBack";

const instancePath = (task: Task<"create">, instance: string): ParameterPath => `${task.request.path}${instance}.`;

const list = (task: Task<"create">, progress: Progress): Decision<Progress> => ({
  do: "send",
  rpc: { kind: "request", name: "GetParameterNames", body: { ParameterPath: task.request.path, NextLevel: true } },
  progress,
  repeatable: true,
});

const instancesOf = (table: ParameterPath, body: RpcResponse<"GetParameterNames">): string[] =>
  body.ParameterList.map((one) => one.Name)
    .filter((name) => name.startsWith(table) && name !== table && isObjectPath(name))
    .map((name) => leafName(name.slice(0, name.indexOf(".", table.length) + 1)));

function listed(task: Task<"create">, progress: Progress, now: string[]): Decision<Progress> {
  if (progress.phase !== "relisting") return add(task, [...new Set(now)]);
  const before = new Set(progress.before);
  const added = [...new Set(now)].filter((instance) => !before.has(instance));
  if (added.length === 0) return add(task, progress.before);
  const [only] = added;
  return added.length === 1 && only !== undefined ? configure(task, only, 0) : cannotTell(added);
}

const cannotTell = (candidates: string[] = []): Decision<never> =>
  failed(
    "outcome.unknown",
    `the answer to AddObject was lost and the new instance cannot be told from others${candidates.length > 0 ? ` (${candidates.join(", ")})` : ""}`,
  );

function add({ operation, request }: Task<"create">, before: string[] | undefined): Decision<Progress> {
  const body = { ObjectName: request.path, ParameterKey: operation.correlator };
  const rpc = { kind: "request", name: "AddObject", body } as const;
  return { do: "send", rpc, progress: before === undefined ? { phase: "adding" } : { phase: "adding", before } };
}

function took(task: Task<"create">, { InstanceNumber, Status }: RpcResponse<"AddObject">): Decision<Progress> {
  const refusal = refusedByStatus(Status);
  if (refusal) return settle(refusal);
  if (InstanceNumber >= 1) return configure(task, String(InstanceNumber), Status);
  return failed("device.invalidResponse", `AddObject answered with instance ${InstanceNumber}; the first is 1`);
}

const configure = (task: Task<"create">, instance: string, status: number): Decision<Progress> =>
  (task.request.values ?? []).length > 0 ? set(task, instance) : look(task, instance, status);

const itemsAt = (task: Task<"create">, instance: string): TypedItem[] =>
  withTyping(task.request.values ?? [], task.operation).map((item) => ({
    ...item,
    path: instancePath(task, instance) + item.path,
  }));

function set(task: Task<"create">, instance: string): Decision<Progress> {
  const list = toWire(itemsAt(task, instance), task.facts.known);
  const body = { ParameterList: list, ParameterKey: task.operation.correlator };
  const rpc = { kind: "request", name: "SetParameterValues", body } as const;
  return { do: "send", rpc, progress: { phase: "setting", instance } };
}

/** Setting the same values twice does no harm, but for a command, which every write of it carries out. */
function setAgain(task: Task<"create">, instance: string): Decision<Progress> {
  const command = commandAmong(itemsAt(task, instance));
  return command === undefined ? set(task, instance) : cannotTellWhether(command);
}

function wasSet(task: Task<"create">, instance: string, { Status }: RpcResponse<"SetParameterValues">) {
  const refusal = faultInStatus(Status);
  return refusal ? remove(task, instance, refusal) : look(task, instance, Status);
}

const newLook = (task: Task<"create">, instance: string): Pick<Look, "instance" | "reading" | "seen"> => ({
  instance,
  reading: newReading([instancePath(task, instance)], task.facts.quirks, task.facts.endpointState),
  seen: [],
});

/** Not repeatable at first: the instance that the answer to AddObject named has to be stored. */
const look = (task: Task<"create">, instance: string, status: number): Decision<Progress> =>
  task.facts.quirks.readBack
    ? lookOn(task, { phase: "readingBack", status, ...newLook(task, instance) }, false)
    : created(task, instance, status);

function lookOn(task: Task<"create">, progress: Look, repeatable = true): Decision<Progress> {
  const rpc = nextMessage(progress.reading);
  return rpc ? { do: "send", rpc, progress, repeatable } : looked(task, progress);
}

function looked(task: Task<"create">, progress: Look): Decision<Progress> {
  const { instance, reading, seen } = progress;
  const has = new Map(
    seen.flatMap(({ path, type, value }) => (value === undefined ? [] : [[path, { type, value }] as const])),
  );
  const compared = itemsAt(task, instance).map((item) => ({
    path: item.path,
    held: hasValue(item, has.get(item.path), typeOf(item, task.facts.known)),
  }));
  if (progress.phase === "verifying" && compared.some(({ held }) => held !== true)) return setAgain(task, instance);
  const items = compared.map(
    ({ path, held }): ItemResult => ({ path, outcome: held === false ? "unconfirmed" : "done" }),
  );
  const patch: ParameterPatch | undefined =
    seen.length > 0 ? { at: task.facts.now, source: "read", observations: seen } : undefined;
  const decision = created(task, instance, progress.phase === "readingBack" ? progress.status : 0, patch, items);
  return { ...decision, remember: learntOfDevice(reading, task.facts.quirks, task.facts.endpointState) };
}

function created(
  task: Task<"create">,
  instance: string,
  status: number,
  seen?: ParameterPatch,
  items: ItemResult[] = itemsAt(task, instance).map(({ path }) => ({ path, outcome: "unconfirmed" })),
): Decision<Progress> {
  const path = instancePath(task, instance);
  const object: ParameterPatch = {
    at: task.facts.now,
    source: "discover",
    observations: [{ path, writable: true }],
  };
  const note = status === 1 ? { note: "the device applies it later, e.g. after a reboot (Status 1)" } : {};
  return settle(
    { state: "done", result: { instance, path, status }, items, ...note },
    { learn: seen ? [object, seen] : [object] },
  );
}

const deletion = (task: Task<"create">, instance: string): RequestMessage => ({
  kind: "request",
  name: "DeleteObject",
  body: { ObjectName: instancePath(task, instance), ParameterKey: task.operation.correlator },
});

const leftBehind = (outcome: WorkOutcome, instance: string): WorkOutcome =>
  outcome.state === "failed"
    ? {
        ...outcome,
        fault: { ...outcome.fault, message: `${outcome.fault.message}; the new instance ${instance} stays` },
      }
    : outcome;

function remove(task: Task<"create">, instance: string, fault: CwmpFault): Decision<Progress> {
  const items = itemsNamedIn(fault);
  const outcome: WorkOutcome = { state: "failed", fault: operationFault(fault.faultCode, fault.faultString), items };
  return { do: "send", rpc: deletion(task, instance), progress: { phase: "removing", instance, outcome } };
}
