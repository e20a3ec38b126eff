import type { Instant } from "../../kernel/time.ts";
import type { DeviceDocument } from "../devices/model.ts";
import { attemptsAllowed, attemptsMade } from "./attempts.ts";
import { heldByAccepted, operationKinds } from "./kinds.ts";
import type { OperationDocument, OperationState, WaitingReason } from "./model.ts";

export interface WakeState {
  since: Instant;
  nextTryAt?: Instant;
  attempts: number;
  lastError?: string;
}

export interface Circumstances {
  device: DeviceDocument;
  /** The device's open operations that come before this one (see `queueOrder`). */
  aheadOfIt: readonly OperationDocument[];
  wakeState?: WakeState;
  queueHealthy: boolean;
  now: Instant;
  /** True for the conversation that holds the device and asks what to do next. */
  inThisSession: boolean;
}

const rank: Record<OperationState, number> = {
  accepted: 0,
  active: 1,
  unknown: 2,
  queued: 3,
  done: 4,
  failed: 4,
  expired: 4,
  cancelled: 4,
};

const LAST = 5;

/**
 * What only looks and was tried in vain lets the others pass, or one value that a device cannot tell without a restart
 * would keep everything from it; one lost answer is forgiven, that was maybe the link. So does what filled a session.
 */
const hadItsTurn = ({ state, attempt, parked = 0, request }: OperationDocument): boolean =>
  operationKinds[request.kind].looks === true &&
  ((state === "queued" && attempt > 0) || (state === "unknown" && (attempt > 1 || parked > 0)));

const placeOf = (operation: OperationDocument): number => (hadItsTurn(operation) ? LAST : rank[operation.state]);

/**
 * The order in which a device's open operations are looked at: what it has accepted, what was left `active` or
 * `unknown`, then what is queued, by priority and age; last, what only looks and had its turn.
 */
export const queueOrder = (a: OperationDocument, b: OperationDocument): number =>
  placeOf(a) - placeOf(b) || a.priority - b.priority || (a._id < b._id ? -1 : 1);

/**
 * Whether `ahead` must go before `operation`. One that is scheduled for later, or whose lane is taken, lets others pass;
 * one that backs off does not, or its repetition would undo what came after it (what only looks is not ahead then).
 */
function holdsBack(ahead: OperationDocument, operation: OperationDocument, { aheadOfIt, now }: Circumstances): boolean {
  const { kind } = ahead.request;
  if (ahead.state === "accepted") return heldByAccepted(kind, operation.request.kind);
  if (ahead.state !== "queued") return true;
  if ((ahead.notBefore ?? 0) > now) return false;
  const laneTaken = aheadOfIt.some((other) => other.state === "accepted" && heldByAccepted(other.request.kind, kind));
  return !laneTaken || heldByAccepted(kind, operation.request.kind);
}

/** A cancellation that was asked for is told in the history too, and does not end the state. */
function enteredAt({ history, state, createdAt }: OperationDocument): Instant {
  const before = history.findLastIndex((entry) => entry.state !== state);
  return history[before + 1]?.at ?? createdAt;
}

/**
 * Why an operation does not start now; empty: it may start (in the session that asks), or it is finished. The only
 * judge: `work.next`, the reasons at the API and the console all come from here (DESIGN decision 11).
 */
export function reasonsToWait(operation: OperationDocument, circumstances: Circumstances): WaitingReason[] {
  const since = enteredAt(operation);
  const { inThisSession } = circumstances;
  switch (operation.state) {
    case "accepted":
      return [
        {
          code: "awaitingCompletion",
          since,
          ...untilOf(operation.completionDueAt, circumstances),
          ...cancelledWhen(operation),
        },
      ];
    case "active":
      if (inThisSession) return reasonsOfQueue(operation, circumstances);
      return isLive(circumstances)
        ? [{ ...inSession(circumstances), ...cancelledWhen(operation) }]
        : [...afterDrop(since), ...reasonsOfContact(operation, circumstances)];
    case "unknown":
      return [...(inThisSession ? [] : afterDrop(since)), ...reasonsOfQueue(operation, circumstances)];
    case "queued":
      return reasonsOfQueue(operation, circumstances);
    default:
      return [];
  }
}

/** A time that has passed without what was awaited is none to tell. */
const untilOf = (until: Instant | undefined, { now }: Circumstances): { until?: Instant } =>
  until === undefined || until <= now ? {} : { until };
