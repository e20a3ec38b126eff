import { type Duration, type Instant, minutes, seconds } from "../../kernel/time.ts";
import { outcomeOf } from "./fault-advice.ts";
import { type Decision, defineProcedure, settle, type Task, unexpected } from "./procedure.ts";

interface Progress {
  sentAt: Instant;
}

const SLACK: Duration = minutes(10);
/** The device's clock and ours may tick a little apart. */
const EARLY: Duration = seconds(2);

/**
 * ScheduleInform (TR-069 A.4.1.2): done with `M ScheduleInform` that carries our CommandKey, or with a `3 SCHEDULED` that
 * comes alone and in time, as some devices send it. Calls accumulate, so a lost one is waited for before it is repeated.
 */
export const scheduleContact = defineProcedure<"scheduleContact", Progress>({
  kind: "scheduleContact",
  begin: send,

  onResponse(task, progress, response) {
    if (response.name !== "ScheduleInform") return unexpected(response);
    return settle({ state: "accepted", progress: JSON.stringify(progress), completionDueAt: dueAt(task, progress) });
  },

  onFault: (_task, _progress, fault) => settle(outcomeOf(fault)),

  onResume(task, progress) {
    if (task.facts.now >= dueAt(task, progress)) return send(task);
    const note = "the answer was lost; the scheduled contact may still come";
    const completionDueAt = dueAt(task, progress);
    return settle({ state: "accepted", note, progress: JSON.stringify(progress), completionDueAt });
  },

  onReport(task, progress, report) {
    if (report.kind !== "contacted") return undefined;
    const named = report.events.filter(({ code }) => code === "M ScheduleInform");
    const isOurs = named.some(({ commandKey }) => commandKey === task.operation.correlator || commandKey === "");
    const isAlone = named.length === 0 && report.events.some(({ code }) => code === "3 SCHEDULED");
    return isOurs || (isAlone && isTime(task, progress)) ? settle({ state: "done" }) : undefined;
  },
});

function send({ operation, request, facts }: Task<"scheduleContact">): Decision<Progress> {
  // Zero is not legal (A.4.1.2).
  const body = { DelaySeconds: Math.max(1, Math.floor(request.delaySeconds)), CommandKey: operation.correlator };
  return { do: "send", rpc: { kind: "request", name: "ScheduleInform", body }, progress: { sentAt: facts.now } };
}

const isTime = ({ request, facts }: Task<"scheduleContact">, progress: Progress | undefined): boolean =>
  progress !== undefined && facts.now >= progress.sentAt + seconds(request.delaySeconds) - EARLY;

const dueAt = ({ request }: Task<"scheduleContact">, { sentAt }: Progress): Instant =>
  sentAt + seconds(request.delaySeconds) + SLACK;
