import type { IncomingMessage, ServerResponse } from "node:http";
import type { Contacts, Credentials, Events } from "../../fleet/door.ts";
import type { Files } from "../../fleet/files/index.ts";
import { type Clock, type Duration, type Instant, seconds } from "../../kernel/time.ts";
import type { ListenAddress } from "../../platform/config/types.ts";
import type { HttpLimits } from "../../platform/http/limits.ts";
import { type BoundAddress, createHttpServer, type HttpServer } from "../../platform/http/server.ts";
import type { TlsFiles } from "../../platform/http/tls.ts";
import type { Service } from "../../platform/lifecycle.ts";
import type { Logger } from "../../platform/log/logger.ts";
import type { Metrics } from "../../platform/metrics/metrics.ts";
import type { Secrets } from "../../platform/secrets/secrets.ts";
import type { Conversations } from "../conversation/index.ts";
import { Admission, type AdmissionLimits } from "./admission.ts";
import { type AuthenticationPolicy, createAuthenticator } from "./authentication/authenticator.ts";
import { createFailureRecord } from "./authentication/failure-record.ts";
import { Connections } from "./connections.ts";
import { FileServer, type FileServerLimits, isFileTarget } from "./files/file-server.ts";
import { MessageHandler, type MessageLimits } from "./messages.ts";
import { listenerMetrics } from "./metrics.ts";

export interface ListenerOptions {
  listen: ListenAddress;
  /** Absent: no TLS listener. */
  tls?: { listen: ListenAddress; files: TlsFiles } | undefined;
  conversations: Conversations;
  fleet: {
    credentials: Pick<Credentials, "findForAuthentication">;
    contacts: Pick<Contacts, "byEndpoint">;
    events: Pick<Events, "append">;
  };
  files: Files;
  authentication: AuthenticationPolicy;
  limits: {
    http?: Partial<Omit<HttpLimits, "requestTimeout">>;
    messages: MessageLimits;
    admission: AdmissionLimits;
    files: FileServerLimits;
  };
  secrets: Secrets;
  metrics: Metrics;
  clock: Clock;
  log: Logger;
}

export interface CwmpListener extends Service {
  /** Where it listens, plain first; only between `start` and the end of `drain`. */
  readonly addresses: readonly BoundAddress[];
  /** Reads the TLS files again; new connections use them. */
  reloadTls(): Promise<void>;
}

/**
 * Where CPEs reach the ACS: CWMP messages on any path, files below `/files/`; plain and, if configured, TLS. As a
 * service it drains and stops the conversations too.
 */
export function createListener(options: ListenerOptions): CwmpListener {
  return new Listener(options);
}

class Listener implements CwmpListener {
  readonly name = "acs.http";
  readonly #conversations: Conversations;
  readonly #messages: MessageHandler;
  readonly #files: FileServer;
  readonly #servers: readonly HttpServer[];
  readonly #clock: Clock;

  constructor(options: ListenerOptions) {
    const { conversations, fleet, limits, secrets, clock } = options;
    const log = options.log.child(this.name);
    const metrics = options.metrics.register(listenerMetrics);
    const key = secrets.deriveKey("acs.nonce");
    const authenticator = createAuthenticator({
      policy: options.authentication,
      credentials: fleet.credentials,
      key,
      clock,
    });
    this.#clock = clock;
    this.#conversations = conversations;
    this.#messages = new MessageHandler({
      conversations,
      authenticator,
      admission: new Admission(clock, limits.admission, () => conversations.liveCount),
      connections: new Connections((id) => conversations.connectionClosed(id)),
      metrics,
      recordFailure: createFailureRecord(fleet.events, clock, log),
      limits: limits.messages,
      clock,
      log,
    });
    this.#files = new FileServer({
      files: options.files,
      contacts: fleet.contacts,
      authenticator,
      secrets,
      metrics,
      clock,
      log: log.child("acs.http.files"),
      limits: limits.files,
    });
    this.#servers = this.#serversFor(options);
  }

  get addresses(): readonly BoundAddress[] {
    return this.#servers.map((server) => server.address);
  }

  async start(): Promise<void> {
    for (const server of this.#servers) await server.start();
  }

  /** Sessions first, while their CPEs can still reach us; then the connections, downloads among them. */
  async drain(deadline: Instant): Promise<void> {
    const reserve: Duration = Math.min(seconds(1), Math.max(0, deadline - this.#clock.now()) / 4);
    await this.#conversations.drain(deadline - reserve);
    await Promise.all(this.#servers.map((server) => server.drain(deadline)));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.stop()));
    await this.#conversations.stop();
  }

  async reloadTls(): Promise<void> {
    for (const server of this.#servers) await server.reloadTls();
  }

  #serversFor({ listen, tls, limits, log, clock }: ListenerOptions): HttpServer[] {
    const handler = (request: IncomingMessage, response: ServerResponse): Promise<void> =>
      isFileTarget(request.url ?? "/")
        ? this.#files.handle(request, response)
        : this.#messages.handle(request, response);
    // Bodies have their own limits: a message's is timed as a whole, an upload's by its silence.
    const shared = { limits: { ...limits.http, requestTimeout: 0 }, halfOpen: true, handler, log, clock };
    const servers = [createHttpServer({ name: "acs.http", listen, ...shared })];
    if (tls !== undefined) {
      servers.push(createHttpServer({ name: "acs.https", listen: tls.listen, tls: tls.files, ...shared }));
    }
    return servers;
  }
}
