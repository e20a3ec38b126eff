import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { verifies } from "../../../sim/cpe/digest.ts";
import { HttpClient, type HttpHabits, ordinaryHttp } from "../../../sim/cpe/http-client.ts";

const USER = { username: "00D0FF-GW1-SN0001", password: "cpe-pass" };
const POST = { method: "POST", body: Buffer.from("body"), headers: {} } as const;

interface Seen {
  url: string;
  body: string;
  headers: IncomingMessage["headers"];
}

describe("a CPE's HTTP", () => {
  const seen: Seen[] = [];
  let server: Server;
  let client: HttpClient;
  let answer: (request: Seen) => { status: number; headers?: Record<string, string> };

  beforeEach(async () => {
    seen.length = 0;
    answer = () => ({ status: 200 });
    server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => {
        body += chunk.toString();
      });
      request.on("end", () => {
        const one = { url: request.url ?? "", body, headers: request.headers };
        seen.push(one);
        const { status, headers = {} } = answer(one);
        response.writeHead(status, headers).end(status === 200 ? "answer" : "");
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterEach(async () => {
    client.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const url = (path: string): URL => new URL(path, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const newClient = (habits: Partial<HttpHabits> = {}): HttpClient => {
    client = new HttpClient({ timeout: 5_000, credentials: USER, habits: { ...ordinaryHttp, ...habits } });
    return client;
  };

  const challenge = 'Digest realm="acs.example", nonce="7f3a", qop="auth", algorithm=MD5, opaque="o1"';
  const demandDigest = (): void => {
    const expected = { ...USER, realm: "acs.example", nonce: "7f3a", algorithm: "MD5" };
    answer = ({ headers: { authorization = "" } }) =>
      verifies(authorization, "POST", expected)
        ? { status: 200 }
        : { status: 401, headers: { "WWW-Authenticate": challenge } };
  };

  it("answers a Digest challenge with the same body, and later requests without being asked again", async () => {
    demandDigest();
    newClient();
    expect((await client.send(url("/acs"), POST)).answer.status).toBe(200);
    expect((await client.send(url("/acs"), POST)).answer.status).toBe(200);
    expect(seen.map(({ body }) => body)).toEqual(["body", "body", "body"]);
    const sent = seen.map(({ headers }) => headers.authorization ?? "");
    expect(sent[0]).toBe("");
    expect(sent[1]).toContain("nc=00000001");
    expect(sent[1]).toContain('opaque="o1"');
    expect(sent[2]).toContain("nc=00000002");
  });

  it("prefers Digest where Basic is offered too", async () => {
    demandDigest();
    const digestOnly = answer;
    answer = (request) => {
      const { status } = digestOnly(request);
      const both: Record<string, string> = { "WWW-Authenticate": `Basic realm="x", ${challenge}` };
      return { status, headers: status === 401 ? both : {} };
    };
    newClient();
    expect((await client.send(url("/acs"), POST)).answer.status).toBe(200);
    expect(seen[1]!.headers.authorization).toMatch(/^Digest /);
  });

  it("gives up after one refused answer to a challenge", async () => {
    answer = () => ({ status: 401, headers: { "WWW-Authenticate": challenge } });
    newClient();
    expect((await client.send(url("/acs"), POST)).answer.status).toBe(401);
    expect(seen).toHaveLength(2);
  });

  it("follows 302 and 307 with the same body, also after a challenge, and tells where it ended (specs §1.1)", async () => {
    demandDigest();
    const proved = answer;
    answer = (request) => {
      const { status, headers = {} } = proved(request);
      if (status === 401 || request.url === "/third") return { status, headers };
      return request.url === "/first"
        ? { status: 302, headers: { Location: "/second" } }
        : { status: 307, headers: { Location: url("/third").href } };
    };
    newClient();
    const { answer: last, url: end } = await client.send(url("/first"), POST);
    expect([last.status, last.body.toString(), end.pathname]).toEqual([200, "answer", "/third"]);
    expect(seen.map(({ url: path, body }) => `${path} ${body}`)).toEqual([
      "/first body",
      "/first body",
      "/second body",
      "/third body",
    ]);
  });

  it("follows five redirects and not six", async () => {
    answer = ({ url: path }) => ({ status: 302, headers: { Location: String(Number(path.slice(1)) + 1) } });
    newClient();
    await expect(client.send(url("/0"), POST)).rejects.toThrow("redirected more than 5 times");
    expect(seen).toHaveLength(6);
  });

  it("takes no other redirect", async () => {
    answer = () => ({ status: 301, headers: { Location: "/other" } });
    newClient();
    expect((await client.send(url("/"), POST)).answer.status).toBe(301);
    expect(seen).toHaveLength(1);
  });

  it("breaks off what is under way when it is closed, and starts nothing new", async () => {
    server.removeAllListeners("request");
    newClient();
    const arrived = new Promise<void>((resolve) => server.once("request", () => resolve()));
    const sent = client.send(url("/"), POST);
    const failed = expect(sent).rejects.toThrow();
    await arrived;
    client.close();
    await failed;
    await expect(client.send(url("/"), POST)).rejects.toThrow("the CPE was stopped");
  });

  it("fails after its timeout when the server says nothing", async () => {
    server.removeAllListeners("request");
    client = new HttpClient({ timeout: 30 });
    await expect(client.send(url("/"), POST)).rejects.toThrow("the server did not answer in time");
  });

  it("speaks HTTP/1.0 with the same challenges, cookies and redirects", async () => {
    demandDigest();
    const proved = answer;
    answer = (request) => {
      const { status, headers = {} } = proved(request);
      if (status === 401) return { status, headers };
      return request.url === "/a"
        ? { status: 302, headers: { Location: "/b", "Set-Cookie": "s=1; Path=/" } }
        : { status: 200, headers: { "Set-Cookie": "s=2; Path=/" } };
    };
    newClient({ version: "1.0" });
    const { answer: last } = await client.send(url("/a"), POST);
    expect([last.status, last.body.toString()]).toEqual([200, "answer"]);
    expect(seen.at(-1)!.headers.cookie).toBe("s=1");
    expect(seen.every(({ headers }) => headers.connection === undefined)).toBe(true);
  });
});

describe("Digest proofs", () => {
  // The vector of specs/cwmp.md §1.3 (ours).
  const expected = { ...USER, realm: "acs.example", nonce: "7f3a" };
  const header = (response: string, more = ""): string =>
    `Digest username="${USER.username}", realm="acs.example", nonce="7f3a", uri="/acs", response="${response}"${more}`;
  const withQop = ', qop=auth, nc=00000001, cnonce="c0ffee"';

  it.each([
    ["without qop", "1c744f08b3d0cf2c4f0544836f4f36bc", "", "MD5"],
    ["with qop", "3f7dfdb53cbc3720d35b1fa7f189fdfe", withQop, "MD5"],
    ["MD5-sess", "1bfa90d3180557ae49b62a8c77088691", withQop, "MD5-sess"],
  ])("are those of the vector: %s", (_, response, more, algorithm) => {
    expect(verifies(header(response, more), "POST", { ...expected, algorithm })).toBe(true);
    expect(verifies(header(response.replace(/^./, "0"), more), "POST", { ...expected, algorithm })).toBe(false);
    expect(verifies(header(response, more), "GET", { ...expected, algorithm })).toBe(false);
  });
});
