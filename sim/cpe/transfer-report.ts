import type { Report } from "./outbox.ts";
import type { FinishedTransfer, PendingTransfer } from "./state.ts";

const events = { download: "M Download", upload: "M Upload", scheduledDownload: "M ScheduleDownload" } as const;

/** The TransferComplete of a transfer, with its events (TR-069 A.3.3.2). */
export const transferReport = (
  { commandKey, kind }: PendingTransfer,
  { faultCode, faultString, startTime, completeTime }: FinishedTransfer,
  delivered: () => void,
): Report => ({
  message: {
    kind: "request",
    name: "TransferComplete",
    body: {
      CommandKey: commandKey,
      FaultStruct: { FaultCode: faultCode, FaultString: faultString },
      StartTime: startTime,
      CompleteTime: completeTime,
    },
  },
  commandKey,
  events: [
    { code: "7 TRANSFER COMPLETE", commandKey: "" },
    { code: events[kind], commandKey },
  ],
  delivered,
});
