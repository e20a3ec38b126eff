import type { EventInput } from "../../fleet/door.ts";
import { asStewardError } from "../../kernel/errors.ts";
import { fault } from "../rpc/faults.ts";
import type { CwmpFault, CwmpMessage, RequestMessage, ResponseMessage, RpcName } from "../rpc/index.ts";
import type { Effect } from "../session/effects.ts";
import type { SessionEvent } from "../session/events.ts";
import { serialiseSession } from "../session/session.ts";
import { isLive } from "../session/states.ts";
import { step } from "../session/step.ts";
import type { Dialect } from "../soap/dialect.ts";
import { encodeEnvelope } from "../soap/encode.ts";
import { Completions } from "./completions.ts";
import { openContact } from "./contact.ts";
import type { ConversationDependencies, ConversationLimits } from "./dependencies.ts";
import { EndpointState } from "./endpoint-state.ts";
import type { Reply } from "./exchange.ts";
import { leaseEnd } from "./lease.ts";
import type { Live, Run } from "./live.ts";
import type { ConversationMetrics } from "./metrics.ts";
import { isServedRequest, requestHandlers } from "./requests/index.ts";
import { WorkRunner } from "./work.ts";

/** One turn: what the CPE sent, and what it will get. */
interface Turn {
  readonly message?: CwmpMessage;
  reply?: Reply;
}

const MAX_UNKNOWN = 8;

/** A follow-up event takes the place of the effects that were still to come. */
type FollowUp = SessionEvent | undefined;

/** Carries out what the session machine decides: decode has happened, encode happens here. */
export class Driver {
  readonly #deps: ConversationDependencies;
  readonly #limits: ConversationLimits;
  readonly #metrics: ConversationMetrics;
  readonly #work: WorkRunner;
  readonly #completions: Completions;
  readonly #endpointState: EndpointState;
  readonly #ended: (live: Live) => void;

  constructor(
    deps: ConversationDependencies,
    limits: ConversationLimits,
    metrics: ConversationMetrics,
    ended: (live: Live) => void,
  ) {
    this.#deps = deps;
    this.#limits = limits;
    this.#metrics = metrics;
    this.#work = new WorkRunner(deps);
    this.#completions = new Completions(deps, this.#work);
    this.#endpointState = new EndpointState(deps);
    this.#ended = ended;
  }

  /** One event to its end. Resolves to the reply of a wire event; never rejects. */
  async drive(live: Live, event: SessionEvent, message?: CwmpMessage): Promise<Reply | undefined> {
    const turn: Turn = message ? { message } : {};
    const wasLive = isLive(live.session.state);
    try {
      if (message?.kind === "unknownRequest") await this.#recordUnknown(live, message.name);
      await this.#run(live, event, turn);
    } catch (cause) {
      await this.#failed(live, cause, turn);
    }
    if (wasLive && !isLive(live.session.state)) this.#finish(live);
    return turn.reply === undefined ? undefined : this.#complete(live, turn.reply);
  }

  async #run(live: Live, first: SessionEvent, turn: Turn): Promise<void> {
    let event: FollowUp = first;
    while (event !== undefined) {
      const [session, effects] = step(live.session, event, this.#deps.clock.now());
      live.session = session;
      event = undefined;
      for (const effect of effects) {
        const performed = this.#perform(live, effect, turn);
        event = performed instanceof Promise ? await performed : performed;
        if (event !== undefined) break;
      }
    }
  }

