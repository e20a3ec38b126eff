import { describe, expect, it } from "@jest/globals";
import {
  algorithmOf,
  type DigestInput,
  digestResponse,
  namesTarget,
} from "../../../../../acs/http/authentication/digest.ts";

/** specs/cwmp.md §1.3. */
const gateway: DigestInput = {
  algorithm: "MD5",
  username: "00D0FF-GW1-SN0001",
  realm: "acs.example",
  password: "cpe-pass",
  method: "POST",
  uri: "/acs",
  nonce: "7f3a",
};
const qop = { qop: "auth", nc: "00000001", cnonce: "c0ffee" } as const;

describe("a digest response", () => {
  it("without qop follows RFC 2069", () => {
    expect(digestResponse(gateway)).toBe("1c744f08b3d0cf2c4f0544836f4f36bc");
  });

  it("with qop=auth covers nc and cnonce", () => {
    expect(digestResponse({ ...gateway, ...qop })).toBe("3f7dfdb53cbc3720d35b1fa7f189fdfe");
  });

  it("with MD5-sess hashes the session into the secret", () => {
    expect(digestResponse({ ...gateway, ...qop, algorithm: "MD5-sess" })).toBe("1bfa90d3180557ae49b62a8c77088691");
  });

  it.each([
    ["MD5", "8ca523f5e9506fed4657c9700eebdbec"],
    ["SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"],
  ] as const)("with %s is that of RFC 7616 §3.9.1", (algorithm, expected) => {
    const mufasa: DigestInput = {
      algorithm,
      username: "Mufasa",
      realm: "http-auth@example.org",
      password: "Circle of Life",
      method: "GET",
      uri: "/dir/index.html",
      nonce: "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
      qop: "auth",
      nc: "00000001",
      cnonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
    };
    expect(digestResponse(mufasa)).toBe(expected);
  });
});

describe("an algorithm's name", () => {
  it.each([
    [undefined, "MD5"],
    ["", "MD5"],
    ["md5", "MD5"],
    [" MD5-SESS ", "MD5-sess"],
    ["sha-256", "SHA-256"],
    ["SHA-512-256", undefined],
  ])("%p means %p", (name, algorithm) => {
    expect(algorithmOf(name)).toBe(algorithm);
  });
});

describe("a digest uri", () => {
  it.each([
    ["/acs?x=1", "/acs?x=1", true, true],
    ["http://acs.example:7547/acs?x=1", "/acs?x=1", true, true],
    ["/acs", "/acs?x=1", true, true],
    ["http://acs.example", "/", true, true],
    ["/acs", "http://acs.example/acs", true, true],
    ["", "/acs", false, true],
    ["", "/acs", true, false],
    ["/other", "/acs", true, false],
    ["/", "/acs", false, false],
  ])("%p against target %p (qop: %p) matches: %p", (uri, target, hasQop, matches) => {
    expect(namesTarget(uri, target, hasQop)).toBe(matches);
  });
});
