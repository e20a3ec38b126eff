import { openStates } from "../../fleet/operations/model.ts";
import { outcomeOf } from "./fault-advice.ts";
import { type Decision, defineProcedure, failed, settle, type Task, unexpected } from "./procedure.ts";

/** CancelTransfer (TR-069 A.4.1.9). Cancels what carries the CommandKey, and does not mind when there is nothing: a drop repeats it. */
export const cancelTransfer = defineProcedure<"cancelTransfer", null>({
  kind: "cancelTransfer",
  begin: send,

  onResponse: (task, _progress, response) =>
    response.name === "CancelTransfer"
      ? settle({ state: "done", result: { operationId: task.request.operationId, cancelled: true } })
      : unexpected(response),

  onFault: (_task, _progress, fault) => settle(outcomeOf(fault)),
  onResume: send,
});

function send({ facts }: Task<"cancelTransfer">): Decision<null> {
  const { target } = facts;
  if (!target) return failed("request.invalid", "there is no such transfer");
  if (!openStates.includes(target.state)) return settle({ state: "done", note: "the transfer was over already" });
  if (target.state === "queued") return failed("request.invalid", "the device does not have it yet: cancel it itself");
  const body = { CommandKey: target.correlator };
  return { do: "send", rpc: { kind: "request", name: "CancelTransfer", body }, progress: null };
}
