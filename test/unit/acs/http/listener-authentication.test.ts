import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import type { Principal } from "../../../../acs/conversation/index.ts";
import { digestResponse } from "../../../../acs/http/authentication/digest.ts";
import { parseAuthentication } from "../../../../acs/http/authentication/parameters.ts";
import { StewardError } from "../../../../kernel/errors.ts";
import { type Fixture, type FixtureOptions, startListener } from "./listener-fixture.ts";
import { post, RawClient, type RawResponse } from "./raw-client.ts";

const open: { fixtures: Fixture[]; clients: RawClient[] } = { fixtures: [], clients: [] };

async function start(options: FixtureOptions = {}) {
  const fixture = await startListener({ ...options, authentication: { mode: "required", ...options.authentication } });
  open.fixtures.push(fixture);
  const connect = async (tls?: object): Promise<RawClient> => {
    const port = fixture.listener.addresses[tls ? 1 : 0]!.port;
    const client = await RawClient.open(port, tls ? { tls } : {});
    open.clients.push(client);
    return client;
  };
  return { ...fixture, connect, client: await connect() };
}

afterEach(async () => {
  for (const client of open.clients.splice(0)) client.close();
  for (const { listener } of open.fixtures.splice(0)) await listener.stop();
});

const soap = "<Envelope><Body><Inform></Inform></Body></Envelope>";
const principal: Principal = { kind: "credential", credentialId: "c1", username: "gw1", endpointKey: "cwmp:gw1" };
const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;

function authorize(challenged: RawResponse, password = "secret-1", username = "gw1"): string {
  const parameters = parseAuthentication(challenged.headers["www-authenticate"]!.split("\n")[0]!)[0]!.parameters;
  const [realm, nonce] = [parameters.get("realm")!, parameters.get("nonce")!];
  const input = { algorithm: "MD5", username, realm, password, method: "POST", uri: "/acs", nonce } as const;
  const response = digestResponse({ ...input, qop: "auth", nc: "00000001", cnonce: "c0ffee" });
  return `Digest username="${username}", realm="${realm}", nonce="${nonce}", uri="/acs", response="${response}", qop=auth, nc=00000001, cnonce="c0ffee"`;
}

