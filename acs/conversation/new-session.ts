import { type Duration, type Instant, seconds } from "../../kernel/time.ts";
import type { QuirkTable, ResolvedQuirks } from "../quirks/index.ts";
import type { Envelope, RpcRequest } from "../rpc/index.ts";
import { negotiateVersion } from "../rpc/versions.ts";
import { newSessionSecret, sessionIdOf } from "../session/cookie.ts";
import type { Principal } from "../session/principal.ts";
import { createSession, type Session, type SessionLimits, type SessionModel } from "../session/session.ts";
import type { ConversationLimits } from "./dependencies.ts";
import { isHeartbeat } from "./event-codes.ts";
import { cwmpEndpointKey, identityConflict, identityOf } from "./identity.ts";
import { reportOf } from "./inform-report.ts";
import type { Live } from "./live.ts";

export type SessionStart =
  | { ok: true; live: Live }
  | { ok: false; conflict: string }
  /** No protocol version in common: fault 8006 (specs §1.5). */
  | { ok: false; faultCode: 8006 };

/** What the standard allows a SessionTimeout header to ask for, at least (specs §1.5). */
const MIN_INACTIVITY: Duration = seconds(30);

/** A session for an Inform; nothing is stored yet. */
export function startSession(
  envelope: Envelope,
  body: RpcRequest<"Inform">,
  exchange: { remoteAddress: string; principal: Principal },
  context: { quirks: QuirkTable; limits: ConversationLimits; now: Instant },
): SessionStart {
  const identity = identityOf(body.DeviceId);
  const conflict = identityConflict(exchange.principal, identity);
  if (conflict !== undefined) return { ok: false, conflict };
  const agreed = negotiateVersion(envelope);
  if (!agreed) return { ok: false, faultCode: 8006 };
  const { namespace, version, useVersion } = agreed;
  const report = reportOf(body, { namespace, version }, context.now);
  const { manufacturer, oui, productClass } = identity;
  const softwareVersion = report.contact.facts?.softwareVersion;
  const model: SessionModel = { manufacturer, oui, productClass, softwareVersion };
  const quirks = context.quirks.of(model);
  const secret = newSessionSecret();
  const session = createSession(
    {
      id: sessionIdOf(secret),
      endpointKey: cwmpEndpointKey(identity),
      principal: exchange.principal,
      remoteAddress: exchange.remoteAddress,
      namespace,
      version,
      model,
      limits: sessionLimits(envelope.sessionTimeout, quirks, context.limits),
      heartbeat: isHeartbeat(report.contact.reasons),
    },
    context.now,
  );
  const live = createLive(session, secret, quirks);
  live.inform = { events: report.events, root: report.root, contact: report.contact, identity, useVersion };
  if (report.root !== undefined) live.root = report.root;
  return { ok: true, live };
}

/** T of specs §1.7: the CPE's header, else the model's, within the configured bounds. */
function sessionLimits(
  sessionTimeout: number | undefined,
  quirks: ResolvedQuirks,
  limits: ConversationLimits,
): SessionLimits {
  const asked = sessionTimeout === undefined ? undefined : Math.max(MIN_INACTIVITY, seconds(sessionTimeout));
  return {
    inactivity: Math.min(asked ?? quirks.inactivity, limits.maxInactivity),
    total: limits.total,
    rpcs: limits.rpcs,
    requests: limits.requests,
    extraEmptyPost: quirks.extraEmptyPost,
  };
}

export const createLive = (session: Session, secret: string, quirks: ResolvedQuirks): Live => ({
  session,
  secret,
  registered: false,
  cookie: undefined,
  device: undefined,
  quirks,
  inform: undefined,
  root: "Device.",
  softwareVersion: undefined,
  endpointState: {},
  run: undefined,
  lastMethod: undefined,
  parked: false,
  skipped: [],
  leaseUntil: 0,
  tail: Promise.resolve(),
  waiting: 0,
  timer: undefined,
  lastReplyAt: session.lastAt,
  connections: [],
  unknownMethods: [],
});
