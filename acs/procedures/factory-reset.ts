import { type Duration, type Instant, minutes } from "../../kernel/time.ts";
import { outcomeOf } from "./fault-advice.ts";
import { type Decision, defineProcedure, failed, settle, type Task, unexpected } from "./procedure.ts";
import { ask, judgeUptime, lookAtUptime, type RestartProgress, restarting, uptimeOf } from "./restart.ts";

const BOOTSTRAP_AFTER_BOOT: Duration = minutes(1);

/**
 * FactoryReset (TR-069 A.4.1.6): done with `0 BOOTSTRAP`. A restart alone does not prove it: the bootstrap belongs
 * into the same Inform, and one of its own right after is waited for briefly, not for as long as a restart may take.
 */
export const factoryReset = defineProcedure<"factoryReset", RestartProgress>({
  kind: "factoryReset",
  begin: send,

  onResponse(task, progress, response) {
    if (response.name === "GetParameterValues") {
      return judgeUptime(task, progress, uptimeOf(response.body), { restarted, again: () => send(task) });
    }
    return response.name === "FactoryReset"
      ? restarting(progress, task.facts.now, "0 BOOTSTRAP")
      : unexpected(response);
  },

  onFault(task, progress, fault) {
    if (progress.phase !== "looking") return settle(outcomeOf(fault));
    return judgeUptime(task, progress, undefined, { restarted, again: () => send(task) });
  },

  onResume: (task, progress) =>
    progress.phase === "restarting" && progress.booted ? unproved() : lookAtUptime(task, progress),

  onReport(task, progress, report) {
    if (report.kind !== "contacted") return undefined;
    const codes = report.events.map((event) => event.code);
    if (codes.includes("0 BOOTSTRAP")) return settle({ state: "done", note: "0 BOOTSTRAP" });
    return progress?.phase === "restarting" && codes.includes("1 BOOT")
      ? waitBriefly(progress, task.facts.now)
      : undefined;
  },
});

function send({ facts }: Task): Decision<RestartProgress> {
  return ask({ kind: "request", name: "FactoryReset", body: {} }, facts.now);
}

const restarted = (): Decision<RestartProgress> =>
  failed("outcome.unknown", "the answer was lost and the device restarted without saying 0 BOOTSTRAP");

const waitBriefly = (progress: RestartProgress & { phase: "restarting" }, now: Instant): Decision<RestartProgress> =>
  settle({
    state: "accepted",
    progress: JSON.stringify({ ...progress, booted: true }),
    completionDueAt: now + BOOTSTRAP_AFTER_BOOT,
    note: "restarted; waits for 0 BOOTSTRAP",
  });

const unproved = (): Decision<RestartProgress> =>
  failed("outcome.unknown", "the device took the request and restarted without saying 0 BOOTSTRAP");
