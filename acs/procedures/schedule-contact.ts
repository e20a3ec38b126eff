import { type Duration, type Instant, minutes, seconds } from "../../kernel/time.ts";
import { outcomeOf } from "./fault-advice.ts";
import { type Decision, defineProcedure, settle, type Task, unexpected } from "./procedure.ts";

interface Progress {
  sentAt: Instant;
}

const SLACK: Duration = minutes(10);

/** ScheduleInform (TR-069 A.4.1.2): done with `M ScheduleInform` that carries our CommandKey. Calls accumulate, so a lost one is waited for before it is repeated. */
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

  onReport({ operation }, _progress, report) {
    if (report.kind !== "contacted") return undefined;
    const isOurs = report.events.some(
      ({ code, commandKey }) =>
        code === "M ScheduleInform" && (commandKey === operation.correlator || commandKey === ""),
    );
    return isOurs ? settle({ state: "done" }) : undefined;
  },
});

function send({ operation, request, facts }: Task<"scheduleContact">): Decision<Progress> {
  // Zero is not legal (A.4.1.2).
  const body = { DelaySeconds: Math.max(1, Math.floor(request.delaySeconds)), CommandKey: operation.correlator };
  return { do: "send", rpc: { kind: "request", name: "ScheduleInform", body }, progress: { sentAt: facts.now } };
}

const dueAt = ({ request }: Task<"scheduleContact">, { sentAt }: Progress): Instant =>
  sentAt + seconds(request.delaySeconds) + SLACK;
