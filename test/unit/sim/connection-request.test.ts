import { request } from "node:http";
import { connect } from "node:net";
import { describe, expect, it } from "@jest/globals";
import { seconds } from "../../../kernel/time.ts";
import { ChallengeAnswer } from "../../../sim/cpe/digest.ts";
import { ordinaryHttp } from "../../../sim/cpe/http-client.ts";
import type { Misbehaviour } from "../../../sim/cpe/misbehaviours.ts";
import { type Stage, stage } from "./stage.ts";

const USER = { username: "acs", password: "wake-up" };

interface Reply {
  status: number;
  challenge: string;
}

function knock(url: string, { method = "GET", authorization = "" } = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const headers = authorization === "" ? {} : { Authorization: authorization };
    request(url, { method, headers, agent: false }, (response) => {
      response.resume().on("end", () => {
        resolve({ status: response.statusCode ?? 0, challenge: response.headers["www-authenticate"] ?? "" });
      });
    })
      .on("error", reject)
      .end();
  });
}

async function wake(url: string, user = USER): Promise<Reply> {
  const { status, challenge } = await knock(url);
  if (status !== 401) return { status, challenge };
  const answer = new ChallengeAnswer(challenge, ordinaryHttp.digest).authorize("GET", new URL(url).pathname, user);
  return knock(url, { authorization: answer });
}

async function reachable(misbehave: Misbehaviour[] = []): Promise<Stage & { url: string }> {
  const staged = await stage({ connectionRequestHost: "127.0.0.1", interval: seconds(100_000), misbehave });
  await staged.cpe.start();
  staged.cpe.tree.set("Device.ManagementServer.ConnectionRequestUsername", USER.username);
  staged.cpe.tree.set("Device.ManagementServer.ConnectionRequestPassword", USER.password);
  return { ...staged, url: staged.cpe.tree.get("Device.ManagementServer.ConnectionRequestURL")!.value };
}

describe("the CPE's side of connection requests (TR-069 §3.2.2)", () => {
  it("tells its URL in the Inform, challenges with Digest and makes contact with event 6", async () => {
    const { acs, cpe, url } = await reachable();
    const told = acs.informs[0]!.body.ParameterList.find(({ Name }) => Name.endsWith(".ConnectionRequestURL"));
    expect(told!.Value.value).toBe(url);
    expect((await wake(url)).status).toBe(200);
    await cpe.settled();
    expect(acs.informs[1]!.body.Event).toEqual([{ EventCode: "6 CONNECTION REQUEST", CommandKey: "" }]);
  });

  it("refuses other paths, methods, credentials and a nonce used before", async () => {
    const { acs, url } = await reachable();
    expect((await knock(`${url}x`)).status).toBe(404);
    expect((await knock(url, { method: "POST" })).status).toBe(405);
    expect((await wake(url, { ...USER, password: "guess" })).status).toBe(401);
    const { challenge } = await knock(url);
    const authorization = new ChallengeAnswer(challenge, ordinaryHttp.digest).authorize(
      "GET",
      new URL(url).pathname,
      USER,
    );
    expect((await knock(url, { authorization })).status).toBe(200);
    expect((await knock(url, { authorization })).status).toBe(401);
    await acs.until(() => acs.informs.length === 2);
  });

  it("needs no credentials while none are set", async () => {
    const { cpe, url } = await reachable();
    cpe.tree.set("Device.ManagementServer.ConnectionRequestUsername", "");
    cpe.tree.set("Device.ManagementServer.ConnectionRequestPassword", "");
    expect((await knock(url)).status).toBe(200);
  });

  it("answers 503 during a session and makes contact right after it (specs §3.1)", async () => {
    const { acs, cpe, url } = await reachable();
    let status = 0;
    acs.hook = async ({ bytes }) => {
      if (bytes.length === 0 && status === 0) ({ status } = await wake(url));
      return undefined;
    };
    await cpe.inform(["2 PERIODIC"]);
    expect(status).toBe(503);
    expect(acs.informs.map(({ body }) => body.Event.at(-1)!.EventCode)).toEqual([
      "1 BOOT",
      "2 PERIODIC",
      "6 CONNECTION REQUEST",
    ]);
  });

  it("does not bring event 6 again after a failed session (§3.7.1.5)", async () => {
    const { acs, cpe, url, pass } = await reachable();
    acs.hook = () => ({ status: 500 });
    await wake(url);
    await cpe.settled();
    acs.hook = () => undefined;
    await pass(seconds(10));
    expect(acs.informs.map(({ body }) => body.Event.map(({ EventCode }) => EventCode)).slice(1)).toEqual([
      ["6 CONNECTION REQUEST"],
      [],
    ]);
  });

  it("says at the start when it cannot listen", async () => {
    const { cpe } = await stage({ connectionRequestHost: "192.0.2.1" });
    await expect(cpe.start()).rejects.toThrow("EADDRNOTAVAIL");
  });

  it("listens no more once it is stopped", async () => {
    const { cpe, url } = await reachable();
    cpe.stop();
    await expect(knock(url)).rejects.toThrow(/ECONNREFUSED|ECONNRESET|hang up/);
  });
});

