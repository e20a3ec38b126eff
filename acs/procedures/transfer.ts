import { type Duration, hours, type Instant, minutes, seconds } from "../../kernel/time.ts";
import type { CwmpFault, RequestMessage, ResponseMessage } from "../rpc/index.ts";
import { outcomeOf, outcomeOfFault, rememberUnsupported } from "./fault-advice.ts";
import { type Decision, failed, type ReceivedFile, type Report, settle, type Task } from "./procedure.ts";
import { askQueue, type QueueMethod, queueMethod, queueOf } from "./queued-transfers.ts";

/** A transfer: `accepted` is whether the device is known to have taken it. */
export type TransferProgress =
  | { phase: "asking"; sentAt: Instant; accepted: false }
  | { phase: "transferring"; sentAt: Instant; accepted: true }
  /** An answer or a completion was lost: is it still in the device's queue? */
  | { phase: "looking"; sentAt: Instant; accepted: boolean; method: QueueMethod }
  /** The file arrived; the version that it brings has not been seen yet. */
  | { phase: "awaitingVersion"; sentAt: Instant; accepted: true; since: Instant };

type TransferTask = Task<"download"> | Task<"upload">;

/** Specs §2.5: one hour, after the delay or the last window. */
const COMPLETION: Duration = hours(1);
/** From the end of the transfer to the boot with the new version. */
const ACTIVATION: Duration = minutes(30);

const expectedVersion = ({ request }: TransferTask): string | undefined =>
  request.kind === "download" ? request.expectedVersion : undefined;

function dueAt({ request }: TransferTask, sentAt: Instant): Instant {
  const windows = request.kind === "download" ? (request.windows ?? []) : [];
  const wait = Math.max(request.delaySeconds ?? 0, ...windows.map((window) => window.endSeconds));
  return sentAt + seconds(wait) + COMPLETION;
}

/** A completion that comes after its time is still taken, as long as nobody has given up (specs §2.5). */
export function takenByDevice(task: TransferTask, sentAt: Instant, note?: string): Decision<TransferProgress> {
  const next: TransferProgress = { phase: "transferring", sentAt, accepted: true };
  const completionDueAt = Math.max(dueAt(task, sentAt), task.facts.now + COMPLETION);
  const outcome = { state: "accepted" as const, progress: JSON.stringify(next), completionDueAt };
  return settle(note === undefined ? outcome : { ...outcome, note });
}

/** For an upload to us: what has arrived; `undefined` for a transfer to or from somebody else's server. */
const arrivedOf = ({ request, facts }: TransferTask): readonly ReceivedFile[] | undefined =>
  request.kind === "upload" && request.url === undefined ? (facts.file?.received ?? []) : undefined;

/** The file is there and in use; firmware counts only when the version shows, an upload only when the file has arrived. */
export function completed(
  task: TransferTask,
  sentAt: Instant,
  times: { startTime: string; completeTime: string },
): Decision<TransferProgress> {
  // Many devices do not know; that is no time to show.
  const result = Object.fromEntries(Object.entries(times).filter(([, time]) => !time.startsWith("0001-01-01")));
  const files = arrivedOf(task);
  if (files?.length === 0) return failed("upload.missing", "the device reports success, but no file has arrived");
  if (files) return settle({ state: "done", result: { ...result, files } });
  const expected = expectedVersion(task);
  const { now, softwareVersion } = task.facts;
  if (expected === undefined || softwareVersion === expected) return settle({ state: "done", result });
  const next: TransferProgress = { phase: "awaitingVersion", sentAt, accepted: true, since: now };
  const note = `waits for software version ${expected}`;
  const completionDueAt = now + ACTIVATION;
  return settle({ state: "accepted", progress: JSON.stringify(next), completionDueAt, result, note });
}

export function reported(
  task: TransferTask,
  progress: TransferProgress | undefined,
  report: Report,
): Decision<TransferProgress> | undefined {
  if (report.kind === "transferCompleted") {
    const { faultCode, faultString, startTime, completeTime } = report;
    if (faultCode !== 0) return settle(outcomeOfFault(faultCode, faultString));
    return completed(task, progress?.sentAt ?? task.facts.now, { startTime, completeTime });
  }
  if (report.kind !== "contacted" || progress?.phase !== "awaitingVersion") return undefined;
  const expected = expectedVersion(task);
  const { softwareVersion } = report;
  if (softwareVersion === undefined) return undefined;
  if (softwareVersion === expected) return settle({ state: "done", result: { softwareVersion } });
  const booted = report.events.some((event) => event.code === "1 BOOT");
  return booted ? unexpectedVersion(softwareVersion, expected) : undefined;
}

