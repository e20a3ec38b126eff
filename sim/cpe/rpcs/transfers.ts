import { UNKNOWN_TIME } from "../../../acs/rpc/fields.ts";
import { seconds } from "../../../kernel/time.ts";
import type { PendingTransfer, TransferWindow } from "../state.ts";
import { type CpeContext, type Handler, type Refusal, refuse } from "./context.ts";

const MAX_TRANSFERS = 10;
/** Of a window that leaves the number to the CPE (MaxRetries -1). */
const OWN_RETRIES = 3;

/** The transfer as it is kept; a refusal when the CPE cannot take it. */
function admitted(cpe: CpeContext, method: string, transfer: PendingTransfer): Refusal | undefined {
  if (cpe.transfers.pending.length >= MAX_TRANSFERS) return refuse(9004);
  if (!/^https?:\/\//.test(transfer.url)) return refuse(9013);
  cpe.executed(method, transfer.commandKey, transfer.url);
  return undefined;
}

const openEnded = (cpe: CpeContext, delaySeconds: number): TransferWindow[] => [
  { opensAt: cpe.clock.now() + seconds(delaySeconds), closesAt: Number.POSITIVE_INFINITY, retries: 0 },
];

/** Status 1: a TransferComplete tells the end (TR-069 A.3.2.8). With `download-at-once` Status 0: it is done. */
async function answer(cpe: CpeContext, transfer: PendingTransfer) {
  if (!cpe.has("download-at-once")) {
    cpe.transfers.accept(transfer);
    return { Status: 1, StartTime: UNKNOWN_TIME, CompleteTime: UNKNOWN_TIME };
  }
  const { faultCode, startTime, completeTime } = await cpe.transfers.runNow(transfer);
  return faultCode === 0 ? { Status: 0, StartTime: startTime, CompleteTime: completeTime } : refuse(faultCode);
}

export const download: Handler<"Download"> = (cpe, request) => {
  const transfer: PendingTransfer = {
    commandKey: request.CommandKey,
    kind: "download",
    fileType: request.FileType,
    url: request.URL,
    username: request.Username,
    password: request.Password,
    fileSize: request.FileSize,
    targetFileName: request.TargetFileName,
    windows: openEnded(cpe, request.DelaySeconds),
    state: 1,
  };
  return admitted(cpe, "Download", transfer) ?? answer(cpe, transfer);
};

export const upload: Handler<"Upload"> = (cpe, request) => {
  const transfer: PendingTransfer = {
    commandKey: request.CommandKey,
    kind: "upload",
    fileType: request.FileType,
    url: request.URL,
    username: request.Username,
    password: request.Password,
    fileSize: 0,
    targetFileName: "",
    windows: openEnded(cpe, request.DelaySeconds),
    state: 1,
  };
  return admitted(cpe, "Upload", transfer) ?? answer(cpe, transfer);
};

/** One or two windows, the second after the first (TR-069 A.4.1.8). */
export const scheduleDownload: Handler<"ScheduleDownload"> = (cpe, request) => {
  const now = cpe.clock.now();
  const windows = request.TimeWindowList.map(({ WindowStart, WindowEnd, MaxRetries }) => ({
    opensAt: now + seconds(WindowStart),
    closesAt: now + seconds(WindowEnd),
    retries: MaxRetries < 0 ? OWN_RETRIES : MaxRetries,
  }));
  const [first, second] = windows;
  if (first === undefined || windows.some(({ opensAt, closesAt }) => closesAt <= opensAt)) return refuse(9003);
  if (second !== undefined && second.opensAt < first.closesAt) return refuse(9003);
  const transfer: PendingTransfer = {
    commandKey: request.CommandKey,
    kind: "scheduledDownload",
    fileType: request.FileType,
    url: request.URL,
    username: request.Username,
    password: request.Password,
    fileSize: request.FileSize,
    targetFileName: request.TargetFileName,
    windows,
    state: 1,
  };
  const refusal = admitted(cpe, "ScheduleDownload", transfer);
  if (refusal !== undefined) return refusal;
  cpe.transfers.accept(transfer);
  return {};
};

/** An unknown key is no error (TR-069 A.4.1.9). */
export const cancelTransfer: Handler<"CancelTransfer"> = (cpe, { CommandKey }) =>
  cpe.transfers.cancel(CommandKey) ? {} : refuse(9021);

export const getQueuedTransfers: Handler<"GetQueuedTransfers"> = (cpe) => ({
  TransferList: cpe.transfers.pending.map(({ commandKey, state }) => ({ CommandKey: commandKey, State: state })),
});

export const getAllQueuedTransfers: Handler<"GetAllQueuedTransfers"> = (cpe) => ({
  TransferList: cpe.transfers.pending.map(({ commandKey, state, kind, fileType, fileSize, targetFileName }) => ({
    CommandKey: commandKey,
    State: state,
    IsDownload: kind !== "upload",
    FileType: fileType,
    FileSize: fileSize,
    TargetFileName: targetFileName,
  })),
});
