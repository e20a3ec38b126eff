import type { OperationDocument, OperationKind } from "../../fleet/operations/model.ts";
import { asStewardError } from "../../kernel/errors.ts";
import type { Report } from "../procedures/procedure.ts";
import type { ConversationDependencies } from "./dependencies.ts";
import { mayFinishWork } from "./event-codes.ts";
import type { Live } from "./live.ts";
import { prepareRun } from "./prepare-run.ts";
import type { WorkRunner } from "./work.ts";

/** Later words of a device about operations that it took: TransferComplete, a boot, a scheduled contact. */
export class Completions {
  readonly #deps: ConversationDependencies;
  readonly #work: WorkRunner;

  constructor(deps: ConversationDependencies, work: WorkRunner) {
    this.#deps = deps;
    this.#work = work;
  }

  /** At an Inform: settles what its events finish. Costs nothing for one that cannot finish anything. */
  async contacted(live: Live): Promise<void> {
    const { device, inform } = live;
    if (!device || !inform || !mayFinishWork(inform.contact.reasons)) return;
    const report: Report = {
      kind: "contacted",
      events: inform.events,
      ...(live.softwareVersion === undefined ? {} : { softwareVersion: live.softwareVersion }),
    };
    for (const operation of await this.#deps.fleet.work.awaiting(device._id)) await this.tell(live, operation, report);
  }

  /** The operation that a report with this key is about; resolves to its id if there is one. */
  async completed(
    live: Live,
    correlator: string,
    kinds: readonly OperationKind[],
    report: Report,
  ): Promise<string | undefined> {
    if (!live.device) return undefined;
    const operation = await this.#deps.fleet.work.findByCorrelator(live.device._id, correlator, kinds);
    if (!operation) return undefined;
    await this.tell(live, operation, report);
    return operation._id;
  }

  /** Whether the device has what this key is about, and has not told its end yet. */
  async isAwaited(live: Live, correlator: string, kinds: readonly OperationKind[]): Promise<boolean> {
    if (!live.device) return false;
    const operation = await this.#deps.fleet.work.findByCorrelator(live.device._id, correlator, kinds);
    return operation !== undefined && operation.state !== "queued";
  }

  async tell(live: Live, operation: OperationDocument, report: Report): Promise<void> {
    const run = live.run?.operation._id === operation._id ? live.run : await prepareRun(this.#deps, live, operation);
    const progress = run.progress ?? undefined;
    try {
      const decision = run.procedure.onReport?.(this.#work.taskOf(live, run), progress, report);
      if (decision) await this.#work.follow(live, run, decision);
    } catch (cause) {
      const error = asStewardError(cause);
      if (error.code === "engine.unavailable") throw error;
      this.#deps.log.error({ operationId: operation._id, error }, "report not understood");
    }
  }
}
