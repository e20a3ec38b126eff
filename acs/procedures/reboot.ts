import { outcomeOf } from "./fault-advice.ts";
import { type Decision, defineProcedure, settle, type Task, unexpected } from "./procedure.ts";
import { ask, judgeUptime, lookAtUptime, type RestartProgress, restarting, uptimeOf } from "./restart.ts";

/**
 * Reboot (TR-069 A.3.2.9): done with `M Reboot` that carries our CommandKey, or with `1 BOOT`, which some devices send
 * alone. After a lost answer the uptime tells whether it happened; it is never sent to a device that may have obeyed.
 */
export const reboot = defineProcedure<"reboot", RestartProgress>({
  kind: "reboot",
  begin: send,

  onResponse(task, progress, response) {
    if (response.name === "GetParameterValues") {
      return judgeUptime(task, progress, uptimeOf(response.body), { restarted, again: () => send(task) });
    }
    return response.name === "Reboot" ? restarting(progress, task.facts.now, "the boot") : unexpected(response);
  },

  onFault(task, progress, fault) {
    if (progress.phase !== "looking") return settle(outcomeOf(fault));
    return judgeUptime(task, progress, undefined, { restarted, again: () => send(task) });
  },

  onResume: lookAtUptime,

  onReport({ operation }, _progress, report) {
    if (report.kind !== "contacted") return undefined;
    const named = report.events.filter((event) => event.code === "M Reboot" && event.commandKey !== "");
    const isOurs = named.some((event) => event.commandKey === operation.correlator);
    const booted = report.events.some((event) => event.code === "1 BOOT" || event.code === "0 BOOTSTRAP");
    return isOurs || booted ? settle({ state: "done", note: isOurs ? "M Reboot" : "1 BOOT" }) : undefined;
  },
});

function send({ operation, facts }: Task): Decision<RestartProgress> {
  return ask({ kind: "request", name: "Reboot", body: { CommandKey: operation.correlator } }, facts.now);
}

const restarted = (): Decision<RestartProgress> =>
  settle({ state: "done", note: "the uptime shows a restart since the request" });
