import { describe, expect, it } from "@jest/globals";
import type { Principal } from "../../../../../acs/conversation/index.ts";
import {
  type Attempt,
  type AuthenticationPolicy,
  createAuthenticator,
} from "../../../../../acs/http/authentication/authenticator.ts";
import { type DigestAlgorithm, digestResponse } from "../../../../../acs/http/authentication/digest.ts";
import { parseAuthentication } from "../../../../../acs/http/authentication/parameters.ts";
import type { Credential } from "../../../../../fleet/door.ts";
import { StewardError } from "../../../../../kernel/errors.ts";
import { minutes } from "../../../../../kernel/time.ts";
import { VirtualClock } from "../../../../support/virtual-clock.ts";

const policy: AuthenticationPolicy = {
  mode: "required",
  realm: "acs.example",
  nonceLifetime: minutes(20),
  allowBasicOverHttp: false,
  offerSha256: false,
};
const credential = (id: string, username: string, endpointKey: string): Credential => ({
  id,
  username,
  purpose: "authentication",
  scope: { endpointKey },
});
const known = [
  { credential: credential("c1", "gw1", "cwmp:1"), secret: "secret-1" },
  {
    credential: { ...credential("c2", "shared", ""), scope: { group: "g", identity: { oui: "00D0FF" } } },
    secret: "other",
  },
  { credential: { ...credential("c3", "shared", ""), scope: { group: "h", identity: {} } }, secret: "second" },
];
const principal: Principal = { kind: "credential", credentialId: "c1", username: "gw1", endpointKey: "cwmp:1" };

function start(changes: Partial<AuthenticationPolicy> = {}) {
  const clock = new VirtualClock();
  const reads: string[] = [];
  const credentials = {
    findForAuthentication: async (username: string) => {
      reads.push(username);
      return known.filter((entry) => entry.credential.username === username);
    },
  };
  const authenticator = createAuthenticator({
    policy: { ...policy, ...changes },
    credentials,
    key: Buffer.alloc(32, 1),
    clock,
  });
  const ask = (attempt: Partial<Attempt> = {}) =>
    authenticator.authenticate({
      method: "POST",
      target: "/acs",
      secure: false,
      remoteAddress: "10.0.0.1",
      ...attempt,
    });
  const nonce = async (): Promise<string> => {
    const verdict = await ask();
    if (verdict.kind !== "challenged") throw new Error("not challenged");
    return parseAuthentication(verdict.challenges[0]!)[0]!.parameters.get("nonce")!;
  };
  return { clock, reads, ask, nonce };
}

function digest(
  nonce: string,
  options: {
    user?: string;
    password?: string;
    uri?: string;
    qop?: boolean;
    algorithm?: DigestAlgorithm;
    cnonce?: string;
  } = {},
) {
  const {
    user = "gw1",
    password = "secret-1",
    uri = "/acs",
    qop = true,
    algorithm = "MD5",
    cnonce = "c0ffee",
  } = options;
  const input = { algorithm, username: user, realm: "acs.example", password, method: "POST", uri, nonce, cnonce };
  const response = digestResponse(qop ? { ...input, qop: "auth", nc: "00000001" } : input);
  const tail = qop
    ? `, qop=auth, nc=00000001, cnonce="${cnonce}"`
    : algorithm.endsWith("sess")
      ? `, cnonce="${cnonce}"`
      : "";
  return `Digest username="${user}", realm="acs.example", nonce="${nonce}", uri="${uri}", algorithm=${algorithm}, response="${response}"${tail}`;
}

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;

