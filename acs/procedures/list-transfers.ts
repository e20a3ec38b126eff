import { outcomeOf, rememberUnsupported } from "./fault-advice.ts";
import { type Decision, defineProcedure, failed, settle, type Task, unexpected } from "./procedure.ts";
import { askQueue, type QueueMethod, queueMethod, queueOf } from "./queued-transfers.ts";

interface Progress {
  method: QueueMethod;
}

/** GetAllQueuedTransfers, else GetQueuedTransfers (TR-069 A.4.1.7, A.4.1.1). */
export const listTransfers = defineProcedure<"listTransfers", Progress>({
  kind: "listTransfers",
  begin: (task) => ask(task),

  onResponse(_task, _progress, response) {
    const transfers = queueOf(response);
    return transfers ? settle({ state: "done", result: { transfers } }) : unexpected(response);
  },

  onFault(task, { method }, fault) {
    if (fault.faultCode !== 9000) return settle(outcomeOf(fault));
    return { ...ask(task, method), remember: rememberUnsupported(task.facts.endpointState, method) };
  },

  onResume: (task) => ask(task),
});

function ask({ facts }: Task<"listTransfers">, after?: QueueMethod): Decision<Progress> {
  const method = queueMethod(facts, after);
  if (method === undefined) return failed("device.methodNotSupported", "the device does not list its transfers");
  return { do: "send", rpc: askQueue(method), progress: { method }, repeatable: true };
}
