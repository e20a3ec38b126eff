import type { DeviceDocument } from "../../fleet/devices/model.ts";
import { Table } from "../../kernel/churn.ts";
import { asStewardError } from "../../kernel/errors.ts";
import type { Instant } from "../../kernel/time.ts";
import type { Logger } from "../../platform/log/logger.ts";
import { fault } from "../rpc/faults.ts";
import type { CwmpMessage } from "../rpc/index.ts";
import { namespaceOf } from "../rpc/versions.ts";
import type { WireEvent } from "../session/events.ts";
import { type Principal, principalKey } from "../session/principal.ts";
import { isLive } from "../session/states.ts";
import { encodeEnvelope } from "../soap/encode.ts";
import { type ConversationDependencies, type ConversationLimits, standardLimits } from "./dependencies.ts";
import { Driver } from "./driver.ts";
import type { Conversations, Exchange, Reply } from "./exchange.ts";
import type { Live } from "./live.ts";
import { registerMetrics } from "./metrics.ts";
import { startSession } from "./new-session.ts";
import { peek } from "./peek.ts";
import { type ReadMessage, readMessage } from "./read-message.ts";
import { Registry } from "./registry.ts";
import { Resumption } from "./resumption.ts";
import { Tracing } from "./tracing.ts";
import { Watch } from "./watch.ts";

const refused: Reply = { status: 400, close: true };
const ANONYMOUS: Principal = { kind: "anonymous" };

/** The CWMP sessions of one process: finds or makes the session of each message and drives it. */
export class LocalConversations implements Conversations {
  readonly peek = peek;
  readonly #deps: ConversationDependencies;
  readonly #limits: ConversationLimits;
  readonly #log: Logger;
  readonly #registry = new Registry();
  readonly #driver: Driver;
  readonly #watch: Watch;
  readonly #resumption: Resumption;
  readonly #tracing: Tracing;
  /** Informs that are being admitted, by endpoint: a retransmission waits for the first. */
  readonly #opening = new Table<Promise<unknown>>();
  #draining = false;

