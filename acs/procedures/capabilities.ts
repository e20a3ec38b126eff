import { outcomeOf } from "./fault-advice.ts";
import { type Decision, defineProcedure, settle, unexpected } from "./procedure.ts";

/** GetRPCMethods (TR-069 A.3.1.1). What cheap devices answer is a hint, no more. */
export const capabilities = defineProcedure<"capabilities", null>({
  kind: "capabilities",
  begin: ask,

  onResponse(_task, _progress, response) {
    if (response.name !== "GetRPCMethods") return unexpected(response);
    const methods = response.body.MethodList;
    return settle({ state: "done", result: { methods } }, { remember: { methods } });
  },

  onFault: (_task, _progress, fault) => settle(outcomeOf(fault)),
  onResume: ask,
});

function ask(): Decision<null> {
  return { do: "send", rpc: { kind: "request", name: "GetRPCMethods", body: {} }, progress: null, repeatable: true };
}
