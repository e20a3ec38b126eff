import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { kib, mib } from "../../../../kernel/bytes.ts";
import { seconds } from "../../../../kernel/time.ts";
import { createLogger } from "../../../../platform/log/create-logger.ts";
import { Api } from "../harness.ts";

let api: Api;
const lines: string[] = [];
beforeAll(async () => {
  const log = createLogger({ level: "error", format: "json", destination: { write: (line) => void lines.push(line) } });
  api = await Api.start({ log, limits: { maxBody: kib(64) } });
});
afterAll(() => api.stop());

/** Writes bytes as they are and resolves to everything that comes back until the connection ends. */
const exchange = (bytes: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(api.url);
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
    });
    socket.on("end", () => socket.end());
    socket.on("close", () => resolve(text));
    socket.on("error", reject);
  });

const request = (method: string, target: string, extra = ""): string =>
  `${method} ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer ${api.admin}\r\n${extra}\r\n`;

describe("problems", () => {
  it("are RFC 9457 with a request id, and never show a stack or a path of ours", async () => {
    const answer = await api.call("GET", "/devices/none", { headers: { "x-request-id": "abc-1" } });
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(answer.headers.get("x-request-id")).toBe("abc-1");
    expect(answer.body).toEqual({
      type: "urn:steward:problem:resource.notFound",
      title: "There is no such resource",
      status: 404,
      detail: "there is no such device",
      code: "resource.notFound",
      requestId: "abc-1",
    });
  });

  it("hide what went wrong inside, and log it", async () => {
    const { devices } = api.fleet;
    const original = devices.get.bind(devices);
    devices.get = () => Promise.reject(new Error("secret detail at /work/x.ts"));
    try {
      const answer = await api.call("GET", "/devices/a");
      expect(answer).toMatchObject({ status: 500, body: { code: "internal" } });
      expect(answer.text).not.toMatch(/secret|\.ts|node_modules| at /);
      expect(
        lines.filter((line) => line.includes("secret detail") && line.includes(String(answer.body["requestId"]))),
      ).toHaveLength(1);
    } finally {
      devices.get = original;
    }
  });

  it("answer 503 with Retry-After while the store is away, and heal", async () => {
    api.store.down = true;
    try {
      const answer = await api.call("GET", "/devices");
      expect(answer).toMatchObject({ status: 503, body: { code: "engine.unavailable" } });
      expect(answer.headers.get("retry-after")).toBe("5");
      expect((await fetch(`${api.url}/readyz`)).status).toBe(503);
      expect((await fetch(`${api.url}/healthz`)).status).toBe(200);
    } finally {
      api.store.down = false;
    }
    expect((await api.call("GET", "/devices")).status).toBe(200);
    expect((await fetch(`${api.url}/readyz`)).status).toBe(200);
  });
});

