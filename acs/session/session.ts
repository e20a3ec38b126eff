import type { Duration, Instant } from "../../kernel/time.ts";
import type { Principal } from "./principal.ts";
import { isLegalMove, moves, type SessionState } from "./states.ts";

/** What a session is held to; from the configuration, the CPE's SessionTimeout header and its model's quirks. */
export interface SessionLimits {
  /** T of specs/cwmp §1.7: how long the next POST is waited for. */
  readonly inactivity: Duration;
  readonly total: Duration;
  /** RPCs sent by us. */
  readonly rpcs: number;
  /** Requests taken from the CPE. */
  readonly requests: number;
  /** The CPE ends only after one more empty POST (specs §9, termination quirk). */
  readonly extraEmptyPost: boolean;
}

/** An RPC whose answer is awaited. */
export interface Outstanding {
  readonly id: string;
  readonly method: string;
  readonly operationId: string;
  /** The operation's stored progress is older than this RPC, which only repeats or reads. */
  readonly repeatable: boolean;
  /** How often the CPE answered with an empty POST instead. */
  readonly silences: number;
  /** The CPE put a request of its own in between: its next empty POST asks for this RPC again. */
  readonly interrupted: boolean;
  /** As it went out; absent after a change of worker when it was too long to carry along. */
  readonly text?: string;
}

export interface CachedReply {
  readonly status: 200 | 204;
  readonly body?: string | undefined;
}

/** What the CPE said of itself; quirks are found by it. */
export interface SessionModel {
  readonly manufacturer?: string;
  readonly oui: string;
  readonly productClass: string;
  readonly softwareVersion?: string;
}

/** One CWMP session: a plain value, changed only by `step`, serialisable at any moment. */
export interface Session {
  readonly id: string;
  readonly state: SessionState;
  readonly endpointKey: string;
  readonly principal: Principal;
  readonly remoteAddress: string;
  /** The CPE's namespace, echoed in everything we send (specs §1.5). */
  readonly namespace: string;
  readonly version: string;
  readonly model: SessionModel;
  readonly limits: SessionLimits;
  /** Only `14 HEARTBEAT`: answered at once, no operations (specs §2.3). */
  readonly heartbeat: boolean;
  readonly startedAt: Instant;
  readonly lastAt: Instant;
  readonly rpcs: number;
  readonly requests: number;
  readonly draining: boolean;
  readonly outstanding?: Outstanding;
  /** Where `answering` leads back to. */
  readonly returnTo?: "cpeTurn" | "awaitingReply" | "ended";
  /** The request that is being answered. */
  readonly request?: { readonly method: string; readonly id?: string | undefined } | undefined;
  /** Digest of the last body, and the connection that it came on. */
  readonly lastBody?: string;
  readonly lastConnection?: string;
  readonly lastReply?: CachedReply;
  /** How often the last reply was replayed. */
  readonly replays: number;
  /** The last thing that happened was a TransferComplete: some CPEs reboot right after its answer (specs §9, MikroTik). */
  readonly mayVanish: boolean;
  /** An empty answer was given to which a further empty POST is expected. */
  readonly emptied: boolean;
  /** Why it aborted. */
  readonly failure?: string;
}

export type NewSession = Pick<
  Session,
  "id" | "endpointKey" | "principal" | "remoteAddress" | "namespace" | "version" | "model" | "limits" | "heartbeat"
>;

/** Every field is there from the start, in the order of `changed`: all sessions have one shape. */
export const createSession = (start: NewSession, now: Instant): Session => ({
  id: start.id,
  state: "awaitingInform",
  endpointKey: start.endpointKey,
  principal: start.principal,
  remoteAddress: start.remoteAddress,
  namespace: start.namespace,
  version: start.version,
  model: start.model,
  limits: start.limits,
  heartbeat: start.heartbeat,
  startedAt: now,
  lastAt: now,
  rpcs: 0,
  requests: 0,
  draining: false,
  outstanding: undefined,
  returnTo: undefined,
  request: undefined,
  lastBody: undefined,
  lastConnection: undefined,
  lastReply: undefined,
  replays: 0,
  mayVanish: false,
  emptied: false,
  failure: undefined,
});

