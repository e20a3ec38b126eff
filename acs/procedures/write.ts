import type { ItemResult, WriteItem } from "../../fleet/operations/model.ts";
import type { ParameterObservation, ParameterPatch } from "../../fleet/parameters/model.ts";
import { merged } from "../../kernel/merged.ts";
import type { ParameterType } from "../../kernel/value.ts";
import type { CwmpFault, RpcResponse } from "../rpc/index.ts";
import { faultInStatus, itemsNamedIn, operationFault, outcomeOf, outcomeOfFault } from "./fault-advice.ts";
import { type Decision, defineProcedure, failed, settle, type Task, unexpected } from "./procedure.ts";
import { newReading, nextMessage, observe, type Reading, takeRefusal, takeValues } from "./reading.ts";
import {
  cannotTellWhether,
  commandAmong,
  envelopeSize,
  hasValue,
  isOpaque,
  lexical,
  MAX_ENVELOPE,
  type TypedItem,
  toWire,
  typeOf,
  untyped,
  withTyping,
} from "./values.ts";

/** `types`: those just read from the device, in the order of the values. No value is part of a progress: it may be a secret. */
type Progress = { types?: readonly ParameterType[] } /** SetParameterValues is with the device. */ & (
  | { phase: "setting" }
  /** It may be with the device: what does the device have now? */
  | { phase: "verifying" }
  | { phase: "readingBack"; status: number }
  /** Taken by the device, which falls silent when it is asked for them. */
  | { phase: "unread"; status: number }
  /** The types were wrong (9006): what are they? */
  | { phase: "readingTypes"; fault: CwmpFault }
  /** Refused without saying which: which of them cannot even be read? Nothing is written any more. */
  | { phase: "locating"; reading: Reading; fault: CwmpFault }
);
type Types = Pick<Progress, "types">;

/**
 * SetParameterValues, one message, all or none (TR-069 A.3.2.1), then read back unless the request forgoes it. A write
 * that does not fit in one envelope of 32 KB is refused: split, it would not be atomic.
 *
 * A fault that does not name the parameter is narrowed down by reading them, never by writing them one at a time.
 */
export const write = defineProcedure<"write", Progress>({
  kind: "write",
  needs: (request, typing) => untyped(request.values, typing).map((item) => item.path),

  begin: (task) => set(task, {}),

  onResponse(task, progress, response) {
    if (response.name === "SetParameterValues" && progress.phase === "setting") {
      const { Status } = response.body;
      const refusal = faultInStatus(Status);
      return refusal ? refused(task, progress, refusal) : applied(task, progress, Status);
    }
    if (response.name !== "GetParameterValues") return unexpected(response);
    switch (progress.phase) {
      case "verifying":
        return verified(task, progress, response.body);
      case "readingBack":
        return readBack(task, progress, response.body);
      case "readingTypes":
        return retype(task, progress.fault, response.body);
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
      case "verifying":
        return setAgain(task, progress);
      case "readingBack":
      case "unread":
        return accepted(task, progress, progress.status);
      case "readingTypes":
        return settle(outcomeOf(progress.fault));
      case "locating":
        return takeRefusal(progress.reading, fault) ? locate(task, progress) : settle(outcomeOf(progress.fault));
    }
  },

  onResume(task, progress) {
    const { phase, types } = progress;
    if (phase === "readingBack") return applied(task, progress, progress.status);
    if (phase === "unread") return accepted(task, progress, progress.status);
    if (phase !== "setting" && phase !== "verifying") return set(task, {});
    return {
      do: "send",
      rpc: valuesOf(task),
      progress: { phase: "verifying", ...typesOf({ types }) },
      repeatable: true,
    };
  },

  onSilence: (progress) => (progress.phase === "readingBack" ? { ...progress, phase: "unread" } : progress),
});

const typesOf = ({ types }: { types?: Types["types"] | undefined }): Types => (types === undefined ? {} : { types });

/** The values with what is known of them, and with the types just read. */
const itemsOf = ({ request, operation }: Task<"write">, { types }: Types): TypedItem[] =>
  withTyping(request.values, operation).map((item, index) => {
    const type = types?.[index];
    return type === undefined ? item : merged(item, { type });
  });

const valuesOf = ({ request }: Task<"write">) => ({
  kind: "request" as const,
  name: "GetParameterValues" as const,
  body: { ParameterNames: request.values.map((item) => item.path) },
});

function set(task: Task<"write">, { types }: Types): Decision<Progress> {
  const items = itemsOf(task, typesOf({ types }));
  if (items.length === 0) return settle({ state: "done", note: "nothing to write" });
  const values = toWire(items, task.facts.known);
  if (envelopeSize(values) > MAX_ENVELOPE) {
    return failed("request.tooLarge", "the values do not fit in one message; split, the write would not be atomic");
  }
  const body = { ParameterList: values, ParameterKey: task.operation.correlator };
  const rpc = { kind: "request", name: "SetParameterValues", body } as const;
  return { do: "send", rpc, progress: { phase: "setting", ...typesOf({ types }) } };
}

