import type { OperationKind } from "../../../fleet/operations/model.ts";
import type { RequestHandler } from "./handler.ts";

const REMEMBERED = 8;
const TRANSFERS: readonly OperationKind[] = ["download", "upload"];

/**
 * TransferComplete (TR-069 A.3.3.2): its operation is settled and the event recorded before the answer. A CPE that did
 * not get the answer repeats it: known by CommandKey and StartTime, it is only answered. Failures of two attempts may look
 * the same (the unknown time as StartTime): while an attempt is with the device, a report is about that one. Always
 * answered, also for a key that nobody knows, or it would come back with each session.
 */
export const transferComplete: RequestHandler<"TransferComplete"> = async (context, body) => {
  const { live, completions, endpointState } = context;
  const { CommandKey, FaultStruct, StartTime, CompleteTime } = body;
  const mark = `${CommandKey}|${StartTime}`.slice(0, 100);
  const remembered = Array.isArray(live.endpointState.transfers) ? (live.endpointState.transfers as string[]) : [];
  if (CommandKey !== "" && remembered.includes(mark) && !(await completions.isAwaited(live, CommandKey, TRANSFERS)))
    return {};
  const operationId = await completions.completed(live, CommandKey, TRANSFERS, {
    kind: "transferCompleted",
    faultCode: FaultStruct.FaultCode,
    faultString: FaultStruct.FaultString,
    startTime: StartTime,
    completeTime: CompleteTime,
  });
  await context.record({
    type: "transfer.completed",
    severity: FaultStruct.FaultCode === 0 ? "info" : "warning",
    ...(operationId === undefined ? {} : { operationId }),
    data: {
      commandKey: CommandKey,
      faultCode: FaultStruct.FaultCode,
      faultString: FaultStruct.FaultString.slice(0, 256),
      startTime: StartTime.slice(0, 64),
      completeTime: CompleteTime.slice(0, 64),
    },
  });
  if (CommandKey !== "") {
    await endpointState.remember(live, { transfers: [...remembered, mark].slice(-REMEMBERED) });
  }
  return {};
};
