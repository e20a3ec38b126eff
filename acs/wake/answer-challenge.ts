import { randomToken } from "../../kernel/ids.ts";
import { algorithmOf, type DigestInput, digestResponse } from "../http/authentication/digest.ts";
import { type AuthenticationHeader, quote } from "../http/authentication/parameters.ts";

export interface WakeCredentials {
  username: string;
  secret: string;
}

export type ChallengeAnswer =
  | { ok: true; authorization: string; scheme: "digest" | "basic" }
  | { ok: false; reason: "noChallenge" | "basicForbidden" | "unsupported" };

export interface AnswerOptions {
  credentials: WakeCredentials;
  /** The request's target. */
  uri: string;
  /** Basic shows the password to the network, and to whoever pretends to be the CPE. */
  allowBasic: boolean;
  cnonce?: string;
}

/**
 * The Authorization header for a 401: the strongest Digest that we speak, Basic only where it is allowed and nothing
 * else was offered – a host that offers Digest is never told a password (specs/cwmp.md §10).
 */
export function answerChallenge(challenges: readonly AuthenticationHeader[], options: AnswerOptions): ChallengeAnswer {
  const digests = challenges.filter(({ scheme }) => scheme === "digest");
  const usable = digests
    .map((challenge) => digestFor(challenge.parameters, options))
    .filter((answer) => answer !== undefined)
    .toSorted((a, b) => b.strength - a.strength);
  if (usable[0] !== undefined) return { ok: true, authorization: usable[0].authorization, scheme: "digest" };
  if (digests.length > 0) return { ok: false, reason: "unsupported" };
  if (!challenges.some(({ scheme }) => scheme === "basic")) {
    return { ok: false, reason: challenges.length === 0 ? "noChallenge" : "unsupported" };
  }
  if (!options.allowBasic) return { ok: false, reason: "basicForbidden" };
  const { username, secret } = options.credentials;
  return {
    ok: true,
    authorization: `Basic ${Buffer.from(`${username}:${secret}`).toString("base64")}`,
    scheme: "basic",
  };
}

/** Without `qop` in the challenge none is sent, nor `nc` and `cnonce` – but the session variants need a cnonce. */
function digestFor(
  challenge: ReadonlyMap<string, string>,
  { credentials, uri, cnonce = randomToken(16) }: AnswerOptions,
): { authorization: string; strength: number } | undefined {
  const algorithm = algorithmOf(challenge.get("algorithm"));
  const offered =
    challenge
      .get("qop")
      ?.toLowerCase()
      .split(/[\s,]+/)
      .filter((qop) => qop !== "") ?? [];
  const qop = (["auth", "auth-int"] as const).find((one) => offered.includes(one));
  if (algorithm === undefined || (offered.length > 0 && qop === undefined)) return undefined;
  const input: DigestInput = {
    algorithm,
    username: credentials.username,
    realm: challenge.get("realm") ?? "",
    password: credentials.secret,
    method: "GET",
    uri,
    nonce: challenge.get("nonce") ?? "",
    ...(qop === undefined ? {} : { qop, nc: "00000001", cnonce }),
    ...(algorithm.endsWith("-sess") ? { cnonce } : {}),
  };
  const opaque = challenge.get("opaque");
  const fields = [
    `username=${quote(input.username)}`,
    `realm=${quote(input.realm)}`,
    `nonce=${quote(input.nonce)}`,
    `uri=${quote(uri)}`,
    `response="${digestResponse(input)}"`,
    ...(challenge.has("algorithm") ? [`algorithm=${algorithm}`] : []),
    ...(input.qop === undefined ? [] : [`qop=${input.qop}`, `nc=${input.nc}`]),
    ...(input.cnonce === undefined ? [] : [`cnonce="${input.cnonce}"`]),
    ...(opaque === undefined ? [] : [`opaque=${quote(opaque)}`]),
  ];
  const strength = algorithm.startsWith("SHA-256") ? 2 : 1;
  return { authorization: `Digest ${fields.join(", ")}`, strength };
}
