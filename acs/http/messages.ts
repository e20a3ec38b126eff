import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { ByteCount } from "../../kernel/bytes.ts";
import { kib } from "../../kernel/bytes.ts";
import { asStewardError } from "../../kernel/errors.ts";
import type { Clock, Duration } from "../../kernel/time.ts";
import { type BodyResult, readBody } from "../../platform/http/body.ts";
import { acceptedCodings } from "../../platform/http/coding.ts";
import type { Logger } from "../../platform/log/logger.ts";
import type { BodyClass, Conversations, Glance, Principal, Reply } from "../conversation/index.ts";
import type { Admission } from "./admission.ts";
import { type Answer, send } from "./answer.ts";
import { type Authenticator, refusalReasons, type Verdict } from "./authentication/authenticator.ts";
import { clientCertificateOf } from "./authentication/certificate.ts";
import type { AuthenticationFailure } from "./authentication/failure-record.ts";
import type { Connection, Connections } from "./connections.ts";
import { readSessionCookies, sessionCookie } from "./cookies.ts";
import type { ListenerMetrics } from "./metrics.ts";

export interface MessageLimits {
  maxBody: ByteCount;
  maxInflatedBody: ByteCount;
  bodyTimeout: Duration;
  /** What an overloaded ACS tells CPEs to wait, at least; up to half as much is added so that they do not all come at once. */
  retryAfter: Duration;
  /** 401 answers in a row on one connection; a proxy in front of many CPEs needs room. */
  challengesPerConnection: number;
}

export interface MessageHandlerOptions {
  conversations: Conversations;
  authenticator: Authenticator;
  admission: Admission;
  connections: Connections;
  metrics: ListenerMetrics;
  recordFailure: (failure: AuthenticationFailure) => void;
  limits: MessageLimits;
  clock: Clock;
  log: Logger;
}

/** The body of a peer that proved nothing is read only to be thrown away. */
const UNPROVED_BODY = kib(64);
const CONTENT_TYPE = 'text/xml; charset="utf-8"';

/** One CWMP message on its way: what is known about it so far. */
interface Visit {
  request: IncomingMessage;
  response: ServerResponse;
  connection: Connection;
  source: string;
  secure: boolean;
  carried: BodyClass | "unread";
}

type Session = { cookie?: string | undefined; principal?: Principal };
const NO_SESSION: Session = {};

/** Serves CWMP messages: method, authentication, body, admission, conversation, answer – in this order. */
export class MessageHandler {
  readonly #options: MessageHandlerOptions;

  constructor(options: MessageHandlerOptions) {
    this.#options = options;
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { clock, connections, metrics } = this.#options;
    const startedAt = clock.now();
    const connection = connections.of(request.socket);
    const secure = "encrypted" in request.socket;
    const visit: Visit = { request, response, connection, source: connection.peer, secure, carried: "unread" };
    const before = connection.idle;
    const served = before === undefined ? this.#serve(visit) : before.then(() => this.#serve(visit));
    connection.idle = served;
    await served;
    if (connection.idle === served) connection.idle = undefined;
    metrics.requests.add({ carried: visit.carried, status: String(response.statusCode) });
    metrics.duration.observe((clock.now() - startedAt) / 1000);
  }

  /** The one boundary: whatever fails below becomes an answer without details, and a line in the log. */
  async #serve(visit: Visit): Promise<void> {
    try {
      await this.#receive(visit);
    } catch (cause) {
      const error = asStewardError(cause);
      const unavailable = error.status === 503;
      this.#options.log[unavailable ? "warn" : "error"]({ error, peer: visit.source }, "message failed");
      send(visit.response, unavailable ? this.#busy(true) : { status: 500, close: true });
    }
  }