/** Setting the same values twice does no harm, but for a command, which every write of it carries out. */
function setAgain(task: Task<"write">, types: Types): Decision<Progress> {
  const command = commandAmong(itemsOf(task, types));
  return command === undefined ? set(task, types) : cannotTellWhether(command);
}

function applied(task: Task<"write">, types: Types, status: number): Decision<Progress> {
  if (!task.facts.quirks.readBack || task.request.readBack === false) return accepted(task, types, status);
  const progress = { phase: "readingBack", status, ...typesOf(types) } as const;
  return { do: "send", rpc: valuesOf(task), progress, repeatable: true };
}

const STATUS_1 = "the device applies the values later, e.g. after a reboot (Status 1)";
const noteOf = (status: number) => (status === 1 ? { note: STATUS_1 } : {});

/** Accepted, but not seen. A secret is not kept, only that it was written. */
function accepted(task: Task<"write">, types: Types, status: number): Decision<Progress> {
  const items = itemsOf(task, types);
  const observations = items.map((item): ParameterObservation => {
    const type = typeOf(item, task.facts.known);
    return { path: item.path, type, ...(isOpaque(item) ? {} : { value: lexical(type, item) }) };
  });
  const patch: ParameterPatch = { at: task.facts.now, source: "written", observations, unconfirmed: true };
  const results = items.map(({ path }): ItemResult => ({ path, outcome: "unconfirmed" }));
  return settle({ state: "done", items: results, result: { status }, ...noteOf(status) }, { learn: [patch] });
}

/** What the device took and never shows is as done as it can be. */
function readBack(
  task: Task<"write">,
  progress: Progress & { phase: "readingBack" },
  body: RpcResponse<"GetParameterValues">,
): Decision<Progress> {
  const { status } = progress;
  const items = compare(task, progress, body).map(
    ({ path, held }): ItemResult => ({ path, outcome: held === false ? "unconfirmed" : "done" }),
  );
  return settle({ state: "done", items, result: { status }, ...noteOf(status) }, { learn: [seenIn(task, body)] });
}

const seenIn = ({ facts }: Task<"write">, body: RpcResponse<"GetParameterValues">): ParameterPatch => ({
  at: facts.now,
  source: "read",
  observations: body.ParameterList.map(observe),
});

function compare(task: Task<"write">, types: Types, body: RpcResponse<"GetParameterValues">) {
  const now = new Map(body.ParameterList.map((one) => [one.Name, one.Value]));
  return itemsOf(task, types).map((item) => ({
    path: item.path,
    held: hasValue(item, now.get(item.path), typeOf(item, task.facts.known)),
  }));
}

/** After a drop: all as wanted means that the write arrived; anything else is written again, with the same values. */
function verified(
  task: Task<"write">,
  progress: Progress & { phase: "verifying" },
  body: RpcResponse<"GetParameterValues">,
): Decision<Progress> {
  const compared = compare(task, progress, body);
  const learn = [seenIn(task, body)];
  if (compared.some(({ held }) => held !== true)) return { ...setAgain(task, progress), learn };
  const items = compared.map(({ path }): ItemResult => ({ path, outcome: "done" }));
  return settle({ state: "done", items, note: "verified by reading after a lost answer" }, { learn });
}

function refused(
  task: Task<"write">,
  { types }: Progress & { phase: "setting" },
  fault: CwmpFault,
): Decision<Progress> {
  const items = task.request.values;
  const named = fault.parameterFaults;
  const isTypeFault = fault.faultCode === 9006 || (named.length > 0 && named.every((one) => one.faultCode === 9006));
  if (isTypeFault && types === undefined && items.some((item) => item.type === undefined)) {
    return { do: "send", rpc: valuesOf(task), progress: { phase: "readingTypes", fault }, repeatable: true };
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
  return itemsNamedIn(fault);
}

function retype(task: Task<"write">, fault: CwmpFault, body: RpcResponse<"GetParameterValues">): Decision<Progress> {
  const reported = new Map(body.ParameterList.map((one) => [one.Name, one.Value.type]));
  const items = itemsOf(task, {});
  const sent = items.map((item) => typeOf(item, task.facts.known));
  const types = items.map((item, index) => item.type ?? reported.get(item.path) ?? sent[index]!);
  const learn = [seenIn(task, body)];
  const changed = types.some((type, index) => type !== sent[index]);
  return changed ? { ...set(task, { types }), learn } : settle(outcomeOf(fault), { learn });
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
