import type { IncomingMessage } from "node:http";
import { StewardError } from "../../kernel/errors.ts";
import { requirePermission } from "../policy.ts";
import type { NbiServices } from "../ports.ts";
import { Buckets } from "./bucket.ts";
import type { Caller, Route } from "./route.ts";

const BEARER = /^Bearer +([\x21-\x7e]{1,512}) *$/i;

/** The token of an `Authorization: Bearer` header (RFC 6750). */
export const bearerOf = (request: IncomingMessage): string | undefined =>
  BEARER.exec(request.headers.authorization ?? "")?.[1];

/** First of all: who is it, does it come too often, may it. */
export class Gate {
  readonly #services: NbiServices;
  readonly #requests: Buckets;
  readonly #refusals: Buckets;

  constructor(services: NbiServices) {
    const { clock, limits } = services;
    this.#services = services;
    this.#requests = new Buckets(clock, { perSecond: limits.requestsPerSecond, burst: limits.requestBurst });
    this.#refusals = new Buckets(clock, { perSecond: limits.refusalsPerMinute / 60, burst: limits.refusalsPerMinute });
  }

  /** Rejects with `authentication.required` or `rate.limited`. */
  async authenticate(request: IncomingMessage): Promise<Caller> {
    const token = bearerOf(request);
    const principal = token === undefined ? undefined : await this.#services.access.tokens.authenticate(token);
    if (principal === undefined) {
      throw this.refuse(
        request,
        token === undefined ? "a bearer token is needed" : "the token is unknown, expired or revoked",
      );
    }
    this.#limit(principal.tokenId);
    return { ...principal, ...remoteOf(request) };
  }

  /** For a public route: nobody, who may still not come too often. */
  anonymous(request: IncomingMessage): Caller {
    const remote = remoteOf(request);
    this.#limit(`address ${remote.remoteAddress ?? ""}`);
    return { name: "anonymous", permissions: [], ...remote };
  }

  /** The error for whoever proved nothing; `rate.limited` once an address was refused too often. */
  refuse(request: IncomingMessage, reason: string): StewardError {
    const { remoteAddress } = remoteOf(request);
    const wait = this.#refusals.take(remoteAddress ?? "");
    if (wait > 0) return tooMany(wait);
    this.#services.log.warn({ remoteAddress, reason }, "a request was refused");
    return new StewardError("authentication.required", reason);
  }

  permit(route: Route, caller: Caller): void {
    requirePermission(route.action, caller.permissions);
  }

  #limit(key: string): void {
    const wait = this.#requests.take(key);
    if (wait > 0) throw tooMany(wait);
  }
}

const tooMany = (wait: number): StewardError =>
  new StewardError("rate.limited", "slow down", { details: { retryAfter: Math.max(1, Math.ceil(wait)) } });

const remoteOf = (request: IncomingMessage): { remoteAddress?: string } => {
  const { remoteAddress } = request.socket;
  return remoteAddress === undefined ? {} : { remoteAddress };
};
