import { createHash } from "node:crypto";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { silentLogger } from "../../../platform/log/logger.ts";
import { Api, idOf, itemsOf } from "./harness.ts";

let api: Api;
beforeAll(async () => {
  api = await Api.start();
});
afterAll(() => api.stop());

const content = Buffer.from(Array.from({ length: 70_000 }, (_, at) => at % 251));
const sha256 = createHash("sha256").update(content).digest("hex");
const octets = { "content-type": "application/octet-stream" };

const raw = (query: string, body: Uint8Array = content, headers: Record<string, string> = octets) =>
  api.call("POST", `/files?${query}`, { body, headers });

const form = (fields: Record<string, string>, after: Record<string, string> = {}): FormData => {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.set(name, value);
  data.set("content", new Blob([content]), "fw-1.2.bin");
  for (const [name, value] of Object.entries(after)) data.set(name, value);
  return data;
};

describe("storing files", () => {
  it("takes a raw body with its facts in the query", async () => {
    const made = await raw(
      `name=fw.bin&fileType=1%20Firmware%20Upgrade%20Image&version=1.2&productClass=GW&sha256=${sha256}&size=${content.length}`,
    );
    expect(made).toMatchObject({
      status: 201,
      body: {
        name: "fw.bin",
        version: "1.2",
        size: content.length,
        sha256,
        fits: [{ productClass: "GW" }],
        createdBy: "tester",
      },
    });
    expect(made.headers.get("location")).toBe(`/api/v1/files/${idOf(made)}`);
  });

  it("takes a multipart form with its fields before the content", async () => {
    const made = await api.call("POST", "/files", {
      body: form({ fileType: "1 Firmware Upgrade Image", version: "2" }),
    });
    expect(made).toMatchObject({ status: 201, body: { name: "fw-1.2.bin", version: "2", sha256 } });
  });

  it("gives back exactly what it was given", async () => {
    const id = idOf(await raw("name=caf%C3%A9%20%22x%22.bin&fileType=X"));
    const response = await fetch(`${api.url}/api/v1/files/${id}/content`, {
      headers: { authorization: `Bearer ${api.admin}` },
    });
    expect(Buffer.from(await response.arrayBuffer()).equals(content)).toBe(true);
    expect(response.headers.get("etag")).toBe(`"${sha256}"`);
    expect(response.headers.get("content-disposition")).toBe(
      `attachment; filename="caf___x_.bin"; filename*=UTF-8''caf%C3%A9%20%22x%22.bin`,
    );
    const head = await fetch(`${api.url}/api/v1/files/${id}/content`, {
      method: "HEAD",
      headers: { authorization: `Bearer ${api.admin}` },
    });
    expect([head.status, head.headers.get("content-length")]).toEqual([200, String(content.length)]);
  });

  it("tells whoever sends the fields of a form too late, or not at all, where they belong", async () => {
    const late = new FormData();
    late.set("content", new Blob([content]), "a.bin");
    late.set("fileType", "X");
    expect((await api.call("POST", "/files", { body: late })).body).toMatchObject({
      errors: [{ pointer: "/fileType", detail: "the field fileType is missing; it comes before the content" }],
    });
  });

  it("gives a range, nothing to whoever has it already, and says what lies outside", async () => {
    const id = idOf(await raw("name=r&fileType=X"));
    const get = (headers: Record<string, string>) =>
      fetch(`${api.url}/api/v1/files/${id}/content`, { headers: { authorization: `Bearer ${api.admin}`, ...headers } });
    const part = await get({ range: "bytes=100-199", "if-range": `"${sha256}"` });
    expect([part.status, part.headers.get("content-range")]).toEqual([206, `bytes 100-199/${content.length}`]);
    expect(Buffer.from(await part.arrayBuffer()).equals(content.subarray(100, 200))).toBe(true);
    const whole = await get({ range: "bytes=100-199", "if-range": '"another"' });
    expect([whole.status, (await whole.arrayBuffer()).byteLength]).toEqual([200, content.length]);
    expect((await get({ "if-none-match": `"${sha256}"` })).status).toBe(304);
    expect((await get({ "if-modified-since": whole.headers.get("last-modified")! })).status).toBe(304);
    expect((await get({ "if-match": `"x", "${sha256}"` })).status).toBe(200);
    const changed = await get({ "if-match": '"another"' });
    expect([changed.status, await changed.json()]).toMatchObject([412, { code: "precondition.failed" }]);
    const outside = await get({ range: `bytes=${content.length}-` });
    expect([outside.status, await outside.json()]).toMatchObject([
      416,
      { code: "range.unsatisfiable", details: { size: content.length } },
    ]);
  });

  it("takes a reader that leaves in the middle for no error of its own", async () => {
    const errors: unknown[] = [];
    const log = { ...silentLogger, child: () => log, error: (...entry: unknown[]) => void errors.push(entry) };
    const watched = await Api.start({ log });
    try {
      const body = new Uint8Array(1_000_000);
      const id = idOf(await watched.call("POST", "/files?fileType=X", { body, headers: octets }));
      const aborted = new AbortController();
      const response = await fetch(`${watched.url}/api/v1/files/${id}/content`, {
        headers: { authorization: `Bearer ${watched.admin}` },
        signal: aborted.signal,
      });
      expect(response.status).toBe(200);
      aborted.abort();
      expect((await watched.call("GET", "/me")).status).toBe(200);
    } finally {
      await watched.stop();
    }
    expect(errors).toEqual([]);
  });

  it.each<[string, () => ReturnType<typeof raw>, number]>([
    ["no file type", () => raw("name=a"), 400],
    ["an unknown fact", () => raw("fileType=X&colour=red"), 400],
    ["a hash that does not fit", () => raw(`fileType=X&sha256=${"0".repeat(64)}`), 400],
    ["a size that does not fit", () => raw("fileType=X&size=1"), 400],
    ["JSON", () => raw("fileType=X", content, { "content-type": "application/json" }), 415],
    ["a content coding", () => raw("fileType=X", content, { ...octets, "content-encoding": "gzip" }), 415],
    ["more than the limit", () => raw("fileType=X", new Uint8Array(1_100_000)), 413],
    [
      "a form without content",
      () =>
        api.call("POST", "/files", {
          body: (() => {
            const f = new FormData();
            f.set("fileType", "X");
            return f;
          })(),
        }),
      400,
    ],
    [
      "a form whose fields come late",
      () => api.call("POST", "/files", { body: form({ fileType: "X" }, { version: "2" }) }),
      400,
    ],
    [
      "a form with an unknown field",
      () => api.call("POST", "/files", { body: form({ fileType: "X", colour: "red" }) }),
      400,
    ],
    ["a form without a boundary", () => raw("fileType=X", content, { "content-type": "multipart/form-data" }), 400],
    [
      "a form that is none",
      () => raw("fileType=X", content, { "content-type": "multipart/form-data; boundary=x" }),
      400,
    ],
  ])("refuses %s and keeps nothing", async (_name, send, status) => {
    const before = itemsOf(await api.call("GET", "/files")).length;
    const answer = await send();
    expect(answer.status).toBe(status);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(itemsOf(await api.call("GET", "/files"))).toHaveLength(before);
  });

  it("keeps nothing of an upload that breaks off", async () => {
    const before = itemsOf(await api.call("GET", "/files")).length;
    const { hostname, port } = new URL(api.url);
    const part = '--b\r\nContent-Disposition: form-data; name="content"; filename="a"\r\n\r\nsome';
    for (const [mediaType, start] of [
      ["application/octet-stream", "some"],
      ["multipart/form-data; boundary=b", part],
    ] as const) {
      const socket = connect(Number(port), hostname);
      const head = `POST /api/v1/files?fileType=X HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${api.admin}\r\nContent-Type: ${mediaType}\r\n`;
      await new Promise((written) => socket.write(`${head}Content-Length: 5000\r\n\r\n${start}`, written));
      socket.resetAndDestroy();
    }
    const answer = await raw("fileType=X&name=after.bin");
    expect(answer.status).toBe(201);
    expect(itemsOf(await api.call("GET", "/files"))).toHaveLength(before + 1);
  });
});

