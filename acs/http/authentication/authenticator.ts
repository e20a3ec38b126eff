import type { Credential, Credentials } from "../../../fleet/door.ts";
import type { Clock, Duration } from "../../../kernel/time.ts";
import { sameSecret } from "../../../platform/secrets/tokens.ts";
import type { Principal } from "../../conversation/index.ts";
import type { ClientCertificate } from "./certificate.ts";
import { challengesFor } from "./challenges.ts";
import { type Claim, readClaim } from "./claim.ts";
import { digestResponse, namesTarget } from "./digest.ts";
import { defaultFailureLimits, type FailureLimits, Failures } from "./failures.ts";
import { createNonces, type Nonces } from "./nonce.ts";
import { Replays } from "./replays.ts";

export interface AuthenticationPolicy {
  /** `none`: a closed lab; nobody has to prove anything. */
  mode: "required" | "none";
  realm: string;
  /** At least the longest session. */
  nonceLifetime: Duration;
  /** Accept Basic without TLS. */
  allowBasicOverHttp: boolean;
  /** Offer SHA-256 as a second challenge; old CPEs read only the first (specs/cwmp.md §1.3). */
  offerSha256: boolean;
  failures?: Partial<FailureLimits>;
}

/** One request, as far as it bears on who sent it. */
export interface Attempt {
  method: string;
  /** The request target as received. */
  target: string;
  authorization?: string | undefined;
  secure: boolean;
  remoteAddress: string;
  certificate?: ClientCertificate | undefined;
  /** Whom the session of this request's cookie belongs to. */
  carried?: Principal | undefined;
}

/** What to tell an operator. */
export const refusalReasons = {
  missing: "no credentials",
  wrong: "unknown username or wrong password",
  stale: "the nonce is none of ours or has expired; the device should try again",
  basicRefused: "Basic without TLS is not accepted (STEWARD_ACS_BASIC_OVER_HTTP)",
  unusable: "credentials of a kind that is not understood",
  blocked: "too many failures; not looked at for a while",
} as const;
export type RefusalReason = keyof typeof refusalReasons;

export type Verdict =
  /** `switched`: proved, but as somebody else than the session's owner. */
  | { kind: "proved"; principal: Principal; switched?: boolean }
  /** 401 with these `WWW-Authenticate` values. */
  | { kind: "challenged"; reason: RefusalReason; challenges: string[]; username?: string }
  /** 403 and close: this has been tried often enough. */
  | { kind: "refused"; reason: RefusalReason; username: string };

export interface Authenticator {
  /** Rejects with `engine.unavailable` when the credentials cannot be read. */
  authenticate(attempt: Attempt): Promise<Verdict>;
  /** `WWW-Authenticate` values for a 401 that somebody else decided on. */
  challenges(secure: boolean): string[];
}

export interface AuthenticatorOptions {
  policy: AuthenticationPolicy;
  credentials: Pick<Credentials, "findForAuthentication">;
  /** For the nonces; shared by all processes. */
  key: Uint8Array;
  clock: Clock;
}

type Usable = Exclude<Claim, { scheme: "unusable" }>;
type Proof = { proved: Principal } | { failed: "wrong" | "stale" };

/** More credentials under one user name are not looked at. */
const MAX_CANDIDATES = 16;

/** Who a request comes from (specs/cwmp.md §1.3): TLS certificate, live session, Digest, Basic, in this order. */
export const createAuthenticator = (options: AuthenticatorOptions): Authenticator => new HttpAuthenticator(options);

class HttpAuthenticator implements Authenticator {
  readonly #policy: AuthenticationPolicy;
  readonly #credentials: AuthenticatorOptions["credentials"];
  readonly #nonces: Nonces;
  readonly #failures: Failures;
  readonly #replays: Replays;

  constructor({ policy, credentials, key, clock }: AuthenticatorOptions) {
    this.#policy = policy;
    this.#credentials = credentials;
    this.#nonces = createNonces({ key, clock, lifetime: policy.nonceLifetime });
    this.#failures = new Failures(clock, { ...defaultFailureLimits, ...policy.failures });
    this.#replays = new Replays(clock, policy.nonceLifetime);
  }

