import type { Instant } from "../../kernel/time.ts";
import type { Secrets } from "./secrets.ts";
import { sameSecret } from "./tokens.ts";

/** Expiring URLs that prove themselves: whoever holds one may use it until it ends, for one purpose (e.g. `GET`). */
export interface UrlSigner {
  /**
   * `path` with a last segment `<expires>-<signature>` (`expires` in seconds since the epoch), and behind it `name`, which is
   * not signed. There is nothing in it that XML escapes: agents exist that use a URL without undoing `&amp;` first.
   */
  sign(path: string, expiresAt: Instant, name?: string): string;
  /** `url` is a request target: path and query as received. A name and a query behind the signature change nothing. */
  verify(url: string, now: Instant): "valid" | "expired" | "forged";
}

const SIGNED = /^(.*)\/(\d{1,12})-([\w-]{43})(?:\/[^/?]*)?(?:\?.*)?$/;
/** As URLs were signed before: one that a device was given then stays good until it expires. */
const SIGNED_BY_QUERY = /^(.*)[?&]expires=(\d{1,12})&signature=([\w-]{43})$/;

export function createUrlSigner(secrets: Secrets, purpose: string): UrlSigner {
  const signatureOf = (path: string, expires: string): string =>
    secrets.mac(`url.${purpose}`, `${expires}\n${path}`).toString("base64url");
  return {
    sign(path, expiresAt, name) {
      const expires = String(Math.ceil(expiresAt / 1000));
      return `${path}/${expires}-${signatureOf(path, expires)}${name === undefined ? "" : `/${name}`}`;
    },
    verify(url, now) {
      const [, path, expires, signature] = SIGNED.exec(url) ?? SIGNED_BY_QUERY.exec(url) ?? [];
      if (path === undefined || !expires || !signature) return "forged";
      if (!sameSecret(signature, signatureOf(path, expires))) return "forged";
      return now < Number(expires) * 1000 ? "valid" : "expired";
    },
  };
}
