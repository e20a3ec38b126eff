import { type Duration, type Instant, minutes, seconds } from "../../kernel/time.ts";
import type { Document } from "../../platform/store/port.ts";
import type { WakeFailure } from "./connection-request.ts";

/** A wake that has not led to a contact yet; `_id` is the device's. Gone when the device makes contact. */
export interface WakeDocument extends Document {
  since: Instant;
  /** When it was asked for last: a contact after this answers it. */
  requestedAt: Instant;
  /** Asked for without an operation: wanted until there is a contact, whatever becomes of the operations. */
  unconditional?: boolean;
  attempts: number;
  lastTryAt?: Instant;
  /** Absent: not tried again before the next contact or request. */
  nextTryAt?: Instant;
  /** The last call was accepted; the contact is still to come. */
  acceptedAt?: Instant;
  lastError?: string;
  /** Why the last call failed, where `lastError` says it in words. */
  lastFailure?: WakeFailure;
}

export interface WakePolicy {
  /** Between two connection requests to one device. */
  minInterval: Duration;
  maxBackoff: Duration;
  /** After so many attempts without a contact the next request begins anew. */
  maxAttempts: number;
}

const FIRST_BACKOFF = seconds(30);
/** Within it a device that accepted the call makes contact (specs/cwmp.md §3.1: about 30 s). */
const CONTACT_WAIT = minutes(1);
/** Somebody who asks anew does not wait for a long back-off to end. */
const ASKED_ANEW = minutes(2);

/** 30 s · 2^n from the first attempt on, capped (specs/cwmp.md §3.1). */
export const backoff = (attempts: number, { maxBackoff }: WakePolicy): Duration =>
  Math.min(maxBackoff, FIRST_BACKOFF * 2 ** Math.max(0, Math.min(attempts, 30) - 1));

/** When the attempt after the `attempts`-th one is due; `undefined`: never by itself. */
export function nextTry(now: Instant, attempts: number, accepted: boolean, policy: WakePolicy): Instant | undefined {
  if (attempts >= policy.maxAttempts) return undefined;
  const wait = backoff(attempts, policy);
  return now + Math.max(policy.minInterval, accepted ? Math.max(CONTACT_WAIT, wait) : wait);
}

/**
 * When a device that is asked for now may be called: at once, but not sooner after the last attempt than the back-off
 * allows, nor right after a contact that a call has led to (CPEs accept few calls per period).
 */
export function firstTry(
  now: Instant,
  known: Pick<WakeDocument, "lastTryAt" | "attempts"> | undefined,
  calledContactAt: Instant | undefined,
  policy: WakePolicy,
): Instant {
  const afterContact = calledContactAt === undefined ? now : Math.max(now, calledContactAt + policy.minInterval);
  if (known?.lastTryAt === undefined) return afterContact;
  const wait = Math.max(policy.minInterval, Math.min(backoff(known.attempts, policy), ASKED_ANEW));
  return Math.max(afterContact, known.lastTryAt + wait);
}
