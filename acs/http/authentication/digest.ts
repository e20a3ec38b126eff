import { createHash } from "node:crypto";

export const digestAlgorithms = ["MD5", "MD5-sess", "SHA-256", "SHA-256-sess"] as const;
export type DigestAlgorithm = (typeof digestAlgorithms)[number];

/** All that goes into a digest response. With `qop`, `nc` and `cnonce` are present; without it, RFC 2069's form applies. */
export interface DigestInput {
  readonly algorithm: DigestAlgorithm;
  readonly username: string;
  readonly realm: string;
  readonly password: string;
  readonly method: string;
  /** As it stands in the header. */
  readonly uri: string;
  readonly nonce: string;
  /** `auth-int` of a request without a body. */
  readonly qop?: "auth" | "auth-int";
  readonly nc?: string;
  readonly cnonce?: string;
}

/** The algorithm that a header names, in any case; MD5 when it names none (RFC 7616 §3.3). */
export function algorithmOf(name: string | undefined): DigestAlgorithm | undefined {
  if (name === undefined || name.trim() === "") return "MD5";
  const wanted = name.trim().toLowerCase();
  return digestAlgorithms.find((algorithm) => algorithm.toLowerCase() === wanted);
}

/** `response` of RFC 7616 §3.4.1, lower-case hexadecimal. */
export function digestResponse(input: DigestInput): string {
  const { algorithm, username, realm, password, method, uri, nonce, qop, nc = "", cnonce = "" } = input;
  const hashName = algorithm.startsWith("MD5") ? "md5" : "sha256";
  const hash = (text: string): string => createHash(hashName).update(text).digest("hex");
  const secret = hash(`${username}:${realm}:${password}`);
  const first = algorithm.endsWith("-sess") ? hash(`${secret}:${nonce}:${cnonce}`) : secret;
  const second = hash(qop === "auth-int" ? `${method}:${uri}:${hash("")}` : `${method}:${uri}`);
  return qop === undefined
    ? hash(`${first}:${nonce}:${second}`)
    : hash(`${first}:${nonce}:${nc}:${cnonce}:${qop}:${second}`);
}

/**
 * Whether the header's `uri` means the request's target: the same, or its absolute form, or without its query; empty only
 * from a client of RFC 2069 (specs/cwmp.md §10).
 */
export function namesTarget(uri: string, target: string, hasQop: boolean): boolean {
  if (uri === target) return true;
  if (uri === "") return !hasQop;
  return pathOf(uri) === pathOf(target);
}

function pathOf(uri: string): string {
  const path = uri.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, "").replace(/[?#].*$/s, "");
  return path === "" ? "/" : path;
}
