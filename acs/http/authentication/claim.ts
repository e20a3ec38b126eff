import { algorithmOf, type DigestAlgorithm } from "./digest.ts";
import { parseAuthentication } from "./parameters.ts";

/** What an Authorization header claims, before anything of it is believed. */
export type Claim =
  | { scheme: "basic"; username: string; password: string }
  | {
      scheme: "digest";
      username: string;
      nonce: string;
      uri: string;
      response: string;
      algorithm: DigestAlgorithm;
      qop?: "auth";
      nc?: string;
      cnonce?: string;
    }
  /** A scheme that we do not speak, or one that lacks what it needs. */
  | { scheme: "unusable"; reason: string };

export function readClaim(authorization: string): Claim {
  const [, scheme = "", rest = ""] = /^\s*([A-Za-z0-9-]+)\s*(.*)$/s.exec(authorization) ?? [];
  switch (scheme.toLowerCase()) {
    case "basic":
      return readBasic(rest);
    case "digest":
      return readDigest(authorization);
    default:
      return { scheme: "unusable", reason: "unknown scheme" };
  }
}

/** RFC 7617; the user id ends at the first colon. */
function readBasic(encoded: string): Claim {
  const text = Buffer.from(encoded.trim(), "base64").toString("utf8");
  const colon = text.indexOf(":");
  if (colon < 0) return { scheme: "unusable", reason: "Basic without a colon" };
  return { scheme: "basic", username: text.slice(0, colon), password: text.slice(colon + 1) };
}

function readDigest(authorization: string): Claim {
  const parameters = parseAuthentication(authorization)[0]?.parameters ?? new Map<string, string>();
  const text = (name: string): string | undefined => asUtf8(parameters.get(name));
  const [username, nonce, response] = [text("username"), text("nonce"), text("response")];
  const algorithm = algorithmOf(text("algorithm"));
  if (username === undefined || nonce === undefined || response === undefined) {
    return { scheme: "unusable", reason: "Digest without username, nonce or response" };
  }
  if (algorithm === undefined) return { scheme: "unusable", reason: "unknown digest algorithm" };
  const qop = text("qop")?.trim().toLowerCase() || undefined;
  const [nc, cnonce] = [text("nc"), text("cnonce")];
  if (qop !== undefined && qop !== "auth") return { scheme: "unusable", reason: "digest qop other than auth" };
  if (qop !== undefined && (nc === undefined || cnonce === undefined)) {
    return { scheme: "unusable", reason: "digest qop without nc and cnonce" };
  }
  return {
    scheme: "digest",
    username,
    nonce,
    uri: text("uri") ?? "",
    response: response.toLowerCase(),
    algorithm,
    ...(qop === undefined ? {} : { qop }),
    ...(nc === undefined ? {} : { nc }),
    ...(cnonce === undefined ? {} : { cnonce }),
  };
}

/** node:http hands headers over byte by byte (latin1); where these bytes are UTF-8 they meant it. */
function asUtf8(text: string | undefined): string | undefined {
  if (text === undefined || !/[\x80-\xff]/.test(text)) return text;
  const decoded = Buffer.from(text, "latin1").toString("utf8");
  return decoded.includes("\ufffd") ? text : decoded;
}
