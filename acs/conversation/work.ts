import type { DeviceFacts, WorkOutcome } from "../../fleet/door.ts";
import type { OperationDocument } from "../../fleet/operations/model.ts";
import type { ParameterPatch } from "../../fleet/parameters/model.ts";
import { asStewardError } from "../../kernel/errors.ts";
import { type Decision, type Facts, failed, type Task } from "../procedures/procedure.ts";
import type { CwmpFault, ResponseMessage } from "../rpc/index.ts";
import type { ConversationDependencies } from "./dependencies.ts";
import { factsAmong } from "./device-facts.ts";
import { EndpointState } from "./endpoint-state.ts";
import type { Live, Run } from "./live.ts";
import { prepareRun } from "./prepare-run.ts";

/** Operations that end without a message, one after the other, in one turn. */
const MAX_SILENT = 200;

/** What is to be tried instead when it is resumed. */
function progressAfterSilence({ procedure, progress, stale }: Run): { progress?: string } {
  if (!procedure.onSilence) return {};
  return { progress: JSON.stringify((stale ? progress : procedure.onSilence(progress)) ?? null) };
}

/** What a reading tells of the device that this session does not know of it yet. */
function newFacts(live: Live, { source, observations }: ParameterPatch): DeviceFacts | undefined {
  const { device } = live;
  const facts = device && source === "read" ? factsAmong(observations) : undefined;
  const told = Object.entries(facts ?? {}).filter(([name, value]) => device?.[name] !== value);
  if (!device || told.length === 0) return undefined;
  live.device = { ...device, ...facts };
  return facts;
}

const pendingOf = ({ rpc, repeatable = false, dialect }: Decision & { do: "send" }): Run["pending"] => ({
  rpc,
  repeatable,
  dialect,
});

/** Moves operations through the sessions: what the device is asked next, and what its answers mean. */
export class WorkRunner {
  readonly #deps: ConversationDependencies;
  readonly #endpointState: EndpointState;

  constructor(deps: ConversationDependencies) {
    this.#deps = deps;
    this.#endpointState = new EndpointState(deps);
  }

