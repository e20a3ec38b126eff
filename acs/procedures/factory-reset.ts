import { outcomeOf } from "./fault-advice.ts";
import { type Decision, defineProcedure, failed, settle, type Task, unexpected } from "./procedure.ts";
import { ask, judgeUptime, lookAtUptime, type RestartProgress, restarting, uptimeOf } from "./restart.ts";

/** FactoryReset (TR-069 A.4.1.6): done with `0 BOOTSTRAP`. A restart alone does not prove it. */
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

  onResume: lookAtUptime,

  onReport: (_task, _progress, report) =>
    report.kind === "contacted" && report.events.some((event) => event.code === "0 BOOTSTRAP")
      ? settle({ state: "done", note: "0 BOOTSTRAP" })
      : undefined,
});

function send({ facts }: Task): Decision<RestartProgress> {
  return ask({ kind: "request", name: "FactoryReset", body: {} }, facts.now);
}

const restarted = (): Decision<RestartProgress> =>
  failed("outcome.unknown", "the answer was lost and the device restarted without saying 0 BOOTSTRAP");
