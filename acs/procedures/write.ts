import type { ItemResult, WriteItem } from "../../fleet/operations/model.ts";
import type { ParameterObservation, ParameterPatch } from "../../fleet/parameters/model.ts";
import { isSecretName } from "../../fleet/parameters/secret-names.ts";
import type { CwmpFault, RpcResponse } from "../rpc/index.ts";
import { operationFault, outcomeOf, outcomeOfFault } from "./fault-advice.ts";
import { type Decision, defineProcedure, failed, settle, type Task, unexpected } from "./procedure.ts";
import { newReading, nextMessage, observe, type Reading, takeRefusal, takeValues } from "./reading.ts";
import { envelopeSize, MAX_ENVELOPE, sameValue, toWire, typeOf } from "./values.ts";

type Progress =
  /** SetParameterValues is with the device; `retyped`: with types just read from it. */
  | { phase: "setting"; items: WriteItem[]; retyped: boolean }
  /** It may be with the device: what does the device have now? */
  | { phase: "verifying"; items: WriteItem[]; retyped: boolean }
  | { phase: "readingBack"; items: WriteItem[]; status: number }
  /** Taken by the device, which falls silent when it is asked for them. */
  | { phase: "unread"; items: WriteItem[]; status: number }
  /** The types were wrong (9006): what are they? */
  | { phase: "readingTypes"; items: WriteItem[]; fault: CwmpFault }
  /** Refused without saying which: which of them cannot even be read? Nothing is written any more. */
  | { phase: "locating"; reading: Reading; fault: CwmpFault };

/**
 * SetParameterValues, one message, all or none (TR-069 A.3.2.1), then read back. A write that does not fit in one
 * envelope of 32 KB is refused: split, it would not be atomic.
 *
 * A fault that does not name the parameter is narrowed down by reading them, never by writing them one at a time.
 */
export const write = defineProcedure<"write", Progress>({
  kind: "write",
  needs: (request) => request.values.filter((item) => item.type === undefined).map((item) => item.path),

  begin: (task) => set(task, [...task.request.values], false),

  onResponse(task, progress, response) {
    if (response.name === "SetParameterValues" && progress.phase === "setting") {
      return applied(task, progress.items, response.body.Status);
    }
    if (response.name !== "GetParameterValues") return unexpected(response);
    switch (progress.phase) {
      case "verifying":
        return verified(task, progress, response.body);
      case "readingBack":
        return readBack(task, progress, response.body);
      case "readingTypes":
        return retype(task, progress, response.body);
      case "locating":
        takeValues(progress.reading, response.body);
        return locate(task, progress);
      case "setting":
      case "unread":
        return unexpected(response);
    }
  },

  onFault(task, progress, fault) {
    switch (progress.phase) {
      case "setting":
        return refused(task, progress, fault);
      // What cannot be read is written again: setting the same values twice does no harm.
      case "verifying":
        return set(task, progress.items, progress.retyped);
      case "readingBack":
      case "unread":
        return accepted(task, progress.items, progress.status);
      case "readingTypes":
        return settle(outcomeOf(progress.fault));
      case "locating":
        return takeRefusal(progress.reading, fault) ? locate(task, progress) : settle(outcomeOf(progress.fault));
    }
  },

  onResume(task, progress) {
    if (progress.phase === "readingBack") return applied(task, progress.items, progress.status);
    if (progress.phase === "unread") return accepted(task, progress.items, progress.status);
    if (progress.phase !== "setting" && progress.phase !== "verifying")
      return set(task, [...task.request.values], false);
    const { items, retyped } = progress;
    return { do: "send", rpc: valuesOf(items), progress: { phase: "verifying", items, retyped }, repeatable: true };
  },

  onSilence: (progress) => (progress.phase === "readingBack" ? { ...progress, phase: "unread" } : progress),
});

const valuesOf = (items: readonly WriteItem[]) => ({
  kind: "request" as const,
  name: "GetParameterValues" as const,
  body: { ParameterNames: items.map((item) => item.path) },
});

function set({ operation, facts }: Task<"write">, items: WriteItem[], retyped: boolean): Decision<Progress> {
  if (items.length === 0) return settle({ state: "done", note: "nothing to write" });
  const values = toWire(items, facts.known);
  if (envelopeSize(values) > MAX_ENVELOPE) {
    return failed("request.tooLarge", "the values do not fit in one message; split, the write would not be atomic");
  }
  const body = { ParameterList: values, ParameterKey: operation.correlator };
  const rpc = { kind: "request", name: "SetParameterValues", body } as const;
  return { do: "send", rpc, progress: { phase: "setting", items, retyped } };
}

function applied(task: Task<"write">, items: WriteItem[], status: number): Decision<Progress> {
  if (!task.facts.quirks.readBack) return accepted(task, items, status);
  return { do: "send", rpc: valuesOf(items), progress: { phase: "readingBack", items, status }, repeatable: true };
}

const STATUS_1 = "the device applies the values later, e.g. after a reboot (Status 1)";
const noteOf = (status: number) => (status === 1 ? { note: STATUS_1 } : {});