  constructor(dependencies: ConversationDependencies) {
    const deps = { ...dependencies, log: dependencies.log.child("acs.session") };
    this.#deps = deps;
    this.#log = deps.log;
    this.#limits = { ...standardLimits, ...deps.limits };
    const metrics = registerMetrics(deps.metrics);
    this.#driver = new Driver(deps, this.#limits, metrics, (live) => this.#sessionEnded(live));
    this.#resumption = new Resumption(deps, this.#limits, this.#registry);
    this.#tracing = new Tracing(deps);
    this.#watch = new Watch(deps, this.#limits, this.#registry, (live) =>
      this.#inTurn(live, () => this.#driver.drive(live, { type: "timedOut" })),
    );
    deps.metrics?.watch("steward_acs_sessions_live", "CWMP sessions that this process holds", () => this.liveCount);
  }

  get liveCount(): number {
    return this.#registry.liveCount;
  }

  async live(cookie: string): Promise<{ principal: Principal } | undefined> {
    try {
      const live = await this.#resumption.byCookie(cookie);
      return live && isLive(live.session.state) ? { principal: live.session.principal } : undefined;
    } catch (error) {
      this.#log.warn({ error }, "session not looked up");
      return undefined;
    }
  }

  async handle(exchange: Exchange): Promise<Reply> {
    try {
      const read = readMessage(exchange, this.#deps.xmlLimits);
      if (read.kind === "inform") return await this.#inform(exchange, read);
      if (read.kind === "badInform") return this.#badInform(exchange, read);
      return await this.#inSession(exchange, read);
    } catch (cause) {
      const error = asStewardError(cause);
      this.#log[error.code === "engine.unavailable" ? "warn" : "error"](
        { peer: exchange.remoteAddress, error },
        "message not handled",
      );
      return this.#busy();
    }
  }

  connectionClosed(connectionId: string): void {
    this.#registry.connectionClosed(connectionId);
  }

  async drain(deadline: Instant): Promise<void> {
    this.#draining = true;
    for (const live of this.#registry.all())
      void this.#inTurn(live, () => this.#driver.drive(live, { type: "drainStarted" }));
    await this.#watch.untilNoneLive(deadline);
  }

  stop(): Promise<void> {
    this.#draining = true;
    this.#watch.stop();
    for (const live of this.#registry.all()) this.#registry.remove(live);
    return Promise.resolve();
  }

  // ---------------------------------------------------------------- Inform

  async #inform(exchange: Exchange, read: ReadMessage & { kind: "inform" }): Promise<Reply> {
    const principal = exchange.principal ?? ANONYMOUS;
    const now = this.#deps.clock.now();
    const context = { quirks: this.#deps.quirks, limits: this.#limits, now };
    const start = startSession(read.envelope, read.body, { remoteAddress: exchange.remoteAddress, principal }, context);
    if (!start.ok) return this.#notStarted(exchange, read, start);
    const { live } = start;
    const key = live.session.endpointKey;
    const before = this.#opening.get(key);
    const turn = before ? before.then(() => this.#admit(exchange, read, live)) : this.#admit(exchange, read, live);
    const settled = turn.catch(() => undefined);
    this.#opening.set(key, settled);
    try {
      return await turn;
    } finally {
      if (this.#opening.get(key) === settled) this.#opening.delete(key);
    }
  }

  #notStarted(
    { remoteAddress }: Exchange,
    { envelope }: ReadMessage & { kind: "inform" },
    why: { conflict: string } | { faultCode: 8006 },
  ): Reply {
    if ("conflict" in why) {
      this.#log.warn({ peer: remoteAddress, reason: why.conflict }, "a device speaks for another");
      return { status: 403, close: true, conflict: why.conflict };
    }
    this.#log.info({ peer: remoteAddress, versions: envelope.supportedVersions }, "no protocol version in common");
    return faultReply(why.faultCode, envelope.namespace, envelope.id);
  }

  async #admit(exchange: Exchange, { event }: ReadMessage & { kind: "inform" }, live: Live): Promise<Reply> {
    const before = this.#registry.byEndpoint(live.session.endpointKey);
    if (before) {
      // The same Inform again means that its answer got lost, and maybe the cookie with it (specs §1.7).
      const { state, lastBody, principal } = before.session;
      const isSamePeer = principalKey(principal) === principalKey(live.session.principal);
      if (isSamePeer && state === "cpeTurn" && lastBody === event.digest)
        return this.#converse(before, exchange, event);
    }
    if (this.#draining) return this.#busy();
    if (before) await this.#supersede(before);
    this.#registry.add(live);
    return this.#converse(live, exchange, event);
  }

  /**
   * Specs §1.7: the CPE has begun anew. Out of turn, since nobody waits for the old session's reply any more. What was
   * outstanding is only ours to leave if no other worker has gone on with it meanwhile.
   */
  async #supersede(before: Live): Promise<void> {
    const { outstanding, id: sessionId } = before.session;
    const unanswered = outstanding && { unanswered: outstanding.method, operationId: outstanding.operationId };
    this.#log.info({ deviceId: before.device?._id, sessionId, ...unanswered }, "superseded by a new session");
    const isOurs = outstanding === undefined || (await this.#watch.isOurs(before));
    await this.#driver.drive(before, { type: isOurs ? "superseded" : "leaseLost" });
  }

  #badInform({ remoteAddress }: Exchange, { id, namespace, detail }: ReadMessage & { kind: "badInform" }): Reply {
    this.#log.info({ peer: remoteAddress, detail }, "Inform with illegal arguments");
    return faultReply(8003, namespace ?? namespaceOf("1.0"), id);
  }

  // ---------------------------------------------------------------- what follows

  async #inSession(exchange: Exchange, read: ReadMessage & { kind: "inSession" }): Promise<Reply> {
    const found = this.#find(exchange);
    const live = found instanceof Promise ? await found : found;
    if (!live) {
      this.#log.info({ peer: exchange.remoteAddress, got: read.event.type }, "message without a session");
      return refused;
    }
    const { principal } = live.session;
    if (exchange.principal && principalKey(exchange.principal) !== principalKey(principal)) {
      this.#log.warn(
        { deviceId: live.device?._id, peer: exchange.remoteAddress },
        "a session's message came from another user",
      );
      return { status: 401 };
    }
    return this.#converse(live, exchange, read.event, read.message);
  }

  #find(exchange: Exchange): Live | undefined | Promise<Live | undefined> {
    const known = exchange.cookie === undefined ? undefined : this.#resumption.byCookie(exchange.cookie);
    return known instanceof Promise
      ? known.then((live) => live ?? this.#guess(exchange))
      : (known ?? this.#guess(exchange));
  }

  #guess({ connectionId, remoteAddress, principal = ANONYMOUS }: Exchange): Live | undefined {
    return this.#registry.guess(connectionId, remoteAddress, principal);
  }

  #converse(live: Live, exchange: Exchange, event: WireEvent, message?: CwmpMessage): Promise<Reply> {
    this.#registry.attach(live, exchange.connectionId);
    return this.#inTurn(live, async () => {
      const reply = (await this.#driver.drive(live, event, message)) ?? refused;
      this.#tracing.exchange(live, exchange, reply);
      live.lastReplyAt = this.#deps.clock.now();
      this.#watch.arm(live);
      return reply;
    });
  }

  /** One after the other, in the order of their arrival. */
  #inTurn<T>(live: Live, task: () => Promise<T>): Promise<T> {
    const isFree = live.waiting === 0;
    live.waiting += 1;
    const turn = isFree ? task() : live.tail.then(task);
    live.tail = endOfTurn(live, turn);
    return turn;
  }

  #sessionEnded(live: Live): void {
    this.#watch.disarm(live);
    if (live.session.state === "aborted") this.#registry.remove(live);
    else for (const forgotten of this.#registry.ended(live)) this.#watch.disarm(forgotten);
    if (live.device) live.device = slim(live.device);
    live.inform = undefined;
    this.#watch.oneLess();
  }

  #busy(): Reply {
    return { status: 503, retryAfter: this.#limits.retryAfter / 1_000, close: true };
  }
}

async function endOfTurn(live: Live, turn: Promise<unknown>): Promise<void> {
  try {
    await turn;
  } catch {
    // Whoever asked for the turn is told.
  } finally {
    live.waiting -= 1;
  }
}

/** What a lingering session still needs of its device: many linger, and a device may be large. */
const slim = (device: DeviceDocument): DeviceDocument => ({
  _id: device._id,
  identity: device.identity,
  endpoints: device.endpoints,
  admission: device.admission,
  tags: [],
  traceUntil: device.traceUntil,
  createdAt: device.createdAt,
  version: device.version,
});

const faultReply = (code: number, namespace: string, id: string | undefined): Reply => ({
  status: 200,
  body: encodeEnvelope({
    namespace,
    message: { kind: "fault", fault: fault(code) },
    ...(id === undefined ? {} : { id }),
  }),
});