describe("a CPE that has to authenticate", () => {
  it("is challenged, sends the same body again, and is served", async () => {
    const { client, conversations } = await start();
    client.send(post(soap));
    const challenged = await client.next();
    expect(challenged).toMatchObject({ status: 401, headers: { "content-length": "0", connection: "keep-alive" } });
    client.send(post(soap, { Authorization: authorize(challenged) }));
    expect((await client.next()).status).toBe(204);
    expect(conversations.exchanges).toEqual([expect.objectContaining({ principal })]);
  });

  it("may open a new connection after the 401", async () => {
    const { client, connect, conversations } = await start();
    client.send(post(soap));
    const challenged = await client.next();
    client.close();
    const second = await connect();
    second.send(post(soap, { Authorization: authorize(challenged) }));
    expect((await second.next()).status).toBe(204);
    expect(conversations.exchanges).toHaveLength(1);
  });

  it("may probe for the challenge with an empty POST, and a session is not made of it", async () => {
    const { client, conversations } = await start();
    client.send(post(""));
    expect((await client.next()).status).toBe(401);
    expect(conversations.exchanges).toEqual([]);
  });

  it("may need a round trip for every message of a session", async () => {
    const { client, conversations } = await start();
    for (let i = 0; i < 30; i++) {
      client.send(post(soap));
      client.send(post(soap, { Authorization: authorize(await client.next()) }));
      expect((await client.next()).status).toBe(204);
    }
    expect(conversations.exchanges).toHaveLength(30);
  });

  it("may await 100 Continue with each of them", async () => {
    const { client } = await start();
    const head = `POST /acs HTTP/1.1\r\nHost: a\r\nContent-Length: ${soap.length}\r\nExpect: 100-continue\r\n`;
    client.send(`${head}\r\n`);
    expect((await client.next()).status).toBe(100);
    client.send(soap);
    const challenged = await client.next();
    expect(challenged).toMatchObject({ status: 401, headers: { connection: "keep-alive" } });
    client.send(`${head}Authorization: ${authorize(challenged)}\r\n\r\n`);
    expect((await client.next()).status).toBe(100);
    client.send(soap);
    expect((await client.next()).status).toBe(204);
  });

  it("is not let in by Basic over plain HTTP, nor by empty Basic credentials sent unasked", async () => {
    const { client, conversations } = await start();
    for (const authorization of [basic("gw1", "secret-1"), basic("", "")]) {
      client.send(post(soap, { Authorization: authorization }));
      expect((await client.next()).status).toBe(401);
    }
    expect(conversations.exchanges).toEqual([]);
  });

  it("is let in by Basic where the option says so", async () => {
    const { client } = await start({ authentication: { allowBasicOverHttp: true } });
    client.send(post(soap, { Authorization: basic("gw1", "secret-1") }));
    expect((await client.next()).status).toBe(204);
  });

  it("with a wrong password is answered 403 and closed at the third attempt, and the operator hears of it once", async () => {
    const { client, connect, events, conversations } = await start();
    client.send(post(soap));
    const challenged = await client.next();
    const statuses: number[] = [];
    for (let i = 0; i < 3; i++) {
      client.send(post(soap, { Authorization: authorize(challenged, "guess") }));
      statuses.push((await client.next()).status);
    }
    expect(statuses).toEqual([401, 401, 403]);
    await client.closed();
    const again = await connect();
    again.send(post(soap, { Authorization: authorize(challenged, "guess") }));
    expect((await again.next()).status).toBe(403);
    expect(events).toEqual([
      expect.objectContaining({ type: "authentication.failed", data: expect.objectContaining({ username: "gw1" }) }),
    ]);
    expect(conversations.exchanges).toEqual([]);
  });

  it("with a wrong password is told to the operator from the first attempt on, with the reason", async () => {
    const { client, events } = await start();
    client.send(post(soap));
    const challenged = await client.next();
    expect(events).toEqual([]);
    client.send(post(soap, { Authorization: authorize(challenged, "guess") }));
    expect((await client.next()).status).toBe(401);
    expect(events).toEqual([
      expect.objectContaining({ data: expect.objectContaining({ username: "gw1", reason: "wrong" }) }),
    ]);
  });

  it("that speaks Basic without TLS is told to the operator", async () => {
    const { client, events } = await start();
    client.send(post(soap, { Authorization: basic("gw1", "secret-1") }));
    await client.next();
    expect(events).toEqual([
      expect.objectContaining({ data: expect.objectContaining({ username: "gw1", reason: "basicRefused" }) }),
    ]);
  });

  it("that speaks for another device is told to the operator, with whose credential it has", async () => {
    const { client, conversations, events } = await start();
    conversations.answer = () => ({ status: 403, close: true, conflict: "the credential is for cwmp:A-1" });
    client.send(post(soap));
    const challenged = await client.next();
    client.send(post(soap, { Authorization: authorize(challenged, "secret-1") }));
    expect((await client.next()).status).toBe(403);
    expect(events).toEqual([
      expect.objectContaining({
        data: expect.objectContaining({ reason: "notItsOwn", detail: "the credential is for cwmp:A-1" }),
      }),
    ]);
  });

  it("that never answers the challenge is closed after a while", async () => {
    const { client } = await start({ limits: { messages: { challengesPerConnection: 3 } } });
    for (let i = 0; i < 3; i++) {
      client.send(post(soap));
      expect((await client.next()).status).toBe(401);
    }
    client.send(post(soap));
    expect((await client.next()).status).toBe(403);
    await client.closed();
  });

  it("is answered 503 while the credentials cannot be read", async () => {
    const { client } = await start({
      authentication: { allowBasicOverHttp: true },
      findForAuthentication: () => Promise.reject(new StewardError("engine.unavailable", "down")),
    });
    client.send(post(soap, { Authorization: basic("gw1", "secret-1") }));
    expect(await client.next()).toMatchObject({ status: 503, headers: { "retry-after": expect.any(String) } });
  });
});

