import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { parseAuthentication, quote } from "../../../../../acs/http/authentication/parameters.ts";

const read = (header: string) =>
  parseAuthentication(header).map(({ scheme, parameters }) => ({ scheme, ...Object.fromEntries(parameters) }));

describe("an authentication header", () => {
  it("gives scheme and parameters, quoted or not", () => {
    expect(read('Digest realm="a, b", nonce="n=1", qop="auth,auth-int", algorithm=MD5')).toEqual([
      { scheme: "digest", realm: "a, b", nonce: "n=1", qop: "auth,auth-int", algorithm: "MD5" },
    ]);
  });

  it("may hold several challenges", () => {
    expect(read('Basic realm="x", Digest realm="y", nonce="", Basic realm=z')).toEqual([
      { scheme: "basic", realm: "x" },
      { scheme: "digest", realm: "y", nonce: "" },
      { scheme: "basic", realm: "z" },
    ]);
  });

  it("is read through missing commas, blanks around the equals sign and folded lines", () => {
    expect(read('digest realm = "r"\n\tnonce="n" qop=auth\r\n opaque="o\\"p"')).toEqual([
      { scheme: "digest", realm: "r", nonce: "n", qop: "auth", opaque: 'o"p' },
    ]);
  });

  it("keeps its parameters when an unquoted realm has blanks", () => {
    expect(read("Digest realm=My Home Gateway, nonce=abc")[0]).toMatchObject({ realm: "My", nonce: "abc" });
  });

  it("that is noise gives nothing and ends", () => {
    expect(read('=,=,"",,,')).toEqual([]);
    expect(read('Digest realm="never closed')).toEqual([{ scheme: "digest", realm: "never closed" }]);
  });

  it("of any content is read without an error", () => {
    fc.assert(fc.property(fc.string({ maxLength: 200 }), (text) => void parseAuthentication(`Digest ${text}`)));
  });

  it("gives back what was quoted", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(read(`Digest realm=${quote(text)}`)).toEqual([{ scheme: "digest", realm: text }]);
      }),
    );
  });
});
