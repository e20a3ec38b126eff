import { quote } from "./parameters.ts";

export interface ChallengeFacts {
  nonce: string;
  /** The credentials were right, only the nonce was old. */
  stale: boolean;
  secure: boolean;
}

/**
 * `WWW-Authenticate` values, the one for old CPEs first: Digest with MD5, then by option SHA-256, then Basic where it is
 * accepted (specs/cwmp.md §1.3).
 */
export function challengesFor(
  policy: { realm: string; offerSha256: boolean; allowBasicOverHttp: boolean },
  { nonce, stale, secure }: ChallengeFacts,
): string[] {
  const realm = `realm=${quote(policy.realm)}`;
  const digest = (algorithm: string): string =>
    `Digest ${realm}, nonce="${nonce}", qop="auth", algorithm=${algorithm}${stale ? ", stale=true" : ""}`;
  const challenges = [digest("MD5")];
  if (policy.offerSha256) challenges.push(digest("SHA-256"));
  if (secure || policy.allowBasicOverHttp) challenges.push(`Basic ${realm}`);
  return challenges;
}