const isLive = ({ device: { lease }, now }: Circumstances): boolean => lease !== undefined && lease.until > now;

const afterDrop = (since: Instant): WaitingReason[] => [
  { code: "outcomeUnknown", since, remedy: "The next contact finds out what became of it." },
];

/** Asked for while the device has it: told where it waits, since it seems to change nothing. */
const cancelledWhen = ({ cancelRequested }: OperationDocument): { remedy?: string } =>
  cancelRequested === true
    ? { remedy: "Cancellation was asked for; the device has it already, so what it reports is waited for until then." }
    : {};

function inSession(circumstances: Circumstances): WaitingReason {
  const { device, now } = circumstances;
  const since = device.contact?.lastAt ?? now;
  return { code: "inSession", since, ...untilOf(device.lease?.until, circumstances) };
}

function reasonsOfDevice({ createdAt }: OperationDocument, circumstances: Circumstances): WaitingReason[] {
  const { device, now } = circumstances;
  const reasons: WaitingReason[] = [];
  if (device.admission === "quarantined" || device.admission === "rejected") {
    reasons.push({
      code: "deviceNotAdmitted",
      params: { admission: device.admission },
      since: device.contact?.firstAt ?? device.createdAt,
      remedy: "Admit the device.",
    });
  }
  if ((device.holdUntil ?? 0) > now) {
    reasons.push({
      code: "deviceHeld",
      since: createdAt,
      ...untilOf(device.holdUntil, circumstances),
      remedy: "Release the device.",
    });
  }
  return reasons;
}

function reasonsOfQueue(operation: OperationDocument, circumstances: Circumstances): WaitingReason[] {
  const { aheadOfIt, now } = circumstances;
  const since = enteredAt(operation);
  const reasons = reasonsOfDevice(operation, circumstances);
  if ((operation.notBefore ?? 0) > now)
    reasons.push({ code: "notBefore", since, ...untilOf(operation.notBefore, circumstances) });
  if ((operation.nextAttemptAt ?? 0) > now) {
    const params = { attempt: attemptsMade(operation), maxAttempts: attemptsAllowed(operation) };
    reasons.push({ code: "backingOff", params, since, ...untilOf(operation.nextAttemptAt, circumstances) });
  }
  const holder = aheadOfIt.find((ahead) => holdsBack(ahead, operation, circumstances));
  if (holder !== undefined) {
    const params = { operationId: holder._id, kind: holder.request.kind, state: holder.state };
    const until = untilOf(holder.completionDueAt ?? holder.nextAttemptAt, circumstances);
    reasons.push({ code: "behindOperation", params, since, ...until, ...remedyOf(holder) });
  }
  return [...reasons, ...reasonsOfContact(operation, circumstances)];
}

/** What was tried may be given up; what the device has taken is its own business. */
const remedyOf = ({ state, attempt }: OperationDocument): { remedy?: string } =>
  attempt > 0 && (state === "queued" || state === "unknown")
    ? { remedy: "It goes on or ends first, since repeated later it could undo others; cancelled, it lets them pass." }
    : {};

function reasonsOfContact(operation: OperationDocument, circumstances: Circumstances): WaitingReason[] {
  const { device, wakeState, queueHealthy, inThisSession } = circumstances;
  if (inThisSession) return [];
  if (isLive(circumstances)) return [inSession(circumstances)];
  const since = enteredAt(operation);
  if (operation.wake === "now" && device.contact !== undefined) {
    if (!queueHealthy) return [{ code: "queueUnavailable", since, remedy: "See the health of the queue." }];
    if (wakeState !== undefined) return [reasonOfWake(wakeState, circumstances)];
  }
  return [{ code: "awaitingContact", since, ...untilOf(device.contact?.nextExpectedAt, circumstances) }];
}

function reasonOfWake(
  { since, attempts, lastError, nextTryAt }: WakeState,
  circumstances: Circumstances,
): WaitingReason {
  const until = untilOf(nextTryAt, circumstances);
  if (lastError === undefined) return { code: "awaitingWake", params: { attempts }, since, ...until };
  const remedy = "It is tried again; the device also comes by itself.";
  return { code: "wakeFailed", params: { attempts, error: lastError }, since, ...until, remedy };
}
