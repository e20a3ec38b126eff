import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { MAX_RESPONSE, ResponseReader } from "../../../../acs/wake/response-reader.ts";

const read = (text: string) => new ResponseReader().feed(Buffer.from(text, "latin1"));
const folded =
  'HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Digest realm="r",\n nonce="n",\n\tqop="auth"\nContent-Length: 0\n\n';

describe("a response", () => {
  it.each([
    ["HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 200],
    ["HTTP/1.0 204 No Content\n\n", 204],
    ["HTTP/1.1 202\r\n\r\n", 202],
    ["http/1.1   503 Busy\r\n\r\n", 503],
  ])("%j has status %d", (text, status) => {
    expect(read(text)).toEqual({ status, challenges: [] });
  });

  it("may fold its challenge over lines with bare LF", () => {
    expect(read(folded)).toEqual({
      status: 401,
      challenges: [
        {
          scheme: "digest",
          parameters: new Map([
            ["realm", "r"],
            ["nonce", "n"],
            ["qop", "auth"],
          ]),
        },
      ],
    });
  });

  it("may have several challenges, and a blank before the colon", () => {
    const text = 'HTTP/1.1 401 x\r\nwww-authenticate : Basic realm="b"\r\nWWW-Authenticate: Digest realm="d"\r\n\r\n';
    expect(read(text)).toMatchObject({ challenges: [{ scheme: "basic" }, { scheme: "digest" }] });
  });

  it("is the same however it is cut", () => {
    for (let cut = 1; cut < folded.length; cut++) {
      const reader = new ResponseReader();
      expect(reader.feed(Buffer.from(folded.slice(0, cut)))).toBe("incomplete");
      expect(reader.feed(Buffer.from(folded.slice(cut)))).toEqual(read(folded));
    }
  });

  it("whose head the end cuts off still counts with what has come", () => {
    const reader = new ResponseReader();
    reader.feed(Buffer.from("HTTP/1.1 200 OK\r\nServer: x"));
    expect(reader.end()).toEqual({ status: 200, challenges: [] });
    expect(new ResponseReader().end()).toBe("malformed");
  });

  it("that is not HTTP is malformed at once", () => {
    expect(read("SSH-2.0-dropbear")).toBe("malformed");
    expect(read("HT")).toBe("incomplete");
    expect(read("HTTP/1.1 abc\r\n\r\n")).toBe("malformed");
  });

  it("is read up to its cap and no further", () => {
    const reader = new ResponseReader();
    expect(reader.feed(Buffer.from(`HTTP/1.1 200 OK\r\nX: ${"x".repeat(MAX_RESPONSE)}`))).toMatchObject({
      status: 200,
    });
  });

  it("of any bytes is read without an error", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const reader = new ResponseReader();
        reader.feed(Buffer.from("HTTP/1.1 401 x\r\nWWW-Authenticate:"));
        reader.feed(bytes);
        reader.end();
      }),
    );
  });
});
