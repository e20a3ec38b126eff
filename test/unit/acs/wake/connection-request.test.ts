import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "@jest/globals";
import { digestResponse } from "../../../../acs/http/authentication/digest.ts";
import { parseAuthentication } from "../../../../acs/http/authentication/parameters.ts";
import { createAddressGuard } from "../../../../acs/wake/address-guard.ts";
import { requestConnection } from "../../../../acs/wake/connection-request.ts";
import { seconds, systemClock } from "../../../../kernel/time.ts";
import { answer, FakeCpe, reset, silence, type Turn } from "./fake-cpe.ts";

const running: FakeCpe[] = [];
afterEach(async () => {
  for (const cpe of running.splice(0)) await cpe.stop();
});

const guard = createAddressGuard({ allowed: ["127.0.0.0/8", "::1"], denied: [] });
const credentials = { username: "acs", secret: "pw" };

async function call(
  script: Turn[],
  { path = "/cr", host = "127.0.0.1", scheme = "http", tls = {}, ...options }: Record<string, unknown> = {},
) {
  const cpe = await FakeCpe.start(script, {
    host: host as string,
    ...(scheme === "https" ? { tls: tls as object } : {}),
  });
  running.push(cpe);
  const url = `${String(scheme)}://${host === "::1" ? "[::1]" : String(host)}:${cpe.port}${String(path)}`;
  const outcome = await requestConnection({
    url,
    credentials,
    guard,
    timeout: seconds(5),
    allowBasic: false,
    clock: systemClock,
    ...options,
  });
  return { cpe, outcome };
}

const challenge = answer(
  'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Digest realm="r", nonce="n", qop="auth", opaque="o"\r\nContent-Length: 0\r\n\r\n',
);
const ok = answer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");

/** Says 200 only to a right answer to `challenge`. */
const verify: Turn = (request, socket) => {
  const header = /^Authorization: (.*)\r$/m.exec(request)?.[1] ?? "";
  const given = Object.fromEntries(parseAuthentication(header)[0]?.parameters ?? []);
  const { nonce = "", uri = "", nc = "", cnonce = "" } = given as Record<string, string>;
  const expected = digestResponse({
    algorithm: "MD5",
    username: "acs",
    password: "pw",
    realm: "r",
    method: "GET",
    qop: "auth",
    nonce,
    uri,
    nc,
    cnonce,
  });
  const path = request.split(" ")[1];
  socket.end(
    given["response"] === expected && uri === path && given["opaque"] === "o"
      ? "HTTP/1.1 204 No Content\r\n\r\n"
      : "HTTP/1.1 403 Forbidden\r\n\r\n",
  );
};

describe("a connection request", () => {
  it("answers the challenge over a new connection", async () => {
    const { cpe, outcome } = await call([challenge, verify]);
    expect(outcome).toEqual({ ok: true, status: 204 });
    expect(cpe.requests[0]).toBe(
      `GET /cr HTTP/1.1\r\nHost: 127.0.0.1:${cpe.port}\r\nUser-Agent: Steward\r\nConnection: close\r\n\r\n`,
    );
  });

  it.each(["", "?a=b", "/x?y=z&q=%20"])("takes the path and query as they stand: %p", async (path) => {
    const { outcome } = await call([challenge, verify], { path });
    expect(outcome.ok).toBe(true);
  });

  it("reads a challenge folded over lines with bare LF", async () => {
    const folded = answer(
      'HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Digest realm="r",\n nonce="n",\n qop="auth",\n opaque="o"\n\n',
    );
    expect((await call([folded, verify])).outcome.ok).toBe(true);
  });

  it("reads an answer that comes byte by byte", async () => {
    const slowly: Turn = (_request, socket) => {
      const bytes = Buffer.from("HTTP/1.1 200 OK\r\n\r\n");
      const next = (i: number): void =>
        void (i < bytes.length && socket.write(bytes.subarray(i, i + 1), () => next(i + 1)));
      next(0);
    };
    expect((await call([slowly])).outcome).toEqual({ ok: true, status: 200 });
  });

  it.each([200, 202, 204])("is content with %d without a challenge", async (status) => {
    const { outcome, cpe } = await call([answer(`HTTP/1.1 ${status} x\r\n\r\n`)]);
    expect(outcome).toEqual({ ok: true, status });
    expect(cpe.requests).toHaveLength(1);
  });

  it("tries the authenticated request once more when its connection is cut", async () => {
    expect((await call([challenge, reset, verify])).outcome.ok).toBe(true);
    const { outcome, cpe } = await call([challenge, reset, reset, verify]);
    expect(outcome).toMatchObject({ ok: false, reason: "reset" });
    expect(cpe.requests).toHaveLength(3);
  });

  it("answers once more with the new nonce when the first is said to be stale", async () => {
    const stale = answer(
      'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Digest realm="r", nonce="n2", qop="auth", opaque="o", stale=TRUE\r\n\r\n',
    );
    const { outcome, cpe } = await call([challenge, stale, verify]);
    expect(outcome.ok).toBe(true);
    expect(cpe.requests[2]).toContain('nonce="n2"');
    const endless = await call([challenge, stale, stale, verify]);
    expect(endless.outcome).toMatchObject({ ok: false, reason: "wrongCredentials" });
    expect(endless.cpe.requests).toHaveLength(3);
  });

  it("goes over IPv6 and over https", async () => {
    expect((await call([challenge, verify], { host: "::1" })).outcome.ok).toBe(true);
    const directory = mkdtempSync(join(tmpdir(), "steward-wake-"));
    execFileSync(
      "openssl",
      [
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-keyout",
        "key",
        "-out",
        "cert",
        "-subj",
        "/CN=cpe",
        "-days",
        "2",
      ],
      { cwd: directory, stdio: "ignore" },
    );
    const tls = { key: readFileSync(join(directory, "key")), cert: readFileSync(join(directory, "cert")) };
    rmSync(directory, { recursive: true });
    expect((await call([challenge, verify], { scheme: "https", tls })).outcome.ok).toBe(true);
  });

  it("uses Basic only where it is allowed, and then without asking twice", async () => {
    const basic = answer('HTTP/1.1 401 x\r\nWWW-Authenticate: Basic realm="r"\r\n\r\n');
    const refused = await call([basic, ok]);
    expect([refused.outcome, refused.cpe.requests.length]).toEqual([
      { ok: false, reason: "basicForbidden", detail: "basicForbidden" },
      1,
    ]);
    const allowed = await call([basic, ok], { allowBasic: true });
    expect(allowed.outcome.ok).toBe(true);
    expect(allowed.cpe.requests[1]).toContain("Authorization: Basic YWNzOnB3\r\n");
  });
});