/** Accepted, but not seen. A secret is not kept, only that it was written. */
function accepted({ facts }: Task<"write">, items: readonly WriteItem[], status: number): Decision<Progress> {
  const observations = items.map((item): ParameterObservation => {
    const type = typeOf(item, facts.known);
    return isSecretName(item.path) ? { path: item.path, type } : { path: item.path, type, value: item.value };
  });
  const patch: ParameterPatch = { at: facts.now, source: "written", observations, unconfirmed: true };
  const results = items.map(({ path }): ItemResult => ({ path, outcome: "unconfirmed" }));
  return settle({ state: "done", items: results, result: { status }, ...noteOf(status) }, { learn: [patch] });
}

function readBack(
  task: Task<"write">,
  { items, status }: Progress & { phase: "readingBack" },
  body: RpcResponse<"GetParameterValues">,
): Decision<Progress> {
  const { seen, results } = compare(task, items, body);
  const learn: ParameterPatch[] = [{ at: task.facts.now, source: "read", observations: seen }];
  return settle({ state: "done", items: results, result: { status }, ...noteOf(status) }, { learn });
}

function compare({ facts }: Task<"write">, items: readonly WriteItem[], body: RpcResponse<"GetParameterValues">) {
  const now = new Map(body.ParameterList.map((one) => [one.Name, one.Value]));
  const results = items.map((item): ItemResult => {
    const value = now.get(item.path);
    const same = value !== undefined && sameValue(value.type ?? typeOf(item, facts.known), item.value, value.value);
    return { path: item.path, outcome: same ? "done" : "unconfirmed" };
  });
  return { seen: body.ParameterList.map(observe), results };
}

/** After a drop: all as wanted means that the write arrived; anything else is written again, with the same values. */
function verified(
  task: Task<"write">,
  { items, retyped }: Progress & { phase: "verifying" },
  body: RpcResponse<"GetParameterValues">,
): Decision<Progress> {
  const { seen, results } = compare(task, items, body);
  const learn: ParameterPatch[] = [{ at: task.facts.now, source: "read", observations: seen }];
  if (results.some((one) => one.outcome !== "done")) return { ...set(task, items, retyped), learn };
  return settle({ state: "done", items: results, note: "verified by reading after a lost answer" }, { learn });
}

function refused(
  task: Task<"write">,
  { items, retyped }: Progress & { phase: "setting" },
  fault: CwmpFault,
): Decision<Progress> {
  const named = fault.parameterFaults;
  const isTypeFault = fault.faultCode === 9006 || (named.length > 0 && named.every((one) => one.faultCode === 9006));
  if (isTypeFault && !retyped && items.some((item) => item.type === undefined)) {
    return { do: "send", rpc: valuesOf(items), progress: { phase: "readingTypes", items, fault }, repeatable: true };
  }
  if (named.length > 0)
    return settle({
      state: "failed",
      fault: operationFault(fault.faultCode, fault.faultString),
      items: itemFaults(items, fault),
    });
  if (items.length > 1 && NAMELESS.has(fault.faultCode)) {
    const reading = newReading(
      items.map((item) => item.path),
      task.facts.quirks,
    );
    return locate(task, { phase: "locating", reading, fault });
  }
  const only = items.length === 1 ? itemFaults(items, fault) : undefined;
  return settle(outcomeOfFault(fault.faultCode, fault.faultString, only));
}

/** Faults that are about a parameter, sent without naming it (specs §9). */
const NAMELESS: ReadonlySet<number> = new Set([9003, 9005, 9006, 9007, 9008]);

function itemFaults(items: readonly WriteItem[], fault: CwmpFault): ItemResult[] {
  const [only] = items;
  if (items.length === 1 && only && fault.parameterFaults.length === 0) {
    return [{ path: only.path, outcome: "failed", fault: operationFault(fault.faultCode, fault.faultString) }];
  }
  return fault.parameterFaults.map(({ parameterName, faultCode, faultString }) => ({
    path: parameterName,
    outcome: "failed",
    fault: operationFault(faultCode, faultString),
  }));
}

function retype(
  task: Task<"write">,
  { items, fault }: Progress & { phase: "readingTypes" },
  body: RpcResponse<"GetParameterValues">,
): Decision<Progress> {
  const types = new Map(body.ParameterList.map((one) => [one.Name, one.Value.type]));
  let changed = false;
  const retyped = items.map((item) => {
    const type = item.type ?? types.get(item.path);
    if (type === undefined || type === typeOf(item, task.facts.known)) return item;
    changed = true;
    return { ...item, type };
  });
  const learn: ParameterPatch[] = [
    { at: task.facts.now, source: "read", observations: body.ParameterList.map(observe) },
  ];
  return changed ? { ...set(task, retyped, true), learn } : settle(outcomeOf(fault), { learn });
}

function locate(task: Task<"write">, progress: Progress & { phase: "locating" }): Decision<Progress> {
  const rpc = nextMessage(progress.reading);
  if (rpc?.name === "GetParameterValues") return { do: "send", rpc, progress, repeatable: true };
  const { fault, reading } = progress;
  const items = reading.refused.map(
    ({ path, code, text }): ItemResult => ({
      path,
      outcome: "failed",
      fault: operationFault(code, text),
    }),
  );
  const { known } = task.facts;
  for (const { path } of task.request.values) {
    if (known.get(path)?.writable === false)
      items.push({ path, outcome: "failed", fault: operationFault(9008, "known as not writable") });
  }
  return settle({ state: "failed", fault: operationFault(fault.faultCode, fault.faultString), items });
}