describe("a live session's cookie", () => {
  it("replaces the credentials", async () => {
    const { client, conversations } = await start();
    conversations.sessions.set("token", principal);
    client.send(post("", { Cookie: "session=token" }));
    expect((await client.next()).status).toBe(204);
    expect(conversations.exchanges).toEqual([expect.objectContaining({ cookie: "token", principal })]);
  });

  it("does not open the session to another user, but lets him Inform for himself", async () => {
    const { client, conversations } = await start();
    conversations.sessions.set("token", { ...principal, credentialId: "c2", username: "gw2" });
    client.send(post(""));
    const authorization = authorize(await client.next());
    client.send(post("", { Cookie: "session=token", Authorization: authorization }));
    expect((await client.next()).status).toBe(401);
    client.send(post(soap, { Cookie: "session=token", Authorization: authorization }));
    expect((await client.next()).status).toBe(204);
    expect(conversations.exchanges).toEqual([expect.objectContaining({ principal })]);
    expect(conversations.exchanges[0]?.cookie).toBeUndefined();
  });

  it("that is unknown replaces nothing", async () => {
    const { client, conversations } = await start();
    client.send(post("", { Cookie: "session=token" }));
    expect((await client.next()).status).toBe(401);
    expect(conversations.exchanges).toEqual([]);
  });
});

describe("over TLS", () => {
  const directory = mkdtempSync(join(tmpdir(), "steward-tls-"));
  const file = (name: string): string => join(directory, name);
  const openssl = (...args: string[]): void => void execFileSync("openssl", args, { cwd: directory, stdio: "ignore" });
  const signed = (name: string, subject: string): void => {
    openssl(
      "req",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:P-256",
      "-nodes",
      "-keyout",
      `${name}.key`,
      "-out",
      `${name}.csr`,
      "-subj",
      subject,
    );
    openssl(
      "x509",
      "-req",
      "-in",
      `${name}.csr`,
      "-CA",
      "ca.pem",
      "-CAkey",
      "ca.key",
      "-CAcreateserial",
      "-days",
      "2",
      "-out",
      `${name}.pem`,
    );
  };
  const pem = (name: string): object => ({
    cert: readFileSync(file(`${name}.pem`)),
    key: readFileSync(file(`${name}.key`)),
  });

  beforeAll(() => {
    openssl(
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:P-256",
      "-nodes",
      "-keyout",
      "ca.key",
      "-out",
      "ca.pem",
      "-subj",
      "/CN=Test CA",
      "-days",
      "2",
    );
    signed("server", "/CN=localhost");
    signed("unique", "/CN=00D0FF-SN0001");
    signed("shared", "/CN=Acme Gateway");
    openssl(
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:P-256",
      "-nodes",
      "-keyout",
      "stranger.key",
      "-out",
      "stranger.pem",
      "-subj",
      "/CN=00D0FF-SN0001",
      "-days",
      "2",
    );
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  const startTls = () =>
    start({
      tls: {
        listen: { host: "127.0.0.1", port: 0 },
        files: {
          certificate: file("server.pem"),
          key: file("server.key"),
          clientCa: file("ca.pem"),
          clientCertificate: "optional",
        },
      },
    });

  it("Basic is offered last, and accepted", async () => {
    const { connect, conversations } = await startTls();
    const client = await connect({});
    client.send(post(soap));
    const challenged = await client.next();
    expect(challenged.headers["www-authenticate"]!.split("\n").map((line) => line.split(" ")[0])).toEqual([
      "Digest",
      "Basic",
    ]);
    client.send(post(soap, { Authorization: basic("gw1", "secret-1") }));
    expect((await client.next()).status).toBe(204);
    expect(conversations.exchanges).toEqual([expect.objectContaining({ secure: true, principal })]);
  });

  it("a certificate of its own proves a device, one of a model or of a stranger does not", async () => {
    const { connect, conversations } = await startTls();
    const statuses: number[] = [];
    for (const name of ["unique", "shared", "stranger"]) {
      const client = await connect(pem(name));
      client.send(post(soap));
      statuses.push((await client.next()).status);
    }
    expect(statuses).toEqual([204, 401, 401]);
    expect(conversations.exchanges[0]!.principal).toEqual({
      kind: "certificate",
      commonName: "00D0FF-SN0001",
      unique: true,
    });
  });
});
