import type { ItemResult, SoftwareItem } from "../../fleet/operations/model.ts";
import { type Duration, hours, type Instant } from "../../kernel/time.ts";
import { faultEntry } from "../rpc/faults.ts";
import type { RpcRequest } from "../rpc/index.ts";
import { operationFault, outcomeOf } from "./fault-advice.ts";
import { type Decision, defineProcedure, failed, settle, type Task, unexpected } from "./procedure.ts";

interface Progress {
  sentAt: Instant;
  accepted: boolean;
}

type WireOperation = RpcRequest<"ChangeDUState">["Operations"][number];

/** Installing can take hours (specs §2.5). */
const COMPLETION: Duration = hours(24);

/** ChangeDUState, done with DUStateChangeComplete (TR-069 A.4.1.10, A.4.2.3). Never sent twice: a lost answer is waited for. */
export const software = defineProcedure<"software", Progress>({
  kind: "software",
  begin: send,

  onResponse(_task, progress, response) {
    if (response.name !== "ChangeDUState") return unexpected(response);
    const next: Progress = { ...progress, accepted: true };
    const completionDueAt = progress.sentAt + COMPLETION;
    return settle({ state: "accepted", progress: JSON.stringify(next), completionDueAt });
  },

  /** A fault means that nothing was tried. */
  onFault: (_task, _progress, fault) => settle(outcomeOf(fault)),

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
    const items = report.results.map((result, index) => itemOf(task.request.operations[index], result));
    const bad = items.find((item) => item.outcome === "failed");
    const result = { results: report.results };
    if (bad?.fault) return settle({ state: "failed", fault: bad.fault, items });
    return settle({ state: "done", items, result });
  },
});

function send({ operation, request, facts }: Task<"software">): Decision<Progress> {
  const body = { Operations: request.operations.map(toWire), CommandKey: operation.correlator };
  const rpc = { kind: "request", name: "ChangeDUState", body } as const;
  return { do: "send", rpc, progress: { sentAt: facts.now, accepted: false } };
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
