import { type Clock, type Duration, delayOn } from "../../kernel/time.ts";
import type { AddressGuard, GuardedAddress } from "./address-guard.ts";
import { answerChallenge, type WakeCredentials } from "./answer-challenge.ts";
import { type ExchangeResult, exchange } from "./exchange.ts";
import type { WakeResponse } from "./response-reader.ts";
import { readTarget } from "./target.ts";

export const wakeFailures = {
  invalidUrl: "the device gave no usable connection request URL",
  unresolved: "the host of the connection request URL has no address",
  forbidden: "the connection request URL leads outside of the allowed networks",
  unreachable: "the device cannot be reached (address, NAT or firewall)",
  timeout: "the device does not answer in time (NAT or firewall)",
  reset: "the device closes the connection without an answer",
  malformed: "what answers does not speak HTTP",
  noCredentials: "the device wants credentials and none are known",
  wrongCredentials: "the device refuses our credentials",
  basicForbidden: "the device wants Basic authentication, which is not allowed",
  unsupported: "the device wants an authentication that is not supported",
  busy: "the device is busy",
  notFound: "the connection request URL is no longer valid",
  refused: "the device refuses",
} as const;

export type WakeFailure = keyof typeof wakeFailures;

/** `ok` says that the device heard us; that it really makes contact is another matter. */
export type WakeOutcome = { ok: true; status: number } | { ok: false; reason: WakeFailure; detail: string };

export interface ConnectionRequestOptions {
  url: string;
  credentials?: WakeCredentials | undefined;
  /** Where the device made contact from, for the guard. */
  from?: string | undefined;
  guard: AddressGuard;
  /** For resolving the name and for each exchange. */
  timeout: Duration;
  allowBasic: boolean;
  clock: Clock;
}

/**
 * An HTTP connection request (specs/cwmp.md §3.1): GET, 401, GET with credentials over a new connection, once more if
 * that one is cut, and with a new nonce if the first was stale. Follows no redirect. Never rejects.
 */
export async function requestConnection(options: ConnectionRequestOptions): Promise<WakeOutcome> {
  const { url, credentials, from, guard, timeout, allowBasic, clock } = options;
  const target = readTarget(url);
  if (target === undefined) return { ok: false, reason: "invalidUrl", detail: url.slice(0, 200) };
  const tooLate: Promise<GuardedAddress> = delayOn(clock, timeout).then(() => ({
    ok: false,
    reason: "unresolved",
    detail: `${target.host} was not resolved in time`,
  }));
  const resolved = await Promise.race([guard.resolve(target.host, from), tooLate]);
  if (!resolved.ok) return { ok: false, reason: resolved.reason, detail: resolved.detail };
  const ask = (authorization?: string): Promise<ExchangeResult> =>
    exchange({
      target,
      address: resolved.address,
      timeout,
      clock,
      ...(authorization === undefined ? {} : { authorization }),
    });

  const first = await ask();
  if (!first.ok) return first;
  if (first.response.status !== 401) return outcomeOf(first.response.status);
  if (credentials === undefined) return { ok: false, reason: "noCredentials", detail: "401" };
  const prove = async (challenges: Challenges): Promise<ExchangeResult | Refusal> => {
    const answer = answerChallenge(challenges, { credentials, uri: target.path, allowBasic });
    if (!answer.ok) return refusal(answer.reason);
    const once = await ask(answer.authorization);
    return !once.ok && once.reason === "reset" ? ask(answer.authorization) : once;
  };
  const second = await prove(first.response.challenges);
  const last = second.ok && isStale(second.response) ? await prove(second.response.challenges) : second;
  if (!last.ok) return last;
  return last.response.status === 401
    ? { ok: false, reason: "wrongCredentials", detail: "401 twice" }
    : outcomeOf(last.response.status);
}

type Challenges = WakeResponse["challenges"];
type Refusal = Extract<WakeOutcome, { ok: false }>;

const refusal = (reason: "noChallenge" | "basicForbidden" | "unsupported"): Refusal => ({
  ok: false,
  reason: reason === "noChallenge" ? "unsupported" : reason,
  detail: reason,
});

/** The credentials are right, only the nonce has ended meanwhile (RFC 7616 §3.3): the new one is worth another try. */
const isStale = ({ status, challenges }: WakeResponse): boolean =>
  status === 401 && challenges.some(({ parameters }) => parameters.get("stale")?.toLowerCase() === "true");

function outcomeOf(status: number): WakeOutcome {
  if (status >= 200 && status < 300) return { ok: true, status };
  const reason = status === 503 ? "busy" : status === 404 || status === 410 ? "notFound" : "refused";
  return { ok: false, reason, detail: `status ${status}` };
}
