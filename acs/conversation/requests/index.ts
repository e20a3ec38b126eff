import { methodsServedBy, type RpcName, rpcs } from "../../rpc/index.ts";
import { boundedData, type RequestHandler } from "./handler.ts";
import { kicked } from "./kicked.ts";
import { transferComplete } from "./transfer-complete.ts";

/** Every request that a CPE may send within a session. A new one is a line here. */
export const requestHandlers = {
  TransferComplete: transferComplete,
  Kicked: kicked,

  GetRPCMethods: () => ({ MethodList: [...methodsServedBy("acs")] }),

  AutonomousTransferComplete: async (context, body) => {
    const severity = body.FaultStruct.FaultCode === 0 ? "info" : "warning";
    await context.record({ type: "transfer.autonomous", severity, data: boundedData(body) });
    return {};
  },

  /** What follows from it is a policy's to decide, in this session or later: the event is what it acts on. */
  RequestDownload: async (context, body) => {
    await context.record({ type: "transfer.requested", data: boundedData(body) });
    return {};
  },

  DUStateChangeComplete: async (context, body) => {
    const key = body.CommandKey ?? "";
    const report = { kind: "softwareChanged", results: body.Results } as const;
    const operationId = await context.completions.completed(context.live, key, ["software"], report);
    await context.record({
      type: "software.changed",
      ...(operationId === undefined ? {} : { operationId }),
      data: boundedData(body),
    });
    return {};
  },

  AutonomousDUStateChangeComplete: async (context, body) => {
    await context.record({ type: "software.changedAutonomously", data: boundedData(body) });
    return {};
  },
} satisfies { [N in RpcName]?: RequestHandler<N> };

export type ServedRequest = keyof typeof requestHandlers;

export const isServedRequest = (name: RpcName): name is ServedRequest =>
  rpcs[name].from !== "acs" && Object.hasOwn(requestHandlers, name);