describe("what is not well made", () => {
  const post = (body: string | Uint8Array, headers: Record<string, string> = {}) =>
    api.call("POST", "/devices", { body, headers });

  it.each<[string, () => ReturnType<typeof post>, number, string]>([
    ["broken JSON", () => post('{"identity":'), 400, "argument.invalid"],
    ["no body", () => api.call("POST", "/devices"), 400, "argument.invalid"],
    ["an array", () => post("[]"), 400, "argument.invalid"],
    ["text that is not UTF-8", () => post(new Uint8Array([0x22, 0xff, 0x22])), 400, "argument.invalid"],
    ["a prototype", () => post('{"__proto__":{"admin":true},"identity":{}}'), 400, "argument.invalid"],
    ["deep nesting", () => post("[".repeat(30_000)), 400, "argument.invalid"],
    ["another media type", () => post("<a/>", { "content-type": "text/xml" }), 415, "mediaType.unsupported"],
    [
      "another charset",
      () => post("{}", { "content-type": "application/json; charset=utf-16" }),
      415,
      "mediaType.unsupported",
    ],
    ["an unknown coding", () => post("{}", { "content-encoding": "br" }), 415, "mediaType.unsupported"],
    ["a large body", () => post(`"${"a".repeat(kib(65))}"`), 413, "body.tooLarge"],
    [
      "an exploding body",
      () => post(gzipSync(Buffer.alloc(mib(20), " ")), { "content-encoding": "gzip" }),
      413,
      "body.tooLarge",
    ],
    ["an unknown query parameter", () => api.call("GET", "/devices?colour=red"), 400, "argument.invalid"],
    ["a limit out of range", () => api.call("GET", "/devices?limit=0"), 400, "argument.invalid"],
    ["a limit that is no number", () => api.call("GET", "/devices?limit=many"), 400, "argument.invalid"],
    ["a parameter given twice", () => api.call("GET", "/devices?limit=1&limit=2"), 400, "argument.invalid"],
    ["an id of the wrong form", () => api.call("GET", "/devices/a%20b"), 400, "argument.invalid"],
    ["broken percent-encoding", () => api.call("GET", "/devices/%zz"), 400, "argument.invalid"],
    ["a long id", () => api.call("GET", `/devices/${"a".repeat(65)}`), 400, "argument.invalid"],
    ["an unknown route", () => api.call("GET", "/nonsense"), 404, "resource.notFound"],
    ["a wrong method", () => api.call("PUT", "/devices"), 405, "method.notAllowed"],
  ])("%s is refused with its reason", async (_name, send, status, code) => {
    const answer = await send();
    expect(answer).toMatchObject({ status, body: { code, status, requestId: expect.any(String) } });
    expect(answer.text).not.toMatch(/node_modules|\.ts:/);
  });

  it("names the methods that are allowed", async () => {
    expect((await api.call("DELETE", "/devices")).headers.get("allow")).toBe("GET, HEAD, POST");
    expect((await api.call("OPTIONS", "/devices")).status).toBe(405);
  });

  it("takes a gzip body and a HEAD request", async () => {
    const body = gzipSync(JSON.stringify({ identity: { oui: "00D09E", productClass: "G", serialNumber: "Z" } }));
    expect((await api.call("POST", "/devices", { body, headers: { "content-encoding": "gzip" } })).status).toBe(201);
    expect(await api.call("HEAD", "/devices")).toMatchObject({ status: 200, text: "" });
  });

  it("makes a request id of its own when the given one could break a log", async () => {
    const answer = await exchange(request("GET", "/api/v1/me", "X-Request-Id: a\tb\r\n"));
    expect(/x-request-id: ([0-9a-z]{26})\r\n/i.exec(answer)).not.toBeNull();
  });
});

