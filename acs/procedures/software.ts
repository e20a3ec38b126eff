import type { ItemResult, SoftwareItem } from "../../fleet/operations/model.ts";
import { type Duration, hours, type Instant } from "../../kernel/time.ts";
import { faultEntry } from "../rpc/faults.ts";
import type { RpcRequest } from "../rpc/index.ts";
import { type Dialect, defaultDialect } from "../soap/dialect.ts";
import { operationFault, outcomeOf } from "./fault-advice.ts";
import { type Decision, defineProcedure, failed, settle, type Task, unexpected } from "./procedure.ts";

type Form = Dialect["changeDuState"];

interface Progress {
  sentAt: Instant;
  accepted: boolean;
  /** Sent in this form, after the device had refused the other. */
  secondForm?: Form;
}

type WireOperation = RpcRequest<"ChangeDUState">["Operations"][number];

/** Installing can take hours (specs §2.5). */
const COMPLETION: Duration = hours(24);

/**
 * ChangeDUState, done with DUStateChangeComplete (TR-069 A.4.1.10, A.4.2.3). A lost answer is waited for, and it is not sent
 * again. Its operations come in one of two forms, and who knows only the other answers 9003 (specs §10).
 */
export const software = defineProcedure<"software", Progress>({
  kind: "software",
  begin: (task) => send(task),

  onResponse(_task, progress, response) {
    if (response.name !== "ChangeDUState") return unexpected(response);
    const { secondForm } = progress;
    const learnt = secondForm === undefined ? {} : { remember: { changeDuState: secondForm } };
    const next: Progress = { ...progress, accepted: true };
    const completionDueAt = progress.sentAt + COMPLETION;
    return settle({ state: "accepted", progress: JSON.stringify(next), completionDueAt }, learnt);
  },

  /** A fault means that nothing was tried. */
  onFault(task, progress, fault) {
    if (fault.faultCode !== 9003 || progress.secondForm !== undefined) return settle(outcomeOf(fault));
    return send(task, firstForm(task) === "array" ? "elements" : "array");
  },

  onResume({ facts }, progress) {
    if (facts.now < progress.sentAt + COMPLETION) {
      const note = "the answer was lost; DUStateChangeComplete may still come";
      const completionDueAt = progress.sentAt + COMPLETION;
      return settle({ state: "accepted", note, progress: JSON.stringify(progress), completionDueAt });
    }
    return failed("outcome.unknown", "no DUStateChangeComplete came");
  },

  onReport(task, _progress, report) {
    if (report.kind !== "softwareChanged") return undefined;
    if (report.results.length === 0 && !task.request.operations.every(mayConcernNone))
      return failed("device.invalidResponse", "the device reported the end without any result");
    const items = report.results.map((result, index) => itemOf(task.request.operations[index], result));
    const bad = items.find((item) => item.outcome === "failed");
    const result = { results: report.results };
    if (bad?.fault) return settle({ state: "failed", fault: bad.fault, items });
    return settle({ state: "done", items, result });
  },
});

/** An update of all modules (TR-069 A.4.1.10), of which there may be none. */
const mayConcernNone = (item: SoftwareItem): boolean =>
  item.action === "update" && item.uuid === undefined && item.url === undefined;

const firstForm = ({ facts: { endpointState, quirks } }: Task): Form =>
  endpointState.changeDuState === "array" || endpointState.changeDuState === "elements"
    ? endpointState.changeDuState
    : (quirks.dialect.changeDuState ?? defaultDialect.changeDuState);

function send(task: Task<"software">, secondForm?: Form): Decision<Progress> {
  const { operation, request, facts } = task;
  const body = { Operations: request.operations.map(toWire), CommandKey: operation.correlator };
  const rpc = { kind: "request", name: "ChangeDUState", body } as const;
  const progress = { sentAt: facts.now, accepted: false, ...(secondForm === undefined ? {} : { secondForm }) };
  return { do: "send", rpc, progress, dialect: { changeDuState: secondForm ?? firstForm(task) } };
}

/** Absent fields stay out: an empty UUID is not a UUID. */
function toWire(item: SoftwareItem): WireOperation {
  switch (item.action) {
    case "install": {
      const {
        url: URL,
        uuid: UUID,
        username: Username,
        password: Password,
        executionEnvironment: ExecutionEnvRef,
      } = item;
      return { InstallOpStruct: { URL, ...given({ UUID, Username, Password, ExecutionEnvRef }) } };
    }
    case "update": {
      const { uuid: UUID, version: Version, url: URL, username: Username, password: Password } = item;
      return { UpdateOpStruct: given({ UUID, Version, URL, Username, Password }) };
    }
    case "uninstall": {
      const { uuid: UUID, version: Version, executionEnvironment: ExecutionEnvRef } = item;
      return { UninstallOpStruct: { UUID, ...given({ Version, ExecutionEnvRef }) } };
    }
  }
}

const given = <T extends Record<string, string | undefined>>(fields: T): { [K in keyof T]?: string } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: string };

type Result = RpcRequest<"DUStateChangeComplete">["Results"][number];

/** Results come in the order of the request (specs §2.5); a module that was there, or gone, already is as wanted. */
function itemOf(asked: SoftwareItem | undefined, { UUID, Version, DeploymentUnitRef, Fault }: Result): ItemResult {
  const path = DeploymentUnitRef || `${UUID}${Version === "" ? "" : `@${Version}`}`;
  const isSatisfied =
    faultEntry(Fault.FaultCode).advice === "satisfied" || (asked?.action === "uninstall" && Fault.FaultCode === 9028);
  if (Fault.FaultCode === 0 || isSatisfied) return { path, outcome: "done" };
  return { path, outcome: "failed", fault: operationFault(Fault.FaultCode, Fault.FaultString ?? "") };
}
