import type { Conversations, Exchange, Glance, Principal, Reply } from "../../../../acs/conversation/index.ts";
import { type AuthenticationPolicy } from "../../../../acs/http/authentication/authenticator.ts";
import { type CwmpListener, createListener, type ListenerOptions } from "../../../../acs/http/listener.ts";
import type { Credential, EventInput } from "../../../../fleet/door.ts";
import type { Files } from "../../../../fleet/files/index.ts";
import { kib, mib } from "../../../../kernel/bytes.ts";
import { type Clock, type Instant, minutes, seconds, systemClock } from "../../../../kernel/time.ts";
import { silentLogger } from "../../../../platform/log/logger.ts";
import { createMetrics, type Metrics } from "../../../../platform/metrics/metrics.ts";
import { createSecrets, type Secrets } from "../../../../platform/secrets/secrets.ts";

/** Conversations that answer as the test says and remember what they were asked. */
export class ScriptedConversations implements Conversations {
  readonly exchanges: Exchange[] = [];
  readonly sessions = new Map<string, Principal>();
  readonly closedConnections: string[] = [];
  liveCount = 0;
  drainedUntil: Instant | undefined;
  answer: (exchange: Exchange) => Reply | Promise<Reply> = () => ({ status: 204 });
  onClosed: () => void = () => undefined;

  async live(cookie: string): Promise<{ principal: Principal } | undefined> {
    const principal = this.sessions.get(cookie);
    return principal && { principal };
  }

  async handle(exchange: Exchange): Promise<Reply> {
    this.exchanges.push(exchange);
    return this.answer(exchange);
  }

  connectionClosed(connectionId: string): void {
    this.closedConnections.push(connectionId);
    this.onClosed();
  }

  async drain(deadline: Instant): Promise<void> {
    this.drainedUntil = deadline;
  }

  async stop(): Promise<void> {}

  peek(body: Uint8Array): Glance {
    const text = Buffer.from(body).toString("latin1");
    return {
      carried: text.trim() === "" ? "empty" : text.includes("Inform>") ? "inform" : "other",
      priority: text.includes("0 BOOTSTRAP") ? "bootstrap" : text.includes("1 BOOT") ? "boot" : "other",
    };
  }
}

export const noFiles: Files = {
  create: () => Promise.reject(new Error("no files")),
  get: async () => undefined,
  list: async () => ({ items: [] }),
  inUse: async () => new Set(),
  remove: async () => false,
  open: () => Promise.reject(new Error("no files")),
  sweep: async () => 0,
};

export const gateway: { credential: Credential; secret: string } = {
  credential: { id: "c1", username: "gw1", purpose: "authentication", scope: { endpointKey: "cwmp:gw1" } },
  secret: "secret-1",
};

export interface FixtureOptions {
  authentication?: Partial<AuthenticationPolicy>;
  limits?: {
    http?: ListenerOptions["limits"]["http"];
    messages?: Partial<ListenerOptions["limits"]["messages"]>;
    admission?: Partial<ListenerOptions["limits"]["admission"]>;
    files?: Partial<ListenerOptions["limits"]["files"]>;
  };
  files?: Files;
  secrets?: Secrets;
  clock?: Clock;
  tls?: ListenerOptions["tls"];
  host?: string;
  byEndpoint?: ListenerOptions["fleet"]["contacts"]["byEndpoint"];
  findForAuthentication?: ListenerOptions["fleet"]["credentials"]["findForAuthentication"];
}

export interface Fixture {
  listener: CwmpListener;
  port: number;
  conversations: ScriptedConversations;
  events: EventInput[];
  metrics: Metrics;
}

/** A listener on a free port of the loopback, with authentication switched off unless asked for. */
export async function startListener(options: FixtureOptions = {}): Promise<Fixture> {
  const conversations = new ScriptedConversations();
  const events: EventInput[] = [];
  const metrics = createMetrics({ processMetrics: false });
  const { limits = {}, clock = systemClock } = options;
  const listener = createListener({
    listen: { host: options.host ?? "127.0.0.1", port: 0 },
    tls: options.tls,
    conversations,
    fleet: {
      credentials: {
        findForAuthentication:
          options.findForAuthentication ?? (async (name) => (name === gateway.credential.username ? [gateway] : [])),
      },
      contacts: { byEndpoint: options.byEndpoint ?? (async () => undefined) },
      events: { append: async (more) => void events.push(...more) },
    },
    files: options.files ?? noFiles,
    authentication: {
      mode: "none",
      realm: "acs.example",
      nonceLifetime: minutes(20),
      allowBasicOverHttp: false,
      offerSha256: false,
      ...options.authentication,
    },
    limits: {
      http: { ...limits.http },
      messages: {
        maxBody: kib(256),
        maxInflatedBody: mib(1),
        bodyTimeout: seconds(10),
        retryAfter: seconds(60),
        challengesPerConnection: 20,
        ...limits.messages,
      },
      admission: {
        maxInFlight: 100,
        maxSessions: 100,
        maxSessionsPerSource: 100,
        sessionLifetime: seconds(60),
        ...limits.admission,
      },
      files: { maxUpload: mib(4), idle: seconds(30), maxTransfers: 10, retryAfter: seconds(60), ...limits.files },
    },
    secrets: options.secrets ?? createSecrets("a key for tests, long enough for all of them"),
    metrics,
    clock,
    log: silentLogger,
  });
  await listener.start();
  return { listener, port: listener.addresses[0]!.port, conversations, events, metrics };
}