describe("on the wire", () => {
  it("refuses a body that nobody may send without reading it", async () => {
    const answer = await exchange(
      "POST /api/v1/devices HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n{",
    );
    expect(answer).toMatch(/^HTTP\/1\.1 401 /);
    expect(answer).toMatch(/connection: close/i);
  });

  it("asks for an expected body only when it wants it", async () => {
    const body = JSON.stringify({ identity: { oui: "00D09E", productClass: "G", serialNumber: "E" } });
    const wanted = await exchange(
      request(
        "POST",
        "/api/v1/devices",
        `Expect: 100-continue\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n`,
      ) + body,
    );
    expect(wanted).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 201 /);
    const large = await exchange(
      request(
        "POST",
        "/api/v1/devices",
        "Expect: 100-continue\r\nContent-Type: application/json\r\nContent-Length: 99999\r\n",
      ),
    );
    expect(large).toMatch(/^HTTP\/1\.1 413 /);
  });

  it.each(["/healthz", "/readyz", "/metrics"])("says how %s may be asked", async (path) => {
    const answer = await fetch(`${api.url}${path}`, { method: "POST" });
    expect([answer.status, answer.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
    expect(await answer.json()).toMatchObject({ code: "method.notAllowed" });
  });

  it("answers what is not HTTP without a stack trace", async () => {
    expect(await exchange("\x16\x03\x01nonsense\r\n\r\n")).toMatch(/^HTTP\/1\.1 400 /);
  });

  it.each([
    ["what is not HTTP", "\x16\x03\x01nonsense\r\n\r\n", "argument.invalid"],
    [
      "a header that is too large",
      `GET /api/v1/devices?filter=${"a".repeat(kib(33))} HTTP/1.1\r\n\r\n`,
      "header.tooLarge",
    ],
  ])("answers %s with a problem too", async (_what, request, code) => {
    const [head = "", body = ""] = (await exchange(request)).split("\r\n\r\n");
    expect(head).toContain("Content-Type: application/problem+json");
    expect(JSON.parse(body)).toMatchObject({ code, requestId: expect.any(String) });
  });

  it("takes the longest filter, however it is encoded", async () => {
    const filter = `"${"é".repeat(2000)}"`;
    expect((await api.call("GET", `/devices?filter=${encodeURIComponent(filter)}`)).status).toBe(200);
    expect((await api.call("GET", `/devices?filter=${"%28".repeat(8000)}`)).body).toMatchObject({
      code: "filter.invalid",
    });
  });

  it("has security headers on every answer", async () => {
    for (const path of ["/api/v1/me", "/healthz", "/nothing", "/api/v1/nothing"]) {
      const { headers } = await fetch(`${api.url}${path}`);
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("cache-control")).toBe("no-store");
      expect(headers.get("content-security-policy")).toMatch(/default-src 'none'/);
      expect(headers.get("x-powered-by")).toBeNull();
      expect(headers.get("x-request-id")).not.toBeNull();
    }
  });

  it("tells whoever has no token nothing about routes", async () => {
    expect(await api.call("GET", "/nonsense", { token: "" })).toMatchObject({ status: 401 });
    expect(await api.call("PUT", "/devices", { token: "" })).toMatchObject({ status: 401 });
    expect((await fetch(`${api.url}/nothing`)).status).toBe(404);
  });
});

describe("limits", () => {
  it("slow a token down, and no other", async () => {
    const strict = await Api.start({ limits: { requestsPerSecond: 1, requestBurst: 2 } });
    try {
      const other = await strict.token(["*"]);
      for (let n = 0; n < 2; n++) expect((await strict.call("GET", "/me")).status).toBe(200);
      const limited = await strict.call("GET", "/me");
      expect(limited).toMatchObject({ status: 429, body: { code: "rate.limited" } });
      expect(limited.headers.get("retry-after")).toBe("1");
      expect((await strict.call("GET", "/me", { token: other })).status).toBe(200);
      await strict.clock.advance(seconds(1));
      expect((await strict.call("GET", "/me")).status).toBe(200);
    } finally {
      await strict.stop();
    }
  });
});

describe("metrics", () => {
  const metrics = (running: Api, token?: string) =>
    fetch(`${running.url}/metrics`, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } });

  it("need a token with system:read unless configured otherwise", async () => {
    expect((await metrics(api)).status).toBe(401);
    expect((await metrics(api, await api.token(["devices:read"]))).status).toBe(403);
    const text = await (await metrics(api, await api.token(["system:read"]))).text();
    expect(text).toMatch(/steward_api_requests_total\{route="devices.list",status="200"\} \d+/);
    expect(text).toMatch(/steward_api_request_seconds_bucket/);
  });

  it("can have a token of their own or be open", async () => {
    const scraped = await Api.start({ metricsAccess: { token: "scrape-me" } });
    const open = await Api.start({ metricsAccess: "open" });
    try {
      expect((await metrics(scraped, "scrape-me")).status).toBe(200);
      expect((await metrics(scraped, "scrape-you")).status).toBe(401);
      expect((await metrics(open)).status).toBe(200);
    } finally {
      await scraped.stop();
      await open.stop();
    }
  });
});
