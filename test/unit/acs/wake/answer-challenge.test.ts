import { describe, expect, it } from "@jest/globals";
import { digestResponse } from "../../../../acs/http/authentication/digest.ts";
import { parseAuthentication } from "../../../../acs/http/authentication/parameters.ts";
import { answerChallenge } from "../../../../acs/wake/answer-challenge.ts";

const options = { credentials: { username: "acs", secret: "pw" }, uri: "/cr?x=1", allowBasic: false, cnonce: "c0ffee" };
const answer = (header: string, more = {}) => answerChallenge(parseAuthentication(header), { ...options, ...more });
const input = { username: "acs", password: "pw", method: "GET", uri: "/cr?x=1", realm: "r", nonce: "n" } as const;
const withQop = { qop: "auth", nc: "00000001", cnonce: "c0ffee" } as const;

function fields(header: string): Record<string, string> {
  const result = answer(header);
  if (!result.ok) throw new Error(result.reason);
  return Object.fromEntries(parseAuthentication(result.authorization)[0]!.parameters);
}

describe("a Digest challenge", () => {
  it("without qop is answered without qop, nc and cnonce", () => {
    expect(fields('Digest realm="r", nonce="n"')).toEqual({
      username: "acs",
      realm: "r",
      nonce: "n",
      uri: "/cr?x=1",
      response: digestResponse({ ...input, algorithm: "MD5" }),
    });
  });

  it("with qop is answered with it", () => {
    expect(fields('Digest realm="r", nonce="n", qop="auth-int, auth", algorithm=MD5, opaque="o\\"p"')).toMatchObject({
      qop: "auth",
      nc: "00000001",
      cnonce: "c0ffee",
      algorithm: "MD5",
      opaque: 'o"p',
      response: digestResponse({ ...input, ...withQop, algorithm: "MD5" }),
    });
  });

  it("with nothing but auth-int is answered with the hash of no body (RFC 7616 §3.4.3; computed with Python's hashlib)", () => {
    expect(fields('Digest realm="r", nonce="n", qop="auth-int"')).toMatchObject({
      qop: "auth-int",
      response: "a9854b76c3cde7e37486e8e1c418eb4e",
    });
  });

  it.each(["MD5-sess", "SHA-256", "SHA-256-sess"] as const)("of %s is answered in it", (algorithm) => {
    expect(fields(`Digest realm="r", nonce="n", qop="auth", algorithm="${algorithm}"`)).toMatchObject({
      algorithm,
      response: digestResponse({ ...input, ...withQop, algorithm }),
    });
  });

  it("of MD5-sess without qop is answered with a cnonce all the same", () => {
    const given = fields('Digest realm="r", nonce="n", algorithm=MD5-sess');
    expect(given).toMatchObject({
      cnonce: "c0ffee",
      response: digestResponse({ ...input, algorithm: "MD5-sess", cnonce: "c0ffee" }),
    });
    expect(given).not.toHaveProperty("qop");
  });

  it("may have an empty realm and nonce", () => {
    expect(fields('Digest realm="", nonce=""')).toMatchObject({
      realm: "",
      nonce: "",
      response: digestResponse({ ...input, realm: "", nonce: "", algorithm: "MD5" }),
    });
  });

  it("of SHA-256 is preferred to one of MD5", () => {
    expect(
      fields('Digest realm="r", nonce="n", algorithm=MD5, Digest realm="r", nonce="n", algorithm=SHA-256'),
    ).toMatchObject({ algorithm: "SHA-256" });
  });

  it.each(['Digest realm="r", nonce="n", qop="auth-conf"', 'Digest realm="r", nonce="n", algorithm=SHA-512-256'])(
    "that we do not speak is not answered: %s",
    (header) => {
      expect(answer(header)).toEqual({ ok: false, reason: "unsupported" });
    },
  );
});

describe("a Basic challenge", () => {
  it("is answered only where it is allowed", () => {
    expect(answer('Basic realm="r"')).toEqual({ ok: false, reason: "basicForbidden" });
    expect(answer('Basic realm="r"', { allowBasic: true })).toEqual({
      ok: true,
      scheme: "basic",
      authorization: "Basic YWNzOnB3",
    });
  });

  it("beside a Digest challenge is never answered, not even when that one is beyond us", () => {
    expect(answer('Basic realm="r", Digest realm="r", nonce="n"', { allowBasic: true })).toMatchObject({
      scheme: "digest",
    });
    expect(answer('Basic realm="r", Digest realm="r", nonce="n", algorithm=X', { allowBasic: true })).toEqual({
      ok: false,
      reason: "unsupported",
    });
  });
});

describe("a 401 without a usable challenge", () => {
  it("is not answered", () => {
    expect(answer("")).toEqual({ ok: false, reason: "noChallenge" });
    expect(answer("Negotiate")).toEqual({ ok: false, reason: "unsupported" });
  });
});