  challenges(secure: boolean, stale = false): string[] {
    return challengesFor(this.#policy, { nonce: this.#nonces.issue(), stale, secure });
  }

  async authenticate(attempt: Attempt): Promise<Verdict> {
    if (this.#policy.mode === "none") return { kind: "proved", principal: { kind: "anonymous" } };
    const { certificate, carried, authorization } = attempt;
    if (certificate?.unique) return { kind: "proved", principal: { kind: "certificate", ...certificate } };
    if (authorization === undefined) {
      return carried ? { kind: "proved", principal: carried } : this.#challenged(attempt, "missing");
    }
    const claim = readClaim(authorization);
    if (claim.scheme === "unusable") return this.#challenged(attempt, "unusable");
    if (carried?.kind === "credential" && carried.username === claim.username) {
      return { kind: "proved", principal: carried };
    }
    if (claim.scheme === "basic") {
      // Some CPEs send empty Basic credentials unasked (specs/cwmp.md §10).
      if (claim.username === "") return this.#challenged(attempt, "missing");
      const isAccepted = attempt.secure || this.#policy.allowBasicOverHttp;
      if (!isAccepted) return this.#challenged(attempt, "basicRefused", claim.username);
    }
    const verdict = await this.#judge(claim, attempt);
    return verdict.kind === "proved" && carried !== undefined ? { ...verdict, switched: true } : verdict;
  }

  async #judge(claim: Usable, attempt: Attempt): Promise<Verdict> {
    const { username } = claim;
    const source = attempt.remoteAddress;
    if (this.#failures.isBlocked(source, username)) return { kind: "refused", reason: "blocked", username };
    const proof = await this.#prove(claim, attempt);
    if ("proved" in proof) {
      this.#failures.succeeded(source, username);
      return { kind: "proved", principal: proof.proved };
    }
    if (proof.failed === "stale") {
      this.#failures.stale(source, username);
      return this.#challenged(attempt, "stale", username);
    }
    return this.#failures.wrong(source, username)
      ? { kind: "refused", reason: "wrong", username }
      : this.#challenged(attempt, "wrong", username);
  }

  async #prove(claim: Usable, attempt: Attempt): Promise<Proof> {
    const nonce = claim.scheme === "digest" ? this.#nonces.check(claim.nonce) : "good";
    if (nonce === "forged") return { failed: "stale" };
    const candidates = await this.#credentials.findForAuthentication(claim.username);
    const match = candidates.slice(0, MAX_CANDIDATES).find(({ secret }) => this.#isRight(claim, secret, attempt));
    if (match === undefined) return { failed: "wrong" };
    // Only who knows the password is told that just the nonce was old (RFC 7616 §3.3).
    if (nonce === "expired") return { failed: "stale" };
    const overheard = claim.scheme === "digest" && this.#replays.isFromElsewhere(claim.response, attempt.remoteAddress);
    return overheard ? { failed: "stale" } : { proved: principalOf(match.credential) };
  }

  #isRight(claim: Usable, secret: string, attempt: Attempt): boolean {
    return claim.scheme === "basic"
      ? sameSecret(claim.password, secret)
      : isDigestOf(claim, secret, attempt, this.#policy.realm);
  }

  #challenged(attempt: Attempt, reason: RefusalReason, username?: string): Verdict {
    const challenges = this.challenges(attempt.secure, reason === "stale");
    return { kind: "challenged", reason, challenges, ...(username === undefined ? {} : { username }) };
  }
}

function isDigestOf(
  claim: Extract<Claim, { scheme: "digest" }>,
  password: string,
  attempt: Attempt,
  realm: string,
): boolean {
  if (!namesTarget(claim.uri, attempt.target, claim.qop !== undefined)) return false;
  const { scheme: _scheme, response, ...input } = claim;
  return sameSecret(response, digestResponse({ ...input, realm, password, method: attempt.method }));
}

function principalOf({ id, username, scope }: Credential): Principal {
  if ("endpointKey" in scope) return { kind: "credential", credentialId: id, username, endpointKey: scope.endpointKey };
  const { oui, productClass } = scope.identity;
  return {
    kind: "credential",
    credentialId: id,
    username,
    group: scope.group,
    groupIdentity: { ...(oui === undefined ? {} : { oui }), ...(productClass === undefined ? {} : { productClass }) },
  };
}
