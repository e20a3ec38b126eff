import { describe, expect, it } from "@jest/globals";
import { decodeDocument as charactersIn } from "../../../../kernel/xml/charset.ts";

const decodeDocument = (bytes: Uint8Array, charset?: string): string => charactersIn(bytes, charset).text;
const latin1 = (text: string): Buffer => Buffer.from(text, "latin1");

describe("decodeDocument", () => {
  it("UTF-8 is UTF-8 whatever is declared (specs/cwmp.md §9: labels lie)", () => {
    const bytes = Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><a>é世</a>');
    expect(decodeDocument(bytes, "iso-8859-1")).toContain("<a>é世</a>");
  });

  it("a byte order mark is left out", () => {
    expect(decodeDocument(Buffer.from("\ufeff<a>é</a>"))).toBe("<a>é</a>");
  });

  it.each([
    ["an HTTP charset", "<a>\xa4</a>", "ISO-8859-15", "€"],
    ["a quoted HTTP charset", "<a>\xa4</a>", '"iso-8859-15"', "€"],
    ["an XML declaration", "<?xml version='1.0' encoding='iso-8859-15'?><a>\xa4</a>", undefined, "€"],
    [
      "the HTTP charset before the declaration",
      "<?xml version='1.0' encoding='iso-8859-5'?><a>\xa4</a>",
      "iso-8859-15",
      "€",
    ],
    ["Windows-1252", "<a>\x80</a>", "windows-1252", "€"],
    ["a label of UTF-8 that lies", "<a>\xe9</a>", "utf-8", "é"],
    ["an encoding that nobody knows", "<a>\xe9</a>", "x-klingon", "é"],
    ["nothing declared", "<a>\xff\xe9</a>", undefined, "ÿé"],
  ])("bytes that are no UTF-8 follow %s", (_, text, charset, expected) => {
    expect(decodeDocument(latin1(text), charset)).toContain(`<a>${expected}</a>`);
  });

  it("UTF-16 is known by its mark or by how it begins, in both orders", () => {
    const little = Buffer.from("<a>é</a>", "utf16le");
    const big = Buffer.from(little).swap16();
    expect(decodeDocument(little)).toBe("<a>é</a>");
    expect(decodeDocument(big)).toBe("<a>é</a>");
    expect(decodeDocument(Buffer.concat([Buffer.from([0xff, 0xfe]), little]))).toBe("<a>é</a>");
    expect(decodeDocument(Buffer.concat([Buffer.from([0xfe, 0xff]), big]))).toBe("<a>é</a>");
  });

  it("reads a view into a larger buffer, and nothing at all", () => {
    const pool = Buffer.from("xxx<a/>yyy");
    expect(decodeDocument(new Uint8Array(pool.buffer, pool.byteOffset + 3, 4))).toBe("<a/>");
    expect(decodeDocument(new Uint8Array())).toBe("");
  });
});