describe("a request without credentials", () => {
  it("is challenged, Digest with MD5 alone over plain HTTP, and reads no credential", async () => {
    const { ask, reads } = start();
    const verdict = await ask();
    expect(verdict).toMatchObject({
      kind: "challenged",
      reason: "missing",
      challenges: [expect.stringMatching(/^Digest realm="acs.example", nonce="[^"]+", qop="auth", algorithm=MD5$/)],
    });
    expect(reads).toEqual([]);
  });

  it("is offered SHA-256 second and Basic last, where these are accepted", async () => {
    const verdict = await start({ offerSha256: true }).ask({ secure: true });
    expect(verdict).toMatchObject({
      challenges: [expect.stringContaining("MD5"), expect.stringContaining("SHA-256"), 'Basic realm="acs.example"'],
    });
  });

  it("is anonymous when nothing is required", async () => {
    expect(await start({ mode: "none" }).ask({ authorization: "Basic x" })).toEqual({
      kind: "proved",
      principal: { kind: "anonymous" },
    });
  });
});

describe("Digest", () => {
  it.each([
    ["with qop", {}],
    ["without qop", { qop: false }],
    ["with MD5-sess", { algorithm: "MD5-sess" }],
    ["with MD5-sess and no qop", { algorithm: "MD5-sess", qop: false }],
    ["with SHA-256", { algorithm: "SHA-256" }],
    ["with an absolute uri", { uri: "http://acs.example:7547/acs" }],
    ["with an empty uri and no qop", { uri: "", qop: false }],
  ] as const)("%s proves the device", async (_case, options) => {
    const { ask, nonce } = start();
    expect(await ask({ authorization: digest(await nonce(), options) })).toEqual({ kind: "proved", principal });
  });

  it("proves over any connection and any number of times with the same nc", async () => {
    const { ask, nonce } = start();
    const authorization = digest(await nonce());
    for (let i = 0; i < 5; i++) expect(await ask({ authorization })).toMatchObject({ kind: "proved" });
  });

  it("tries every credential of a user name", async () => {
    const { ask, nonce } = start();
    const verdict = await ask({ authorization: digest(await nonce(), { user: "shared", password: "second" }) });
    expect(verdict).toEqual({
      kind: "proved",
      principal: { kind: "credential", credentialId: "c3", username: "shared", group: "h", groupIdentity: {} },
    });
  });

  it("with an old nonce and the right password is stale", async () => {
    const { ask, nonce, clock } = start();
    const authorization = digest(await nonce());
    await clock.advance(minutes(21));
    const verdict = await ask({ authorization });
    expect(verdict).toMatchObject({
      kind: "challenged",
      reason: "stale",
      challenges: [expect.stringContaining("stale=true")],
    });
  });

  it("with an old nonce and a wrong password is wrong, not stale", async () => {
    const { ask, nonce, clock } = start();
    const authorization = digest(await nonce(), { password: "guess" });
    await clock.advance(minutes(21));
    const verdict = await ask({ authorization });
    expect(verdict).toMatchObject({
      kind: "challenged",
      reason: "wrong",
      challenges: [expect.not.stringContaining("stale")],
    });
  });

  it("with a nonce that is not ours is stale without a look at the credentials", async () => {
    const { ask, reads } = start();
    expect(await ask({ authorization: digest("7f3a") })).toMatchObject({ kind: "challenged", reason: "stale" });
    expect(reads).toEqual([]);
  });

  it("of a listener elsewhere is stale", async () => {
    const { ask, nonce } = start();
    const authorization = digest(await nonce());
    await ask({ authorization });
    expect(await ask({ authorization, remoteAddress: "203.0.113.9" })).toMatchObject({
      kind: "challenged",
      reason: "stale",
    });
    expect(await ask({ authorization })).toMatchObject({ kind: "proved" });
  });

  it("for another path, of an unknown user or with a wrong password is wrong", async () => {
    const { ask, nonce } = start();
    const cases = [{ uri: "/other" }, { user: "nobody" }, { password: "guess" }];
    for (const options of cases) {
      expect(
        await ask({ authorization: digest(await nonce(), options), remoteAddress: JSON.stringify(options) }),
      ).toMatchObject({
        kind: "challenged",
        reason: "wrong",
      });
    }
  });

  it("that fails three times is refused", async () => {
    const { ask, nonce } = start();
    const authorization = digest(await nonce(), { password: "guess" });
    const verdicts = [await ask({ authorization }), await ask({ authorization }), await ask({ authorization })];
    expect(verdicts.map(({ kind }) => kind)).toEqual(["challenged", "challenged", "refused"]);
  });

  it("rejects when the credentials cannot be read", async () => {
    const down = async (): Promise<never> => {
      throw new StewardError("engine.unavailable", "down");
    };
    const clock = new VirtualClock();
    const options = { policy: { ...policy, allowBasicOverHttp: true }, key: Buffer.alloc(32), clock };
    const authenticator = createAuthenticator({ ...options, credentials: { findForAuthentication: down } });
    const attempt = {
      method: "POST",
      target: "/",
      secure: false,
      remoteAddress: "10.0.0.1",
      authorization: basic("u", "p"),
    };
    await expect(authenticator.authenticate(attempt)).rejects.toMatchObject({ code: "engine.unavailable" });
  });
});

describe("Basic", () => {
  it("proves over TLS", async () => {
    expect(await start().ask({ secure: true, authorization: basic("gw1", "secret-1") })).toEqual({
      kind: "proved",
      principal,
    });
  });

  it("over plain HTTP is challenged unless the option accepts it, and is not verified", async () => {
    const { ask, reads } = start();
    expect(await ask({ authorization: basic("gw1", "secret-1") })).toMatchObject({
      kind: "challenged",
      reason: "basicRefused",
    });
    expect(reads).toEqual([]);
    expect(await start({ allowBasicOverHttp: true }).ask({ authorization: basic("gw1", "secret-1") })).toMatchObject({
      kind: "proved",
    });
  });

  it("with empty credentials, sent unasked, is challenged and never counts as a failure", async () => {
    const { ask } = start({ allowBasicOverHttp: true });
    for (let i = 0; i < 50; i++)
      expect(await ask({ authorization: basic("", "") })).toMatchObject({ kind: "challenged", reason: "missing" });
  });
});

describe("a client certificate", () => {
  it("of its own is the identity", async () => {
    const certificate = { commonName: "00D0FF-SN1", unique: true };
    expect(await start().ask({ secure: true, certificate })).toEqual({
      kind: "proved",
      principal: { kind: "certificate", ...certificate },
    });
  });

  it("shared by a model still needs HTTP authentication", async () => {
    const certificate = { commonName: "Acme Gateway", unique: false };
    expect(await start().ask({ secure: true, certificate })).toMatchObject({ kind: "challenged", reason: "missing" });
  });
});

describe("a live session's cookie", () => {
  it("carries its principal without credentials", async () => {
    expect(await start().ask({ carried: principal })).toEqual({ kind: "proved", principal });
  });

  it("carries its principal although the nonce of the same user has ended", async () => {
    const { ask, nonce, clock, reads } = start();
    const authorization = digest(await nonce());
    await clock.advance(minutes(30));
    expect(await ask({ authorization, carried: principal })).toEqual({ kind: "proved", principal });
    expect(reads).toEqual([]);
  });

  it("does not carry another user, not even one who proves himself", async () => {
    const { ask, nonce } = start();
    const other = digest(await nonce(), { user: "shared", password: "second" });
    expect(await ask({ authorization: other, carried: principal })).toMatchObject({ kind: "proved", switched: true });
    const wrong = digest(await nonce(), { user: "shared", password: "guess" });
    expect(await ask({ authorization: wrong, carried: principal })).toMatchObject({ kind: "challenged" });
  });
});