/** A copy with these changes. Each field is named, so that the copy has the one shape of all sessions (see kernel/merged). */
export function changed(session: Session, changes: Partial<Session>): Session {
  const copy = {
    id: session.id,
    state: session.state,
    endpointKey: session.endpointKey,
    principal: session.principal,
    remoteAddress: session.remoteAddress,
    namespace: session.namespace,
    version: session.version,
    model: session.model,
    limits: session.limits,
    heartbeat: session.heartbeat,
    startedAt: session.startedAt,
    lastAt: session.lastAt,
    rpcs: session.rpcs,
    requests: session.requests,
    draining: session.draining,
    outstanding: session.outstanding,
    returnTo: session.returnTo,
    request: session.request,
    lastBody: session.lastBody,
    lastConnection: session.lastConnection,
    lastReply: session.lastReply,
    replays: session.replays,
    mayVanish: session.mayVanish,
    emptied: session.emptied,
    failure: session.failure,
  } satisfies Record<keyof Session, unknown>;
  return Object.assign(copy, changes);
}

/** The one way to another state; an illegal move is a defect of ours. */
export function move(session: Session, to: SessionState, changes: Partial<Session> = {}): Session {
  if (!isLegalMove(session.state, to)) throw new Error(`a session cannot move from ${session.state} to ${to}`);
  const moved = changed(session, changes);
  (moved as { state: SessionState }).state = to;
  return moved;
}

/** Replies longer than this are not carried to another worker: the lease is written with every RPC. */
const CARRIED_TEXT = 2048;
const FORMAT = 2;

const carried = (text: string | undefined): text is string => text !== undefined && text.length <= CARRIED_TEXT;

/** The fields of the lease's text, in their order there; a field that is added needs another `FORMAT`. */
const fields = Object.keys({
  id: true,
  state: true,
  endpointKey: true,
  principal: true,
  remoteAddress: true,
  namespace: true,
  version: true,
  model: true,
  limits: true,
  heartbeat: true,
  startedAt: true,
  lastAt: true,
  rpcs: true,
  requests: true,
  draining: true,
  outstanding: true,
  returnTo: true,
  request: true,
  lastBody: true,
  lastConnection: true,
  lastReply: true,
  replays: true,
  mayVanish: true,
  emptied: true,
  failure: true,
} satisfies Record<keyof Session, true>) as readonly (keyof Session)[];

/** Behind the format. */
const placeOf = (field: keyof Session): number => fields.indexOf(field) + 1;
const LAST_REPLY = placeOf("lastReply");
const OUTSTANDING = placeOf("outstanding");

/** For the lease: values without names, since it is written with every contact. */
export function serialiseSession(session: Session): string {
  const { lastReply, outstanding } = session;
  const keepsReply = lastReply !== undefined && (lastReply.body === undefined || carried(lastReply.body));
  const values: unknown[] = [FORMAT];
  for (const field of fields) values.push(session[field]);
  values[LAST_REPLY] = keepsReply ? lastReply : undefined;
  if (outstanding !== undefined && !carried(outstanding.text))
    values[OUTSTANDING] = { ...outstanding, text: undefined };
  return JSON.stringify(values);
}

/** `undefined` for a text that this Steward did not write. */
export function parseSession(text: string): Session | undefined {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!Array.isArray(raw) || raw[0] !== FORMAT || raw.length !== fields.length + 1) return undefined;
  const session = Object.fromEntries(fields.map((field, i) => [field, (raw as unknown[])[i + 1] ?? undefined]));
  const { id, state } = session;
  return typeof id === "string" && typeof state === "string" && Object.hasOwn(moves, state)
    ? (session as unknown as Session)
    : undefined;
}