describe("a connection request fails", () => {
  it.each([
    ["wrongCredentials", [challenge, challenge]],
    ["busy", [answer("HTTP/1.1 503 Busy\r\n\r\n")]],
    ["busy", [challenge, answer("HTTP/1.1 503 Busy\r\n\r\n")]],
    ["notFound", [answer("HTTP/1.1 404 x\r\n\r\n")]],
    ["refused", [answer("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n"), ok]],
    ["unsupported", [answer("HTTP/1.1 401 x\r\n\r\n")]],
    ["malformed", [answer("SSH-2.0-dropbear\r\n")]],
    ["reset", [reset]],
    ["reset", [answer("")]],
  ] as [string, Turn[]][])("with reason %s", async (reason, script) => {
    expect((await call(script)).outcome).toMatchObject({ ok: false, reason });
  });

  it("when the device says nothing in time", async () => {
    expect((await call([silence], { timeout: 50 })).outcome).toMatchObject({ ok: false, reason: "timeout" });
    expect((await call([challenge, silence], { timeout: 50 })).outcome).toMatchObject({ ok: false, reason: "timeout" });
  });

  it("when its name is not resolved in time", async () => {
    const never = { resolve: () => new Promise<never>(() => undefined) };
    const outcome = await requestConnection({
      url: "http://cpe.example/",
      guard: never,
      timeout: 20,
      allowBasic: false,
      clock: systemClock,
    });
    expect(outcome).toMatchObject({ ok: false, reason: "unresolved" });
  });

  it("when nobody listens", async () => {
    const cpe = await FakeCpe.start([]);
    const { port } = cpe;
    await cpe.stop();
    const outcome = await requestConnection({
      url: `http://127.0.0.1:${port}/`,
      guard,
      timeout: seconds(5),
      allowBasic: false,
      clock: systemClock,
    });
    expect(outcome).toMatchObject({ ok: false, reason: "unreachable" });
  });

  it("when the device wants credentials and none are known", async () => {
    expect((await call([challenge], { credentials: undefined })).outcome).toMatchObject({ reason: "noCredentials" });
  });

  it("before any connection when the URL is none or leads to a forbidden network", async () => {
    const strict = createAddressGuard({ allowed: ["0.0.0.0/0"], denied: ["127.0.0.0/8"] });
    const { outcome, cpe } = await call([ok], { guard: strict });
    expect([outcome, cpe.requests]).toEqual([expect.objectContaining({ reason: "forbidden" }), []]);
    const options = { guard, timeout: seconds(5), allowBasic: false, clock: systemClock };
    expect(await requestConnection({ url: "gopher://x", ...options })).toMatchObject({ reason: "invalidUrl" });
  });
});
