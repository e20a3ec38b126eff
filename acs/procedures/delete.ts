import type { ParameterPatch } from "../../fleet/parameters/model.ts";
import { outcomeOf, refusedByStatus } from "./fault-advice.ts";
import { type Decision, defineProcedure, settle, type Task, unexpected } from "./procedure.ts";

type Progress = { phase: "deleting" /** It may have gone already. */; again: boolean } | { phase: "looking" };

const GONE_BEFORE = "verified by listing after a lost answer";

/** DeleteObject (TR-069 A.3.2.7). After a lost answer: gone is done, still there is deleted again. */
export const deleteObject = defineProcedure<"delete", Progress>({
  kind: "delete",

  begin: (task) => remove(task, false),

  onResponse(task, progress, response) {
    if (response.name === "GetParameterNames") return remove(task, true);
    if (response.name !== "DeleteObject" || progress.phase !== "deleting") return unexpected(response);
    const { Status } = response.body;
    const refusal = refusedByStatus(Status);
    if (refusal) {
      return Status === 9005 && progress.again ? gone(task, GONE_BEFORE) : settle(refusal);
    }
    return gone(task, Status === 1 ? "the device applies it later (Status 1)" : undefined);
  },

  onFault(task, progress, fault) {
    const isGone = fault.faultCode === 9005 && (progress.phase === "looking" || progress.again);
    return isGone ? gone(task, GONE_BEFORE) : settle(outcomeOf(fault));
  },

  onResume: (task) => ({
    do: "send",
    rpc: { kind: "request", name: "GetParameterNames", body: { ParameterPath: task.request.path, NextLevel: true } },
    progress: { phase: "looking" },
    repeatable: true,
  }),
});

function remove({ operation, request }: Task<"delete">, again: boolean): Decision<Progress> {
  const body = { ObjectName: request.path, ParameterKey: operation.correlator };
  return {
    do: "send",
    rpc: { kind: "request", name: "DeleteObject", body },
    progress: { phase: "deleting", again },
  };
}

function gone({ request, facts }: Task<"delete">, note: string | undefined): Decision<Progress> {
  const patch: ParameterPatch = { at: facts.now, source: "written", observations: [], removed: [request.path] };
  return settle({ state: "done", ...(note === undefined ? {} : { note }) }, { learn: [patch] });
}
