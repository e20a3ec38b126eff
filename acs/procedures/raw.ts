import { checkArguments } from "../rpc/check.ts";
import { isRpcName, type RequestMessage, rpcs } from "../rpc/index.ts";
import { itemsNamedIn, operationFault } from "./fault-advice.ts";
import { type Decision, defineProcedure, failed, settle, type Task } from "./procedure.ts";

/** Any RPC that an ACS may send, by name, with all its arguments in the standard's spelling. */
export const raw = defineProcedure<"raw", null>({
  kind: "raw",
  begin: send,
  onResponse: (_task, _progress, response) =>
    settle({ state: "done", result: { method: response.name, response: response.body } }),
  onFault: (_task, _progress, fault) =>
    settle({
      state: "failed",
      fault: operationFault(fault.faultCode, fault.faultString),
      items: itemsNamedIn(fault),
    }),

  /** What only reads may run again; of anything else nobody knows what it does twice. */
  onResume: (task) =>
    task.request.method.startsWith("Get")
      ? send(task)
      : failed("outcome.unknown", `the answer to ${task.request.method} was lost`),
});

function send({ request }: Task<"raw">): Decision<null> {
  const { method } = request;
  if (!isRpcName(method) || rpcs[method].from === "cpe") {
    return failed("request.invalid", `${method} is no request that an ACS can send`);
  }
  const [finding] = checkArguments(rpcs[method].request, request.arguments);
  if (finding) return failed("request.invalid", `${method}: ${finding.path}: ${finding.rule}`);
  const rpc = { kind: "request", name: method, body: request.arguments } as RequestMessage;
  return { do: "send", rpc, progress: null, repeatable: method.startsWith("Get") };
}