const unexpectedVersion = (has: string | undefined, expected: string | undefined): Decision<never> =>
  failed("version.unexpected", `the device runs ${has ?? "an unknown version"}, expected was ${expected}`);

/** After a drop, or when a completion is overdue: the version proves it, the queue shows it, else it is waited for. */
export function resumed(
  task: TransferTask,
  progress: TransferProgress,
  again: () => Decision<TransferProgress>,
): Decision<TransferProgress> {
  const expected = expectedVersion(task);
  if (expected !== undefined && task.facts.softwareVersion === expected) {
    return settle({ state: "done", note: "the device runs the expected version" });
  }
  if (progress.phase === "awaitingVersion") return unexpectedVersion(task.facts.softwareVersion, expected);
  const files = arrivedOf(task) ?? [];
  if (files.length > 0) return settle({ state: "done", result: { files }, note: "the file has arrived" });
  return look(task, progress, again);
}

function look(
  task: TransferTask,
  { sentAt, accepted }: TransferProgress,
  again: () => Decision<TransferProgress>,
  after?: QueueMethod,
): Decision<TransferProgress> {
  const method = queueMethod(task.facts, after);
  if (method === undefined) return waitOrGiveUp(task, sentAt, accepted, again);
  return {
    do: "send",
    rpc: askQueue(method),
    progress: { phase: "looking", sentAt, accepted, method },
    repeatable: true,
  };
}

/** Answers to the questions that `resumed` asks. */
export function queueSeen(
  task: TransferTask,
  progress: TransferProgress,
  response: ResponseMessage,
  again: () => Decision<TransferProgress>,
): Decision<TransferProgress> {
  const queue = queueOf(response) ?? [];
  const listed = queue.some((one) => one.commandKey === task.operation.correlator);
  if (listed) return takenByDevice(task, progress.sentAt, "in the device's queue");
  // Never answered and not in the queue: it did not arrive, unless the model carries out a download within its answer.
  if (!progress.accepted && !task.facts.quirks.synchronousDownloads) return again();
  return waitOrGiveUp(task, progress.sentAt, progress.accepted, again);
}

export function queueRefused(
  task: TransferTask,
  progress: TransferProgress & { phase: "looking" },
  fault: CwmpFault,
  again: () => Decision<TransferProgress>,
): Decision<TransferProgress> {
  const next = look(task, progress, again, progress.method);
  if (fault.faultCode !== 9000) return next;
  return { ...next, remember: rememberUnsupported(task.facts.endpointState, progress.method) };
}

function waitOrGiveUp(
  task: TransferTask,
  sentAt: Instant,
  accepted: boolean,
  again: () => Decision<TransferProgress>,
): Decision<TransferProgress> {
  const { facts } = task;
  if (facts.now < dueAt(task, sentAt)) {
    const next = accepted ? { phase: "transferring", sentAt, accepted } : { phase: "asking", sentAt, accepted };
    return settle({
      state: "accepted",
      progress: JSON.stringify(next),
      completionDueAt: dueAt(task, sentAt),
      note: "not in sight; TransferComplete may still come",
    });
  }
  if (facts.quirks.downloadDoneOnTimeout)
    return settle({ state: "done", note: "no TransferComplete; this model sends none" });
  const expected = expectedVersion(task);
  // An old version after all this time proves that the file was not applied.
  if (expected !== undefined) return accepted ? unexpectedVersion(facts.softwareVersion, expected) : again();
  return failed(
    "outcome.unknown",
    "no TransferComplete came, and the device does not tell what became of the transfer",
  );
}

/** `undefined` for a request without a file. */
export function locationOf(task: TransferTask) {
  const { request, facts } = task;
  const url = request.url ?? facts.file?.url;
  if (url === undefined) return undefined;
  return {
    url,
    username: request.username ?? facts.file?.username ?? "",
    password: request.password ?? facts.file?.password ?? "",
  };
}

export const asking = (rpc: RequestMessage, now: Instant): Decision<TransferProgress> => ({
  do: "send",
  rpc,
  progress: { phase: "asking", sentAt: now, accepted: false },
});

export const refusedByDevice = (fault: CwmpFault): Decision<never> => settle(outcomeOf(fault));
