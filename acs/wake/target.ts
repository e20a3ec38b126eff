import { isIP } from "node:net";

/** A connection request URL, taken apart. */
export interface WakeTarget {
  readonly secure: boolean;
  /** A name or an address, IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  /** Path and query, as the CPE wrote them: what we request and what Digest signs. */
  readonly path: string;
  /** For the Host header. */
  readonly authority: string;
}

const MAX_URL_LENGTH = 1024;
const URL_FORM =
  /^(https?):\/\/(?:[^/?#@]*@)?(?:\[([0-9a-f:.%]+)\]|([^/?#:[\]]+))(?::(\d{0,5}))?([/?][^#]*)?(?:#.*)?$/i;

/**
 * Reads the URL that a CPE gave, without rewriting its path (some compare it letter by letter). Credentials in it are
 * ignored. `undefined`: no http(s) URL, or one that could not be put on one request line.
 */
export function readTarget(url: string): WakeTarget | undefined {
  const text = url.trim();
  if (text.length > MAX_URL_LENGTH || !/^[\x21-\x7e]+$/.test(text)) return undefined;
  const [, scheme, ipv6, name, portText, rest = "/"] = URL_FORM.exec(text) ?? [];
  if (scheme === undefined) return undefined;
  if (ipv6 !== undefined && isIP(ipv6) !== 6) return undefined;
  const secure = scheme.toLowerCase() === "https";
  const port = portText ? Number(portText) : secure ? 443 : 80;
  if (port < 1 || port > 65_535) return undefined;
  const host = ipv6 ?? name!;
  const shown = ipv6 === undefined ? host : `[${host}]`;
  return {
    secure,
    host,
    port,
    path: rest.startsWith("?") ? `/${rest}` : rest,
    authority: port === (secure ? 443 : 80) ? shown : `${shown}:${port}`,
  };
}
