import { deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { kib, mib } from "../../../../kernel/bytes.ts";
import { seconds } from "../../../../kernel/time.ts";
import { type BodyResult, readBody } from "../../../../platform/http/body.ts";
import type { HttpServer } from "../../../../platform/http/server.ts";
import { settle, VirtualClock } from "../../../support/virtual-clock.ts";
import { listen, Peer, post } from "./peer.ts";

const LIMITS = { maxBytes: kib(64), maxInflatedBytes: mib(2), timeout: seconds(5) };

let server: HttpServer;
let clock: VirtualClock;
let results: BodyResult[];
let arrived: () => void;
let answered: Promise<void>;
beforeEach(async () => {
  clock = new VirtualClock();
  results = [];
  answered = new Promise((resolve) => {
    arrived = resolve;
  });
  server = await listen({
    handler: async (request, response) => {
      const result = await readBody(request, { ...LIMITS, clock });
      results.push(result);
      arrived();
      if (!result.ok && result.problem === "refused" && !result.reusable) response.setHeader("connection", "close");
      response
        .writeHead(result.ok ? 200 : result.problem === "refused" ? result.status : 500, { "content-length": 0 })
        .end();
    },
  });
});
afterEach(() => server.stop());

async function exchange(
  headers: Record<string, string | number>,
  body: Uint8Array = Buffer.alloc(0),
): Promise<BodyResult> {
  const peer = await Peer.open(server);
  peer.send(Buffer.concat([Buffer.from(post(headers)), body]));
  await peer.until("\r\n\r\n");
  peer.end();
  return results.at(-1)!;
}

const sized = (body: Uint8Array, coding: string) =>
  exchange({ "Content-Length": body.length, "Content-Encoding": coding }, body);
const text = Buffer.from("<Envelope>ä</Envelope>");

describe("body reader", () => {
  it("reads a body by length", async () => {
    expect(await exchange({ "Content-Length": text.length }, text)).toEqual({
      ok: true,
      body: text,
      received: text.length,
    });
  });

  it("reads a chunked body", async () => {
    const chunked = Buffer.from("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
    expect(await exchange({ "Transfer-Encoding": "chunked" }, chunked)).toMatchObject({
      ok: true,
      body: Buffer.from("abcde"),
    });
  });

  it.each<[string, Record<string, string | number>, string]>([
    ["no length at all", {}, ""],
    ["length 0", { "Content-Length": 0 }, ""],
    ["only the last chunk", { "Transfer-Encoding": "chunked" }, "0\r\n\r\n"],
    ["a gzip label", { "Content-Length": 0, "Content-Encoding": "gzip" }, ""],
    ["an unknown label", { "Content-Length": 0, "Content-Encoding": "br" }, ""],
  ])("an empty body is empty: %s", async (_, headers, body) => {
    expect(await exchange(headers, Buffer.from(body))).toMatchObject({ ok: true, received: 0 });
  });

  it.each<[string, Buffer]>([
    ["gzip", gzipSync(text)],
    ["X-GZIP", gzipSync(text)],
    ["identity, gzip", gzipSync(text)],
    ["deflate", deflateSync(text)],
    ["deflate", deflateRawSync(text)],
    ["identity", text],
    ["gzip", gzipSync(text, { level: 0 })],
  ])("decompresses %s (%#)", async (coding, body) => {
    expect(await sized(body, coding)).toEqual({ ok: true, body: text, received: body.length });
  });

  it("decompresses a large body", async () => {
    const large = Buffer.from(Array.from({ length: 90_000 }, (_, i) => `${i * 7919} `).join(""));
    const coded = gzipSync(large);
    const result = await exchange(
      { "Transfer-Encoding": "chunked", "Content-Encoding": "gzip" },
      chunks(deflateSync(text), 5),
    );
    expect(result).toMatchObject({ problem: "refused", status: 400 });
    expect(coded.length).toBeGreaterThan(kib(64));
    const raw = gzipSync(large.subarray(0, 120_000));
    expect(await sized(raw, "gzip")).toMatchObject({ ok: true, received: raw.length });
  });

  it.each(["br", "compress", "gzip, gzip"])("an unknown coding is answered 415: %s", async (coding) => {
    expect(await sized(text, coding)).toMatchObject({ problem: "refused", status: 415, reusable: true });
  });

  it("damaged or truncated gzip is answered 400 at every cut", async () => {
    const coded = gzipSync(text);
    for (let length = 1; length < coded.length; length += 3) {
      expect(await sized(coded.subarray(0, length), "gzip")).toMatchObject({
        problem: "refused",
        status: 400,
        reusable: true,
      });
    }
  });

  it("a body over the limit is answered 413 and the connection lives when the rest was short", async () => {
    expect(await exchange({ "Content-Length": kib(100) }, Buffer.alloc(kib(100)))).toMatchObject({
      status: 413,
      reusable: true,
    });
    const chunked = chunks(Buffer.alloc(kib(100)), kib(10));
    expect(await exchange({ "Transfer-Encoding": "chunked" }, chunked)).toMatchObject({ status: 413, reusable: true });
  });

  it("an endless body over the limit is answered 413 after a moment, and the connection ends", async () => {
    const peer = await Peer.open(server);
    peer.send(Buffer.concat([Buffer.from(post({ "Content-Length": mib(500) })), Buffer.alloc(kib(70))]));
    while (results.length === 0) {
      await settle();
      await clock.advance(500);
    }
    expect(await peer.untilClosed()).toMatch(/^HTTP\/1.1 413 [\s\S]*close/);
  });

  it.each(["gzip", "deflate"])("a %s bomb is answered 413 and costs no memory", async (coding) => {
    const bomb = coding === "gzip" ? gzipSync(Buffer.alloc(mib(30))) : deflateSync(Buffer.alloc(mib(30)));
    expect(bomb.length).toBeLessThan(kib(64));
    const before = process.memoryUsage().rss;
    expect(await sized(bomb, coding)).toMatchObject({ problem: "refused", status: 413 });
    expect(process.memoryUsage().rss - before).toBeLessThan(mib(20));
  });

  it("a small bomb within the absolute limit is stopped by its ratio", async () => {
    const bomb = gzipSync(Buffer.alloc(mib(1.5)));
    expect(await sized(bomb, "gzip")).toMatchObject({ problem: "refused", status: 413 });
  });

  it("a body that does not come is answered 408", async () => {
    const peer = await Peer.open(server);
    peer.send(post({ "Content-Length": 10 }, "abc"));
    while (clock.pending === 0) await settle();
    await clock.advance(seconds(5));
    expect(await peer.untilClosed()).toMatch(/^HTTP\/1.1 408 /);
    expect(clock.pending).toBe(0);
  });

  it("a peer that leaves in the middle is a result, not an error", async () => {
    const peer = await Peer.open(server);
    peer.send(post({ "Content-Length": 10 }, "abc"));
    while (clock.pending === 0) await settle();
    peer.end();
    await answered;
    expect(results[0]).toMatchObject({ ok: false, problem: "aborted" });
    expect(clock.pending).toBe(0);
  });

  it("an announced body over the limit is refused before it is sent when the peer asks first", async () => {
    const peer = await Peer.open(server);
    peer.send(post({ "Content-Length": mib(50), Expect: "100-continue" }));
    expect(await peer.untilClosed()).toMatch(/^HTTP\/1.1 413 /);
  });
});

function chunks(body: Buffer, size: number): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length; at += size) {
    const part = body.subarray(at, at + size);
    parts.push(Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from("\r\n"));
  }
  return Buffer.concat([...parts, Buffer.from("0\r\n\r\n")]);
}
