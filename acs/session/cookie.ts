import { hash } from "node:crypto";
import { randomToken } from "../../kernel/ids.ts";

/**
 * The session token: device id, a hyphen, and a secret of 140 bits; at most 64 token characters (specs §1.2). The session's
 * own id is a digest of the secret, so that logs, events and leases never hold what a CPE authenticates with.
 */
const SECRET_LENGTH = 28;
const SESSION_ID_LENGTH = 22;
const COOKIE = /^([0-9A-Za-z_]{1,35})-([0-9a-z]{28})$/;

export const newSessionSecret = (): string => randomToken(SECRET_LENGTH);

export const sessionIdOf = (secret: string): string => hash("sha256", secret, "base64url").slice(0, SESSION_ID_LENGTH);

export const formatCookie = (deviceId: string, secret: string): string => `${deviceId}-${secret}`;

/** `undefined` for what is not one of ours; costs nothing but a look at the text. */
export function parseCookie(cookie: string): { deviceId: string; secret: string } | undefined {
  const match = COOKIE.exec(cookie);
  return match ? { deviceId: match[1]!, secret: match[2]! } : undefined;
}
