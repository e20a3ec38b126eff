import { promisify } from "node:util";
import { gunzip, gunzipSync, inflate, inflateRaw, inflateRawSync, inflateSync } from "node:zlib";
import { type ByteCount, kib, mib } from "../../kernel/bytes.ts";

export type Coding = "identity" | "gzip" | "deflate";

/** The codings that `inflateBody` knows, as a 415 answer names them (RFC 9110 §15.5.16). */
export const acceptedCodings = "gzip, deflate, identity";

/** Beyond this size a body may grow at most so many times: real XML stays below 100, a bomb reaches 1,032. */
const RATIO_FLOOR = mib(1);
const MAX_RATIO = 250;
/** Below it inflating at once is cheaper than a trip through the thread pool. */
const AT_ONCE = kib(32);

const gunzipLater = promisify(gunzip);
const inflateLater = promisify(inflate);
const inflateRawLater = promisify(inflateRaw);

/** The one coding of a `Content-Encoding` header; `undefined` for an unknown one or several. */
export function codingOf(header: string | undefined): Coding | undefined {
  const names = (header ?? "")
    .split(",")
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== "" && name !== "identity");
  if (names.length === 0) return "identity";
  if (names.length > 1) return undefined;
  if (names[0] === "gzip" || names[0] === "x-gzip") return "gzip";
  return names[0] === "deflate" ? "deflate" : undefined;
}

export type Inflated = { ok: true; body: Buffer } | { ok: false; problem: "damaged" | "tooLarge" };

/** Never allocates more than the cap: `maxBytes`, or less where the body is too small to hold that much honestly. */
export async function inflateBody(coded: Buffer, coding: Coding, maxBytes: ByteCount): Promise<Inflated> {
  // An empty body is seen with a gzip label (specs/cwmp.md §10).
  if (coding === "identity" || coded.length === 0) return { ok: true, body: coded };
  const maxOutputLength = Math.min(maxBytes, Math.max(RATIO_FLOOR, coded.length * MAX_RATIO));
  try {
    return { ok: true, body: await decode(coded, coding, maxOutputLength) };
  } catch (error) {
    return {
      ok: false,
      problem: (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE" ? "tooLarge" : "damaged",
    };
  }
}

async function decode(coded: Buffer, coding: "gzip" | "deflate", maxOutputLength: number): Promise<Buffer> {
  const atOnce = coded.length <= AT_ONCE;
  if (coding === "gzip")
    return atOnce ? gunzipSync(coded, { maxOutputLength }) : gunzipLater(coded, { maxOutputLength });
  if (hasZlibHeader(coded)) {
    return atOnce ? inflateSync(coded, { maxOutputLength }) : inflateLater(coded, { maxOutputLength });
  }
  return atOnce ? inflateRawSync(coded, { maxOutputLength }) : inflateRawLater(coded, { maxOutputLength });
}

/** "deflate" means zlib (RFC 9110 §8.4.1.2), but raw deflate streams are sent under its name as well. */
const hasZlibHeader = (coded: Buffer): boolean =>
  coded.length >= 2 && (coded[0]! & 0x0f) === 8 && ((coded[0]! << 8) | coded[1]!) % 31 === 0;
