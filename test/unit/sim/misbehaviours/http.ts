import { gunzipSync } from "node:zlib";
import { expect } from "@jest/globals";
import { getValues, rpc, type Stage } from "../stage.ts";
import type { Show, Shows } from "./show.ts";

const session = async (open: Parameters<Show>[0]): Promise<Stage> => {
  const staged = await open();
  staged.acs.script.push(getValues("Device.WiFi.Radio."));
  await staged.cpe.start();
  expect(staged.sessions[0]).toMatchObject({ outcome: "completed", rpcs: 1 });
  return staged;
};

const connections = ({ acs }: Stage): number => new Set(acs.received.map(({ connection }) => connection)).size;

/** The Cookie header that follows an InformResponse with `session=S1; Path=/`. */
const cookie =
  (expected: string | undefined): Show =>
  async (open) => {
    const { acs } = await session(open);
    expect(acs.received.map(({ headers }) => headers.cookie)).toEqual([undefined, expected, expected]);
  };

const CHALLENGE = 'Digest realm="r", nonce="n1", qop="auth"';

/** What the CPE answers to a Digest challenge, POST by POST. */
async function proofs(open: Parameters<Show>[0]): Promise<string[]> {
  const { acs, cpe } = await open({ credentials: { username: "u", password: "p" } });
  acs.hook = ({ headers }) =>
    headers.authorization === undefined ? { status: 401, headers: { "WWW-Authenticate": CHALLENGE } } : undefined;
  await cpe.start();
  return acs.received.map(({ headers }) => headers.authorization ?? "");
}

export const http: Shows = {
  "fresh-connections": async (open) => {
    expect(connections(await session(open))).toBe(3);
  },
  "http-1.0": async (open) => {
    const staged = await session(open);
    expect(connections(staged)).toBe(3);
    expect(staged.acs.received.map(({ httpVersion }) => httpVersion)).toEqual(["1.0", "1.0", "1.0"]);
    expect(staged.acs.received[1]!.headers.cookie).toBe("session=S1");
  },
  chunked: async (open) => {
    const { acs } = await session(open);
    expect(acs.received.map(({ headers }) => headers["transfer-encoding"])).toEqual(["chunked", "chunked", "chunked"]);
    expect(acs.received.map(({ headers }) => headers["content-length"])).toEqual([undefined, undefined, undefined]);
  },
  "expect-continue": async (open) => {
    const { acs } = await session(open);
    expect(acs.received.map(({ headers }) => headers.expect)).toEqual(["100-continue", undefined, "100-continue"]);
  },
  gzip: async (open) => {
    const { acs } = await session(open);
    expect(acs.received.map(({ headers }) => headers["content-encoding"])).toEqual(["gzip", undefined, "gzip"]);
    expect(gunzipSync(acs.received[0]!.bytes).toString()).toContain("<cwmp:Inform>");
  },
  "gzip-empty": async (open) => {
    const { acs } = await session(open);
    expect(acs.received.map(({ headers }) => headers["content-encoding"])).toEqual([undefined, "gzip", undefined]);
    expect(acs.received[1]!.bytes).toHaveLength(0);
  },
  "no-soap-action": async (open) => {
    const { acs } = await session(open);
    expect(acs.received.map(({ headers }) => headers["soapaction"])).toEqual([undefined, undefined, undefined]);
  },
  "html-content-type": async (open) => {
    const { acs } = await session(open);
    expect(acs.received.map(({ headers }) => headers["content-type"])).toEqual(["text/html", undefined, "text/html"]);
  },
  "repeat-posts": async (open) => {
    const staged = await open();
    const { acs, cpe, executed } = staged;
    acs.script.push(rpc("AddObject", { ObjectName: "Device.NAT.PortMapping.", ParameterKey: "" }));
    await cpe.start();
    expect(acs.story).toEqual(["Inform", "Inform", "-", "-", "AddObjectResponse", "AddObjectResponse"]);
    for (const at of [0, 2, 4]) expect(acs.received[at + 1]!.bytes).toEqual(acs.received[at]!.bytes);
    for (const at of [0, 2, 4]) expect(acs.received[at + 1]!.connection).not.toBe(acs.received[at]!.connection);
    expect(executed).toHaveLength(1);
  },
  "probe-first": async (open) => {
    const { acs, cpe, sessions } = await open();
    acs.hook = () => (acs.received.length === 1 ? { status: 401 } : undefined);
    await cpe.start();
    expect(acs.story).toEqual(["-", "Inform", "-"]);
    expect(sessions[0]!.outcome).toBe("completed");
  },
  "slow-answers": async (open) => {
    const { acs, cpe, clock, sessions } = await open();
    acs.script.push(rpc("GetRPCMethods", {}));
    const started = cpe.start();
    await acs.until(() => acs.received.length === 2);
    while (clock.pending === 0) await clock.advance(0);
    await clock.advance(1_999);
    expect(acs.received).toHaveLength(2);
    await clock.advance(1);
    await started;
    expect(sessions[0]!.took).toBe(2_000);
  },

  "no-cookie": cookie(undefined),
  "stale-cookie": async (open) => {
    const { acs, cpe } = await session(open);
    await cpe.inform(["2 PERIODIC"]);
    expect(acs.story[3]).toBe("Inform");
    expect(acs.received[3]!.headers.cookie).toBe("session=S1");
  },
  "cookie-version": cookie('$Version="1"; session="S1"; $Path="/"'),
  "cookie-attributes": cookie("session=S1; Path=/; HttpOnly"),
  "cookie-path-first": cookie("Path=/; session=S1"),
  "cookie-quotes": cookie('session="S1"'),
  "cookie-commas": cookie("session=0, session=S1"),
  "cookie-empty-name": cookie("=; session=S1"),

  "forget-challenge": async (open) => {
    const sent = await proofs(open);
    expect(sent.map((authorization) => authorization !== "")).toEqual([false, true, false, true]);
  },
  "basic-empty": async (open) => {
    const { acs } = await session(open);
    expect(acs.received[0]!.headers.authorization).toBe("Basic Og==");
  },
  "digest-without-qop": async (open) => {
    const [, proof] = await proofs(open);
    expect(proof).toMatch(/^Digest .*uri="\/acs\?vendor=1", response="[0-9a-f]{32}"$/);
    expect(proof).not.toMatch(/qop|nc=|cnonce/);
  },
  "digest-without-query": async (open) => {
    expect((await proofs(open))[1]).toMatch(/uri="\/acs", .*qop=auth, nc=00000001/);
  },
  "digest-empty-uri": async (open) => {
    const [, proof] = await proofs(open);
    expect(proof).toContain('uri="",');
    expect(proof).not.toContain("qop");
  },
  "digest-same-count": async (open) => {
    const sent = await proofs(open);
    expect(sent.slice(1).map((proof) => /nc=(\w+)/.exec(proof)?.[1])).toEqual(["00000001", "00000001"]);
  },
};
