import { type Duration, type Instant, minutes, seconds } from "../../kernel/time.ts";
import type { RequestMessage, RpcResponse } from "../rpc/index.ts";
import { type Decision, failed, settle, type Task } from "./procedure.ts";

/** An RPC after which the device restarts: the restart, not the answer, is its end. */
export type RestartProgress =
  | { phase: "asking"; sentAt: Instant }
  /** `booted`: it has started anew, without the proof that is waited for. */
  | { phase: "restarting"; sentAt: Instant; booted?: true }
  /** The answer was lost: for how long has the device been up? */
  | {
      phase: "looking";
      sentAt: Instant /** The device had answered, and then did not restart in time. */;
      answered: boolean;
    };

const COMPLETION: Duration = minutes(15);
/** How well an uptime in whole seconds, told some time before it is judged, dates a start. */
const PRECISION: Duration = seconds(2);
/** After a lost answer the device may still be about to restart for this long; nothing else is asked of it meanwhile. */
const GRACE: Duration = minutes(5);

export const ask = (rpc: RequestMessage, now: Instant): Decision<RestartProgress> => ({
  do: "send",
  rpc,
  progress: { phase: "asking", sentAt: now },
});

export function restarting(progress: RestartProgress, now: Instant, what: string): Decision<RestartProgress> {
  const next: RestartProgress = { phase: "restarting", sentAt: progress.sentAt };
  const completionDueAt = now + COMPLETION;
  return settle({ state: "accepted", progress: JSON.stringify(next), completionDueAt, note: `waits for ${what}` });
}

export const lookAtUptime = ({ facts }: Task, progress: RestartProgress): Decision<RestartProgress> => ({
  do: "send",
  rpc: {
    kind: "request",
    name: "GetParameterValues",
    body: { ParameterNames: [`${facts.root}DeviceInfo.UpTime`] },
  },
  progress: { phase: "looking", sentAt: progress.sentAt, answered: wasAnswered(progress) },
  repeatable: true,
});

/** Seconds since the device started, if it said so. */
export function uptimeOf(body: RpcResponse<"GetParameterValues">): number | undefined {
  const text = body.ParameterList[0]?.Value.value.trim() ?? "";
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

/**
 * What the uptime proves. `again` sends the RPC for the first time that counts: a device that is up for longer than the
 * question is old has not restarted, and by now will not. One that started at about that time may have done either.
 */
export function judgeUptime(
  { facts }: Task,
  progress: RestartProgress,
  uptime: number | undefined,
  answers: { restarted: () => Decision<RestartProgress>; again: () => Decision<RestartProgress> },
): Decision<RestartProgress> {
  const age = facts.now - progress.sentAt;
  const startedAfter = uptime === undefined ? undefined : age - seconds(uptime);
  if (startedAfter !== undefined && startedAfter >= PRECISION) return answers.restarted();
  if (wasAnswered(progress)) {
    return failed("device.notRestarted", "the device took the request, but no restart was seen");
  }
  if (age < GRACE) return wait(progress, progress.sentAt + GRACE, "the device may still be about to restart");
  if (startedAfter !== undefined && startedAfter > 0) {
    return failed("outcome.unknown", "the answer was lost; the device started at about the time of the request");
  }
  if (startedAfter !== undefined) return answers.again();
  if (age < COMPLETION) {
    return wait(progress, progress.sentAt + COMPLETION, "the device does not tell for how long it has been up");
  }
  return failed("outcome.unknown", "the answer was lost, no restart was seen, and the device does not tell its uptime");
}

const wasAnswered = (progress: RestartProgress): boolean =>
  progress.phase === "restarting" || (progress.phase === "looking" && progress.answered);

/** Waits for a boot; when none comes by then, the operation is resumed. */
const wait = (progress: RestartProgress, until: Instant, why: string): Decision<RestartProgress> =>
  settle({
    state: "accepted",
    progress: JSON.stringify({ phase: "asking", sentAt: progress.sentAt }),
    completionDueAt: until,
    note: `the answer was lost; ${why}`,
  });