  async #receive(visit: Visit): Promise<void> {
    const { request, response } = visit;
    if (request.method !== "POST") {
      return send(response, { status: 405, headers: { Allow: "POST" }, close: hasBody(request) });
    }
    const session = request.headers.cookie === undefined ? NO_SESSION : await this.#sessionOf(request.headers.cookie);
    const verdict = await this.#authenticate(visit, session);
    if (verdict.kind !== "proved") return this.#turnAway(visit, verdict);
    visit.connection.challenges = 0;
    const { limits, clock, metrics, conversations } = this.#options;
    const received = await readBody(request, {
      maxBytes: limits.maxBody,
      maxInflatedBytes: limits.maxInflatedBody,
      timeout: limits.bodyTimeout,
      clock,
    });
    if (!received.ok) return this.#refuseBody(visit, received);
    metrics.received.add(received.received);
    const glance = conversations.peek(received.body);
    visit.carried = glance.carried;
    // Somebody else's cookie opens no session of his; an Inform starts its own (specs/cwmp.md §1.2).
    if (verdict.switched && glance.carried !== "inform") return this.#challengeAgain(visit);
    const cookie = verdict.switched ? undefined : session.cookie;
    await this.#converse(visit, received.body, glance, { principal: verdict.principal, cookie });
  }

  /** The first of the request's cookies that names a live session; a dead one is passed on, to be recognised as such. */
  async #sessionOf(header: string): Promise<Session> {
    const cookies = readSessionCookies(header);
    if (cookies.length === 0) return NO_SESSION;
    for (const cookie of cookies) {
      const live = await this.#options.conversations.live(cookie);
      if (live !== undefined) return { cookie, principal: live.principal };
    }
    return cookies[0] === undefined ? {} : { cookie: cookies[0] };
  }

  async #authenticate({ request, secure, source }: Visit, session: Session): Promise<Verdict> {
    const verdict = await this.#options.authenticator.authenticate({
      method: "POST",
      target: request.url ?? "/",
      authorization: request.headers.authorization,
      secure,
      remoteAddress: source,
      certificate: clientCertificateOf(request.socket),
      carried: session.principal,
    });
    const outcome = verdict.kind === "proved" ? "proved" : verdict.reason;
    this.#options.metrics.authentication.add({ outcome });
    return verdict;
  }

  async #turnAway(visit: Visit, verdict: Exclude<Verdict, { kind: "proved" }>): Promise<void> {
    const { limits, clock, log, recordFailure } = this.#options;
    const { request, source } = visit;
    const username = verdict.username;
    const { reason } = verdict;
    if (reason !== "missing")
      log.info({ peer: source, username, reason, detail: refusalReasons[reason] }, "not authenticated");
    recordFailure({ remoteAddress: source, username: username ?? "", reason });
    const body = await readBody(request, {
      maxBytes: UNPROVED_BODY,
      maxInflatedBytes: UNPROVED_BODY,
      timeout: limits.bodyTimeout,
      clock,
    });
    if (!body.ok && body.problem === "aborted") return;
    if (verdict.kind === "refused") return send(visit.response, { status: 403, close: true });
    this.#challenge(visit, verdict.challenges, !body.ok && !body.reusable);
  }

  #challengeAgain(visit: Visit): void {
    this.#options.log.warn({ peer: visit.source }, "a session's cookie came with another user");
    this.#challenge(visit, this.#options.authenticator.challenges(visit.secure), false);
  }

  #challenge(visit: Visit, challenges: string[], close: boolean): void {
    visit.connection.challenges += 1;
    if (visit.connection.challenges <= this.#options.limits.challengesPerConnection) {
      return send(visit.response, { status: 401, headers: { "WWW-Authenticate": challenges }, close });
    }
    this.#options.metrics.authentication.add({ outcome: "looping" });
    this.#options.log.warn({ peer: visit.source }, "challenged again and again, closing the connection");
    send(visit.response, { status: 403, close: true });
  }

  #refuseBody({ response, source }: Visit, result: Extract<BodyResult, { ok: false }>): void {
    this.#options.log.info({ peer: source, reason: result.reason }, "body not received");
    if (result.problem === "aborted") return;
    const headers = result.status === 415 ? { "Accept-Encoding": acceptedCodings } : {};
    send(response, { status: result.status, headers, close: !result.reusable || result.status === 408 });
  }

  async #converse(visit: Visit, body: Buffer, glance: Glance, { principal, cookie }: Session): Promise<void> {
    const { conversations, admission, metrics, log } = this.#options;
    const { source, response } = visit;
    const limit = admission.enter(glance, source);
    if (limit !== undefined) {
      metrics.overloaded.add({ limit });
      log.debug({ peer: source, limit }, "refused, overloaded");
      return send(response, this.#busy(glance.carried === "inform"));
    }
    metrics.inFlight.set(admission.inFlight);
    try {
      const reply = await conversations.handle({
        body,
        connectionId: visit.connection.id,
        remoteAddress: source,
        secure: visit.secure,
        principal,
        charset: charsetOf(visit.request.headers["content-type"]),
        cookie,
      });
      if (reply.conflict !== undefined) this.#recordConflict(source, principal, reply.conflict);
      this.#reply(visit, reply);
    } finally {
      admission.leave();
      metrics.inFlight.set(admission.inFlight);
    }
  }

  #recordConflict(remoteAddress: string, principal: Principal | undefined, detail: string): void {
    const username = principal === undefined || principal.kind === "anonymous" ? "" : nameOf(principal);
    this.#options.recordFailure({ remoteAddress, username, reason: "notItsOwn", detail });
  }

  #reply({ response, source, secure }: Visit, reply: Reply): void {
    const { admission, authenticator } = this.#options;
    const { status, body = "", cookie, retryAfter, close = false, endsSession } = reply;
    if (cookie !== undefined) {
      if (endsSession) admission.sessionEnded(cookie);
      else admission.sessionSeen(cookie, source);
    }
    const headers: OutgoingHttpHeaders = {};
    if (body !== "") headers["Content-Type"] = CONTENT_TYPE;
    if (cookie !== undefined) headers["Set-Cookie"] = sessionCookie(cookie);
    if (retryAfter !== undefined) headers["Retry-After"] = Math.ceil(retryAfter);
    if (status === 401) headers["WWW-Authenticate"] = authenticator.challenges(secure);
    send(response, { status, body, close, headers });
  }

  #busy(close: boolean): Answer {
    const least = this.#options.limits.retryAfter / 1000;
    return { status: 503, headers: { "Retry-After": Math.ceil(least * (1 + Math.random() / 2)) }, close };
  }
}

const nameOf = (principal: Exclude<Principal, { kind: "anonymous" }>): string =>
  principal.kind === "certificate" ? principal.commonName : principal.username;

const hasBody = (request: IncomingMessage): boolean =>
  request.headers["transfer-encoding"] !== undefined || Number(request.headers["content-length"] ?? 0) > 0;

/** The charset that a Content-Type names, whatever else is in it (specs/cwmp.md §1.1). */
const charsetOf = (contentType: string | undefined): string | undefined =>
  contentType === undefined ? undefined : /charset\s*=\s*["']?([\w.:-]{1,40})/i.exec(contentType)?.[1]?.toLowerCase();
