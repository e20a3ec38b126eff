import { describe, expect, it } from "@jest/globals";
import { readClaim } from "../../../../../acs/http/authentication/claim.ts";

const basic = (text: string): string => `Basic ${Buffer.from(text).toString("base64")}`;

describe("a Basic claim", () => {
  it("ends its user name at the first colon", () => {
    expect(readClaim(basic("user:pass:word"))).toEqual({ scheme: "basic", username: "user", password: "pass:word" });
  });

  it("may be empty (specs/cwmp.md §10)", () => {
    expect(readClaim(basic(":"))).toEqual({ scheme: "basic", username: "", password: "" });
  });

  it("without a colon is unusable", () => {
    expect(readClaim("basic !!!")).toMatchObject({ scheme: "unusable" });
    expect(readClaim("Basic")).toMatchObject({ scheme: "unusable" });
  });
});

describe("a Digest claim", () => {
  const digest = 'Digest username="u", realm="r", nonce="n", uri="/acs", response="ABCDEF"';

  it("without qop is one of RFC 2069", () => {
    expect(readClaim(digest)).toEqual({
      scheme: "digest",
      username: "u",
      nonce: "n",
      uri: "/acs",
      response: "abcdef",
      algorithm: "MD5",
    });
  });

  it("takes qop in quotes and in any case", () => {
    expect(readClaim(`${digest}, qop="AUTH", nc=1, cnonce="c"`)).toMatchObject({ qop: "auth", nc: "1", cnonce: "c" });
  });

  it("treats an empty qop as none", () => {
    expect(readClaim(`${digest}, qop=""`)).not.toHaveProperty("qop");
  });

  it.each([
    [`${digest}, qop=auth-int, nc=1, cnonce=c`],
    [`${digest}, qop=auth`],
    [`${digest}, algorithm=SHA-512-256`],
    ['Digest username="u", nonce="n"'],
    ["Digest"],
    ["Bearer abc"],
    [""],
    ["   "],
  ])("that cannot be verified is unusable: %s", (header) => {
    expect(readClaim(header)).toMatchObject({ scheme: "unusable" });
  });

  it("reads a user name whose bytes are UTF-8", () => {
    const header = Buffer.from('Digest username="zoë", nonce="n", response="r"', "utf8").toString("latin1");
    expect(readClaim(header)).toMatchObject({ username: "zoë" });
  });

  it("reads a user name whose bytes are not UTF-8 as latin1", () => {
    expect(readClaim('Digest username="zo\xeb", nonce="n", response="r"')).toMatchObject({ username: "zoë" });
  });
});