describe("managing files", () => {
  it("lists by type, gets one, deletes it", async () => {
    const id = idOf(await raw("fileType=Special&name=a"));
    expect(itemsOf(await api.call("GET", "/files?fileType=Special"))).toEqual([
      expect.objectContaining({ id, can: { download: true, delete: true } }),
    ]);
    expect((await api.call("GET", `/files/${id}`)).body).toMatchObject({ id });
    expect((await api.call("DELETE", `/files/${id}`)).status).toBe(204);
    expect((await api.call("GET", `/files/${id}/content`)).status).toBe(404);
  });

  it("does not delete a file that an open operation uses", async () => {
    const id = idOf(await raw("fileType=1%20Firmware%20Upgrade%20Image&name=used"));
    const device = await api.device();
    const made = await api.call("POST", `/devices/${device}/operations`, {
      body: { kind: "download", fileType: "1 Firmware Upgrade Image", fileId: id },
    });
    const can = { download: true, delete: { missing: "state", reason: "an open operation uses this file" } };
    expect((await api.call("GET", `/files/${id}`)).body).toMatchObject({ can });
    expect(itemsOf(await api.call("GET", "/files?name=used"))).toMatchObject([{ can }]);
    expect(await api.call("DELETE", `/files/${id}`)).toMatchObject({ status: 409, body: { code: "state.conflict" } });
    await api.call("POST", `/operations/${idOf(made)}/cancel`);
    expect((await api.call("DELETE", `/files/${id}`)).status).toBe(204);
  });
});
