import type { RequestMessage } from "../rpc/index.ts";
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

/**
 * Download, or ScheduleDownload when windows are given (TR-069 A.3.2.8, A.4.1.8). Ends with Status 0, or with a
 * TransferComplete in this session or a later one; firmware with an expected version only when that version shows.
 */
export const download = defineProcedure<"download", TransferProgress>({
  kind: "download",
  begin: send,

  onResponse(task, progress, response) {
    switch (response.name) {
      case "Download": {
        const { Status, StartTime, CompleteTime } = response.body;
        if (Status !== 0) return takenByDevice(task, progress.sentAt);
        return completed(task, progress.sentAt, { startTime: StartTime, completeTime: CompleteTime });
      }
      case "ScheduleDownload":
        return takenByDevice(task, progress.sentAt);
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

/** What the standard lets a URL argument be long. */
const MAX_URL = 256;

function send(task: Task<"download">): Decision<TransferProgress> {
  const location = locationOf(task);
  if (!location) return failed("request.invalid", "neither a stored file nor a URL was given");
  if (location.url.length > MAX_URL) return failed("request.invalid", "the URL is longer than 256 characters");
  return asking(messageOf(task, location), task.facts.now);
}

function messageOf(
  { operation, request, facts }: Task<"download">,
  { url, username, password }: { url: string; username: string; password: string },
): RequestMessage {
  const shared = {
    CommandKey: operation.correlator,
    FileType: request.fileType,
    URL: url,
    Username: username,
    Password: password,
    FileSize: request.fileSize ?? facts.file?.size ?? 0,
    TargetFileName: request.targetFileName ?? "",
  };
  if (!request.windows || request.windows.length === 0) {
    const body = { ...shared, DelaySeconds: request.delaySeconds ?? 0, SuccessURL: "", FailureURL: "" };
    return { kind: "request", name: "Download", body };
  }
  const TimeWindowList = request.windows.slice(0, 2).map((window) => ({
    WindowStart: window.startSeconds,
    WindowEnd: window.endSeconds,
    WindowMode: window.mode,
    UserMessage: window.userMessage ?? "",
    MaxRetries: window.maxRetries ?? -1,
  }));
  return { kind: "request", name: "ScheduleDownload", body: { ...shared, TimeWindowList } };
}