  /** What needs no store is done at once: every wait costs. */
  #perform(live: Live, effect: Effect, turn: Turn): FollowUp | Promise<FollowUp> {
    switch (effect.do) {
      case "openContact":
        return this.#openContact(live);
      case "takeRequest":
        return this.#takeRequest(live, turn.message as RequestMessage);
      case "chooseWork":
        return this.#chooseWork(live);
      case "storeProgress":
        return this.#storeProgress(live);
      case "keepLease":
        return this.#keep(live).then((kept) => (kept ? undefined : { type: "leaseLost" }));
      case "deliverResponse":
        return this.#deliver(live, turn.message as ResponseMessage);
      case "deliverFault":
        return this.#deliver(live, (turn.message as CwmpMessage & { kind: "fault" }).fault);
      case "leaveUnknown":
        return this.#leaveUnknown(live, effect);
      case "parkWork":
        return this.#park(live);
      case "closeContact":
        return this.#close(live, effect);
      default:
        return this.#reply(live, effect, turn);
    }
  }

  async #park(live: Live): Promise<FollowUp> {
    live.parked = await this.#work.park(live);
    return undefined;
  }

  async #openContact(live: Live): Promise<FollowUp> {
    const admitted = await openContact(this.#deps, this.#limits, live);
    if (!admitted) return { type: "contactRefused" };
    await this.#completions.contacted(live);
    return undefined;
  }

  async #takeRequest(live: Live, { name, body }: RequestMessage): Promise<FollowUp> {
    this.#metrics.requests.add({ method: name });
    if (!isServedRequest(name)) return { type: "requestRefused", faultCode: 8000 };
    try {
      const handler = requestHandlers[name] as (context: unknown, body: unknown) => unknown;
      const context = {
        deps: this.#deps,
        live,
        completions: this.#completions,
        endpointState: this.#endpointState,
        record: (event: EventInput) => this.#record(live, event),
      };
      return { type: "requestTaken", body: await handler(context, body) };
    } catch (cause) {
      const error = asStewardError(cause);
      if (error.code === "engine.unavailable") throw error;
      this.#deps.log.error({ deviceId: live.device?._id, method: name, error }, "request of a CPE failed");
      return { type: "requestRefused", faultCode: 8002 };
    }
  }

  /** A method in no table: what it was, once per session. */
  async #recordUnknown(live: Live, name: string): Promise<void> {
    const method = name.slice(0, 64);
    if (live.unknownMethods.includes(method) || live.unknownMethods.length >= MAX_UNKNOWN) return;
    live.unknownMethods.push(method);
    await this.#record(live, { type: "request.received", severity: "warning", data: { method } });
  }

  async #record(live: Live, event: EventInput): Promise<void> {
    if (live.device) await this.#deps.fleet.contacts.record(live.device._id, [event], this.#deps.clock.now());
  }

  /** Holds the reply while work is being chosen, but not for longer than a CPE waits (specs §1.7, S3). */
  async #chooseWork(live: Live): Promise<FollowUp> {
    if (!live.run?.pending) {
      const run = await this.#chooseInTime(live);
      if (run === "late") return { type: "choiceTookTooLong" };
      if (run === undefined) return { type: "nothingChosen" };
      live.run = run;
    }
    const { run, session } = live;
    if (!run?.pending) return { type: "nothingChosen" };
    return {
      type: "rpcChosen",
      id: `${session.id.slice(0, 8)}.${session.rpcs + 1}`,
      method: run.pending.rpc.name,
      operationId: run.operation._id,
      repeatable: run.pending.repeatable,
    };
  }

  #chooseInTime(live: Live): Promise<Run | undefined | "late"> {
    const { clock, log } = this.#deps;
    return new Promise((resolve, reject) => {
      let isCurrent = true;
      const timer = clock.after(this.#limits.hold, () => {
        isCurrent = false;
        resolve("late");
      });
      const chosen = (run: Run | undefined): void => {
        timer.cancel();
        resolve(run);
      };
      const failed = (error: Error): void => {
        timer.cancel();
        // A choice that comes too late has changed nothing; its failure only shows in the log.
        if (!isCurrent) log.warn({ error }, "work chosen too late, and failed");
        reject(error);
      };
      this.#work.choose(live, () => isCurrent).then(chosen, failed);
    });
  }

  /** The RPC is encoded first, since the session that goes into the lease carries it. */
  async #storeProgress(live: Live): Promise<FollowUp> {
    const { run, session } = live;
    if (!run?.pending || !session.outstanding) return { type: "rpcWithdrawn" };
    const { rpc, dialect } = run.pending;
    const body = this.#encode(live, session.outstanding.id, rpc, { dialect });
    [live.session] = step(session, { type: "replySent", status: 200, body }, this.#deps.clock.now());
    const [begun, kept] = await Promise.all([this.#work.store(run), this.#keep(live)]);
    if (!kept) return { type: "leaseLost" };
    if (!begun) {
      live.skipped.push(run.operation._id);
      live.run = undefined;
      return { type: "rpcWithdrawn" };
    }
    run.pending = undefined;
    return undefined;
  }

  async #deliver(live: Live, answer: ResponseMessage | CwmpFault): Promise<FollowUp> {
    const isFault = "faultCode" in answer;
    const method = (live.lastMethod ?? "GetRPCMethods") as RpcName;
    this.#metrics.rpcs.add({ method, outcome: isFault ? "fault" : "answered" });
    await this.#work.deliver(live, answer);
    return undefined;
  }

  async #leaveUnknown(live: Live, effect: Effect & { do: "leaveUnknown" }): Promise<FollowUp> {
    this.#metrics.rpcs.add({ method: live.lastMethod ?? "other", outcome: "unknown" });
    await this.#work.leaveUnknown(live, effect.operationId, effect.note);
    return undefined;
  }

  async #keep(live: Live): Promise<boolean> {
    const { device, session } = live;
    if (!device) return false;
    live.leaseUntil = leaseEnd(live, this.#limits, this.#deps.clock.now());
    const lease = { sessionId: session.id, until: live.leaseUntil, session: serialiseSession(session) };
    return this.#deps.fleet.contacts.keep(device._id, lease);
  }

  /** An end that cannot be stored is told all the same: the lease runs out by itself. */
  async #close(live: Live, effect: Effect & { do: "closeContact" }): Promise<FollowUp> {
    const { device, session, parked } = live;
    if (!device) return undefined;
    const wakeAgain = effect.wakeAgain === true && (parked || !session.draining);
    try {
      await this.#deps.fleet.contacts.close(device._id, session.id, {
        at: this.#deps.clock.now(),
        ...(effect.failed === undefined ? {} : { failed: effect.failed }),
        ...(wakeAgain ? { wakeAgain } : {}),
      });
    } catch (error) {
      this.#deps.log.warn({ deviceId: device._id, error }, "end of a session not stored");
    }
    return undefined;
  }

  #reply(live: Live, effect: Effect, turn: Turn): FollowUp {
    const reply = this.#replyOf(live, effect);
    if (!reply) return undefined;
    turn.reply = reply;
    if (reply.status !== 200 && reply.status !== 204) return undefined;
    if (effect.do === "replay" || effect.do === "resendRpc" || effect.do === "sendRpc") return undefined;
    const sent = { type: "replySent", status: reply.status, body: reply.body } as const;
    [live.session] = step(live.session, sent, this.#deps.clock.now());
    return undefined;
  }

  #replyOf(live: Live, effect: Effect): Reply | undefined {
    const { session } = live;
    switch (effect.do) {
      case "answerInform": {
        const message = { kind: "response", name: "Inform", body: { MaxEnvelopes: 1 } } as const;
        const useVersion = live.inform?.useVersion;
        live.inform = undefined;
        return ok(this.#encode(live, effect.id, message, { useVersion }));
      }
      case "answerRequest": {
        const message = { kind: "response", name: effect.method, body: effect.body } as ResponseMessage;
        return ok(this.#encode(live, effect.id, message));
      }
      case "answerFault":
        return ok(this.#encode(live, effect.id, { kind: "fault", fault: fault(effect.faultCode) }));
      case "sendRpc":
        this.#sent(live);
        return { status: 200, body: session.outstanding?.text };
      case "resendRpc":
        return { status: 200, body: session.outstanding?.text };
      case "replay":
        return { status: session.lastReply?.status ?? 204, body: session.lastReply?.body };
      case "sendEmpty":
        return { status: live.quirks.ending === "200" || !effect.last ? 200 : 204, endsSession: effect.last };
      case "refuse":
        this.#deps.log.info(
          { deviceId: live.device?._id, sessionId: session.id, reason: effect.reason },
          "message refused",
        );
        return effect.status === 400
          ? { status: 400, close: true }
          : { status: 503, retryAfter: this.#limits.retryAfter / 1_000, close: true };
      default:
        return undefined;
    }
  }

  #sent(live: Live): void {
    const method = live.session.outstanding?.method;
    if (method === undefined) return;
    live.lastMethod = method;
    this.#metrics.rpcs.add({ method, outcome: "sent" });
  }

  #encode(
    live: Live,
    id: string | undefined,
    message: CwmpMessage,
    { useVersion, dialect }: { useVersion?: string | undefined; dialect?: Partial<Dialect> } = {},
  ): string {
    const { namespace } = live.session;
    const spelling = dialect === undefined ? live.quirks.dialect : { ...live.quirks.dialect, ...dialect };
    return encodeEnvelope({ namespace, message, id, useVersion }, spelling);
  }

  /** Nothing that was not stored is acknowledged: the CPE is told to come again, and what it told before still holds. */
  async #failed(live: Live, cause: unknown, turn: Turn): Promise<void> {
    const error = asStewardError(cause);
    const fields = { deviceId: live.device?._id, sessionId: live.session.id, error };
    if (error.code === "engine.unavailable") this.#deps.log.warn(fields, "session ended: the store is unavailable");
    else this.#deps.log.error(fields, "session ended by an error of ours");
    const [session, effects] = step(live.session, { type: "engineFailed" }, this.#deps.clock.now());
    live.session = session;
    for (const effect of effects) turn.reply = this.#replyOf(live, effect) ?? turn.reply;
    turn.reply ??= { status: 503, retryAfter: this.#limits.retryAfter / 1_000, close: true };
  }

  #complete(live: Live, reply: Reply): Reply {
    if (live.cookie === undefined || reply.status >= 400) return reply;
    // Named, not spread (see kernel/merged).
    const { status, body, endsSession = false } = reply;
    return { status, body, endsSession, cookie: live.cookie };
  }

  #finish(live: Live): void {
    this.#metrics.sessions.add({ outcome: outcomeOf(live) });
    this.#ended(live);
  }
}

const ok = (body: string): Reply => ({ status: 200, body });

function outcomeOf({ session }: Live): string {
  if (session.state === "ended") return "done";
  switch (session.failure) {
    case "superseded":
    case "lease lost":
      return "superseded";
    case "contact refused":
      return "refused";
    case "engine unavailable":
      return "unavailable";
    case "the device fell silent":
      return "silent";
    default:
      return "broken";
  }
}