describe("misbehaviours of the listener", () => {
  const shown: [Misbehaviour, (challenge: string) => void, number][] = [
    ["connection-request-without-qop", (challenge) => expect(challenge).not.toContain("qop"), 200],
    ["connection-request-sha256", (challenge) => expect(challenge).toContain("algorithm=SHA-256"), 200],
    ["connection-request-md5-sess", (challenge) => expect(challenge).toContain("algorithm=MD5-sess"), 200],
    ["connection-request-basic", (challenge) => expect(challenge).toBe('Basic realm="cpe"'), 200],
    ["connection-request-open", (challenge) => expect(challenge).toBe(""), 200],
    ["connection-request-202", (challenge) => expect(challenge).toContain("qop"), 202],
    ["connection-request-204", (challenge) => expect(challenge).toContain("qop"), 204],
    ["connection-request-busy", (challenge) => expect(challenge).toContain("qop"), 503],
  ];
  it.each(shown)("%s", async (name, isChallenge, status) => {
    const { acs, cpe, url } = await reachable([name]);
    isChallenge((await knock(url)).challenge);
    await cpe.settled();
    expect((await wake(url)).status).toBe(status);
    await cpe.settled();
    expect(acs.informs.length > 1).toBe(status !== 503);
  });

  it("connection-request-ignored: accepts and makes no contact", async () => {
    const { acs, cpe, url } = await reachable(["connection-request-ignored"]);
    expect((await wake(url)).status).toBe(200);
    await cpe.settled();
    expect(acs.informs).toHaveLength(1);
  });

  it("connection-request-drop: closes the first connection with credentials and takes the second", async () => {
    const { url } = await reachable(["connection-request-drop"]);
    await expect(wake(url)).rejects.toThrow();
    expect((await wake(url)).status).toBe(200);
  });

  it("connection-request-folded: a challenge in several lines that end in bare LF, which can be answered", async () => {
    const { url } = await reachable(["connection-request-folded"]);
    const { hostname, port, pathname } = new URL(url);
    const raw = await new Promise<string>((resolve, reject) => {
      let text = "";
      const socket = connect(Number(port), hostname, () => socket.write(`GET ${pathname} HTTP/1.1\r\nHost: x\r\n\r\n`));
      socket.on("data", (chunk: Buffer) => {
        text += chunk.toString();
      });
      socket.on("end", () => resolve(text));
      socket.on("error", reject);
    });
    expect(raw).not.toContain("\r");
    const challenge = /WWW-Authenticate: (Digest [^]*?)\nContent-Length/.exec(raw)![1]!;
    expect(challenge.split("\n ")).toHaveLength(3);
    const authorization = new ChallengeAnswer(challenge, ordinaryHttp.digest).authorize("GET", pathname, USER);
    expect((await knock(url, { authorization })).status).toBe(200);
  });
});
