import { type Decision, defineProcedure, failed, type Task, unexpected } from "./procedure.ts";
import {
  asking,
  completed,
  locationOf,
  queueRefused,
  queueSeen,
  refusedByDevice,
  reported,
  resumed,
  type TransferProgress,
  takenByDevice,
} from "./transfer.ts";

/** Upload (TR-069 A.4.1.5): like Download, the other way. */
export const upload = defineProcedure<"upload", TransferProgress>({
  kind: "upload",
  begin: send,

  onResponse(task, progress, response) {
    switch (response.name) {
      case "Upload": {
        const { Status, StartTime, CompleteTime } = response.body;
        if (Status !== 0) return takenByDevice(task, progress.sentAt);
        return completed(task, progress.sentAt, { startTime: StartTime, completeTime: CompleteTime });
      }
      case "GetAllQueuedTransfers":
      case "GetQueuedTransfers":
        return queueSeen(task, progress, response, () => send(task));
      default:
        return unexpected(response);
    }
  },

  onFault: (task, progress, fault) =>
    progress.phase === "looking" ? queueRefused(task, progress, fault, () => send(task)) : refusedByDevice(fault),

  onResume: (task, progress) => resumed(task, progress, () => send(task)),
  onReport: reported,
});

function send(task: Task<"upload">): Decision<TransferProgress> {
  const { operation, request, facts } = task;
  const location = locationOf(task);
  if (!location) return failed("request.invalid", "there is no URL to upload to");
  const body = {
    CommandKey: operation.correlator,
    FileType: request.fileType,
    URL: location.url,
    Username: location.username,
    Password: location.password,
    DelaySeconds: request.delaySeconds ?? 0,
  };
  return asking({ kind: "request", name: "Upload", body }, facts.now);
}
