import type { Instant } from "../../kernel/time.ts";
import type { Secrets } from "./secrets.ts";
import { sameSecret } from "./tokens.ts";

/** Expiring URLs that prove themselves: whoever holds one may use it until it ends, for one purpose (e.g. `GET`). */
export interface UrlSigner {
  /** `path` with `expires` (seconds since the epoch) and `signature` added to its query. */
  sign(path: string, expiresAt: Instant): string;
  /** `url` is a request target: path and query as received. */
  verify(url: string, now: Instant): "valid" | "expired" | "forged";
}

const SIGNED = /^(.*)[?&]expires=(\d{1,12})&signature=([\w-]{43})$/;

export function createUrlSigner(secrets: Secrets, purpose: string): UrlSigner {
  const signatureOf = (path: string, expires: string): string =>
    secrets.mac(`url.${purpose}`, `${expires}\n${path}`).toString("base64url");
  return {
    sign(path, expiresAt) {
      const expires = String(Math.ceil(expiresAt / 1000));
      return `${path}${path.includes("?") ? "&" : "?"}expires=${expires}&signature=${signatureOf(path, expires)}`;
    },
    verify(url, now) {
      const [, path, expires, signature] = SIGNED.exec(url) ?? [];
      if (path === undefined || !expires || !signature) return "forged";
      if (!sameSecret(signature, signatureOf(path, expires))) return "forged";
      return now < Number(expires) * 1000 ? "valid" : "expired";
    },
  };
}
