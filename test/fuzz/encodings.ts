import { deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import type { Random } from "./random.ts";

/** A request's body as it travels, with the headers that speak of it. */
export interface Framed {
  headers: string[];
  body: Buffer;
  /** The server has everything that the headers promise: it owes an answer while the connection stays open. */
  whole: boolean;
}

const plain = (body: Buffer): Framed => ({ headers: [`Content-Length: ${body.length}`], body, whole: true });

function chunked(body: Buffer, random: Random, damage: boolean): Framed {
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length; ) {
    const size = Math.min(body.length - at, 1 + random.below(Math.max(20, body.length / 3)));
    const head =
      damage && random.chance(0.3)
        ? random.pick(["zz", "-5", "ffffffffffffffff", "", `${size.toString(16)};x=y`])
        : size.toString(16);
    parts.push(Buffer.from(`${head}\r\n`), body.subarray(at, at + size), Buffer.from("\r\n"));
    at += size;
  }
  const last = damage && random.chance(0.5) ? "" : "0\r\n\r\n";
  parts.push(Buffer.from(last));
  return { headers: ["Transfer-Encoding: chunked"], body: Buffer.concat(parts), whole: !damage };
}

function compressed(body: Buffer, random: Random): Framed {
  const [coding, pack] = random.pick([
    ["gzip", gzipSync],
    ["deflate", deflateSync],
    ["deflate", deflateRawSync],
    ["x-gzip", gzipSync],
  ] as const);
  let packed: Buffer = pack(body, { level: 1 });
  const damage = random.next();
  if (damage < 0.5) packed = packed.subarray(0, random.below(packed.length + 1));
  else if (damage < 0.75 && packed.length > 0) {
    packed = Buffer.from(packed);
    packed[random.below(packed.length)] = random.below(256);
  }
  const framed = plain(packed);
  framed.headers.push(`Content-Encoding: ${coding}`);
  return framed;
}

const bombs: Buffer[] = [];
/** 64 MiB of blanks in 64 KiB; and the same, packed twice. */
function bomb(random: Random): Framed {
  if (bombs.length === 0) {
    const once = gzipSync(Buffer.alloc(64 * 1024 * 1024, 0x20), { level: 9 });
    bombs.push(once, gzipSync(once));
  }
  const framed = plain(random.pick(bombs));
  framed.headers.push(`Content-Encoding: ${random.pick(["gzip", "gzip, gzip", "deflate"])}`);
  return framed;
}

function wrongLength(body: Buffer, random: Random): Framed {
  const claimed = random.pick([
    0,
    body.length + 1 + random.below(5_000),
    Math.floor(body.length / 2),
    "x",
    "-1",
    "1e3",
    "99999999999999999999",
  ]);
  return {
    headers: [`Content-Length: ${claimed}`, ...(random.chance(0.2) ? ["Content-Length: 5"] : [])],
    body,
    whole: false,
  };
}

export function frame(body: Buffer, random: Random): Framed {
  const roll = random.next();
  if (roll < 0.62) return plain(body);
  if (roll < 0.74) return chunked(body, random, random.chance(0.4));
  if (roll < 0.86) return compressed(body, random);
  if (roll < 0.865) return bomb(random);
  if (roll < 0.93) return wrongLength(body, random);
  const framed = plain(body);
  framed.headers.push(`Content-Encoding: ${random.pick(["br", "compress", "identity", "bogus", "gzip", ""])}`);
  return framed;
}

export const contentTypes: readonly string[] = [
  'text/xml; charset="utf-8"',
  "text/xml; charset=ISO-8859-1",
  "text/xml; charset=utf-16",
  "text/xml; charset=bogus",
  "application/soap+xml",
  "text/html",
  "multipart/form-data; boundary=x",
  'text/xml; charset="',
];