  /** The run whose next RPC is to be sent; `undefined`: nothing may start now. Changes nothing in `live`. */
  async choose(live: Live, isCurrent: () => boolean): Promise<Run | undefined> {
    const { fleet, clock } = this.#deps;
    for (let i = 0; i < MAX_SILENT && isCurrent(); i++) {
      const operation = live.device && (await fleet.work.next(live.device, live.session.id, clock.now()));
      if (!operation || live.skipped.includes(operation._id) || !isCurrent()) return undefined;
      const run = await prepareRun(this.#deps, live, operation);
      const decision = this.#first(live, run);
      if (decision.do === "send") {
        await this.#learn(live, decision);
        run.progress = decision.progress;
        run.pending = pendingOf(decision);
        return run;
      }
      await this.#settleUnsent(live, run, decision);
    }
    return undefined;
  }

  #first(live: Live, run: Run): Decision {
    const { operation, procedure, progress } = run;
    return this.#decide(operation, () => {
      const task = this.taskOf(live, run);
      const isResumed = operation.state !== "queued" && operation.progress !== undefined;
      return isResumed ? procedure.onResume(task, progress) : procedure.begin(task);
    });
  }

  /** An operation that needs no message: it passes through `active` as every other. */
  async #settleUnsent(live: Live, run: Run, decision: Decision & { do: "settle" }): Promise<void> {
    const { fleet, clock } = this.#deps;
    const { operation } = run;
    if (operation.state === "queued" && !(await fleet.work.begin(operation, "null", clock.now()))) return;
    if (decision.outcome.state !== "done" && decision.outcome.state !== "failed") live.skipped.push(operation._id);
    await this.#learn(live, decision);
    await this.settle(live, operation, decision.outcome);
  }

  /**
   * Durable before the RPC goes out: how far the operation comes with it. `false`: it is no longer ours to carry out,
   * because somebody cancelled or finished it, or another session has the device.
   */
  async store(run: Run): Promise<boolean> {
    const { work } = this.#deps.fleet;
    const now = this.#deps.clock.now();
    const progress = JSON.stringify(run.progress ?? null);
    const { operation, pending } = run;
    if (!run.begun) {
      run.begun = true;
      // A resumed operation that only looks first keeps the progress that led it here.
      const looksFirst = pending?.repeatable === true && operation.state !== "queued";
      return work.begin(operation, looksFirst ? (operation.progress ?? progress) : progress, now);
    }
    if (pending?.repeatable) return true;
    try {
      await work.advance(operation._id, progress, now);
      return true;
    } catch (error) {
      if (asStewardError(error).code === "state.conflict") return false;
      throw error;
    }
  }

  async deliver(live: Live, answer: ResponseMessage | CwmpFault): Promise<void> {
    const { run } = live;
    if (!run) return;
    const decision = this.#decide(run.operation, () => {
      const task = this.taskOf(live, run);
      if (run.stale) return run.procedure.onResume(task, run.progress);
      return "faultCode" in answer
        ? run.procedure.onFault(task, run.progress, answer)
        : run.procedure.onResponse(task, run.progress, answer);
    });
    run.stale = false;
    await this.follow(live, run, decision);
  }

  /** Stores what was learnt, and then either ends the operation or makes its next RPC pending. */
  async follow(live: Live, run: Run, decision: Decision): Promise<void> {
    await this.#learn(live, decision);
    if (decision.do === "send") {
      run.progress = decision.progress;
      run.pending = pendingOf(decision);
      return;
    }
    if (live.run === run) live.run = undefined;
    const { outcome } = decision;
    if (outcome.state !== "done" && outcome.state !== "failed") live.skipped.push(run.operation._id);
    await this.settle(live, run.operation, outcome);
    if (run.target && outcome.state === "done") await this.#targetCancelled(live, run.target);
  }

  async settle(live: Live, operation: OperationDocument, outcome: WorkOutcome): Promise<void> {
    const settled = await this.#deps.fleet.work.settle(operation._id, outcome, this.#deps.clock.now());
    this.#deps.log.debug(
      { deviceId: live.device?._id, operationId: operation._id, kind: operation.request.kind, state: settled?.state },
      "operation settled",
    );
  }

  /** The link dropped, or the device did not answer: the outcome is unknown, and after too often a failure. */
  async leaveUnknown(live: Live, operationId: string, note: string): Promise<void> {
    const { run } = live;
    live.run = undefined;
    live.skipped.push(operationId);
    const kept = run?.operation._id === operationId ? progressAfterSilence(run) : {};
    const outcome: WorkOutcome = { state: "unknown", note, failsAs: "device.silent", ...kept };
    await this.#deps.fleet.work.settle(operationId, outcome, this.#deps.clock.now());
  }

  /** Puts an operation away between two of its messages; resolves to whether there was one. */
  async park(live: Live): Promise<boolean> {
    const { run } = live;
    live.run = undefined;
    if (!run?.pending || !run.begun) return false;
    const outcome: WorkOutcome = {
      state: "unknown",
      note: "the session reached its limit; goes on in the next",
      progress: JSON.stringify(run.progress ?? null),
      parked: true,
    };
    await this.settle(live, run.operation, outcome);
    return true;
  }

  taskOf(live: Live, run: Pick<Run, "operation" | "known" | "file" | "target">): Task {
    const facts: Facts = {
      now: this.#deps.clock.now(),
      root: live.root,
      version: live.session.version,
      quirks: live.quirks,
      known: run.known,
      endpointState: live.endpointState,
      ...(live.softwareVersion === undefined ? {} : { softwareVersion: live.softwareVersion }),
      ...(run.file ? { file: run.file } : {}),
      ...(run.target ? { target: run.target } : {}),
    };
    return { operation: run.operation, request: run.operation.request, facts };
  }

  /** Procedures are pure and do not throw; if one does, its operation fails and the session goes on. */
  #decide(operation: OperationDocument, decide: () => Decision): Decision {
    try {
      return decide();
    } catch (cause) {
      this.#deps.log.error({ operationId: operation._id, error: asStewardError(cause) }, "procedure failed");
      return failed("steward.internal", "Steward made an error; the log has more");
    }
  }

  async #learn(live: Live, decision: Decision): Promise<void> {
    const deviceId = live.device?._id;
    if (deviceId === undefined) return;
    const { contacts } = this.#deps.fleet;
    const { learn = [], remember = {}, events = [] } = decision;
    const remembers = Object.keys(remember).length > 0;
    const last = remembers ? learn.at(-1) : undefined;
    for (const patch of learn) {
      if (patch !== last) await contacts.observe(deviceId, patch, { facts: newFacts(live, patch) });
    }
    if (last) await this.#endpointState.learn(live, last, remember, newFacts(live, last));
    else if (remembers) await this.#endpointState.remember(live, remember);
    if (events.length > 0) await contacts.record(deviceId, events, this.#deps.clock.now());
  }

  /** The device holds it no longer and will not report it (specs §2.5). */
  async #targetCancelled(live: Live, target: OperationDocument): Promise<void> {
    await this.settle(live, target, { state: "cancelled", note: "the device dropped it (CancelTransfer)" });
  }
}
