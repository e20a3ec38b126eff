import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { decodeDocument, encodeDocument } from "../../../../../platform/store/embedded/environment.ts";
import { encodeName, splitFields } from "../../../../../platform/store/embedded/stored-fields.ts";

/** Whatever a document may hold, with sizes on both sides of each MessagePack limit. */
const scalar = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    0,
    1,
    127,
    128,
    255,
    256,
    65_535,
    65_536,
    2 ** 32 - 1,
    2 ** 32,
    2 ** 53 - 1,
  ),
  fc.constantFrom<unknown>(
    -1,
    -32,
    -33,
    -128,
    -129,
    -32_768,
    -32_769,
    -(2 ** 31),
    -(2 ** 31) - 1,
    0.5,
    -1e300,
    Number.NaN,
  ),
  fc.constantFrom(0, 31, 32, 255, 256).map((length) => "x".repeat(length)),
  fc.string({ unit: "grapheme" }),
  fc.constantFrom(0, 1, 255, 256).map((length) => Buffer.alloc(length, 7)),
  fc.constantFrom(0, 1_795_633_209_195, 253_402_300_799_000, -1).map((at) => new Date(at)),
);
/** From 16 members, or 32 bytes, on a length takes bytes of its own; fast-check makes about ten unless it is told. */
const whole = { size: "max" } as const;
/** MessagePack's decoder spells `__proto__` otherwise, for good reasons. */
const key = fc.string({ minLength: 1, maxLength: 40, ...whole }).filter((text) => text !== "__proto__");
const value = fc.oneof(
  { weight: 6, arbitrary: scalar },
  { weight: 2, arbitrary: fc.array(scalar, { maxLength: 20, ...whole }) },
  { weight: 1, arbitrary: fc.constantFrom(15, 16, 17).map((length) => Array.from({ length }, (_, i) => [i, { i }])) },
  { weight: 2, arbitrary: fc.dictionary(key, scalar, { maxKeys: 20, ...whole }) },
);
const name = fc.constantFrom(...Array.from({ length: 24 }, (_, i) => `field${i}`), "é", "long".repeat(20), "f", "__x");
const fields = fc.dictionary(name, value, { maxKeys: 22, ...whole });
const names = fc.uniqueArray(name, { maxLength: 6 });

const encodeNames = (list: readonly string[]) => list.map(encodeName);

describe("a stored document of which some fields are written", () => {
  it("equals the document with these fields written, and tells the values of those that are read", () => {
    fc.assert(
      fc.property(fields, names, fields, (stored, read, written) => {
        const writtenNames = [...new Set([...Object.keys(written), ...read.slice(0, 2)])];
        const bytes = encodeDocument({ _id: "d", ...stored });
        const split = splitFields(bytes, { read: encodeNames(read), written: encodeNames(writtenNames) });
        const seen = Object.entries(stored).filter(([key]) => read.includes(key));
        expect(split.document).toEqual(Object.fromEntries(seen));
        const kept = Object.entries(stored).filter(([key]) => !writtenNames.includes(key));
        expect(decodeDocument(split.withWritten(written))).toEqual({
          _id: "d",
          ...Object.fromEntries(kept),
          ...written,
        });
      }),
      { numRuns: 150 },
    );
  });

  it.each([
    ["text", "x".repeat(65_535)],
    ["longer text", "x".repeat(65_536)],
    ["bytes", Buffer.alloc(65_536, 7)],
    ["a list", Array.from({ length: 65_536 }, (_, i) => i)],
    ["a document", Object.fromEntries(Array.from({ length: 65_536 }, (_, i) => [`k${i}`, i]))],
  ])("finds what stands behind %s with a length of four bytes", (_, large) => {
    const bytes = encodeDocument({ _id: "d", large, behind: 1 });
    const split = splitFields(bytes, { read: [encodeName("behind")], written: [encodeName("behind")] });
    expect(split.document).toEqual({ behind: 1 });
    expect(decodeDocument(split.withWritten({ behind: 2 }))).toEqual({ _id: "d", large, behind: 2 });
  });

  it("keeps its other bytes as they are", () => {
    const bytes = encodeDocument({ _id: "d", a: 1, b: "text", c: [1, 2] });
    const split = splitFields(bytes, { read: [], written: [encodeName("b")] });
    expect(split.withWritten({})).toEqual(encodeDocument({ _id: "d", a: 1, c: [1, 2] }));
    expect(split.withWritten({ b: "other" })).toEqual(encodeDocument({ _id: "d", a: 1, c: [1, 2], b: "other" }));
  });
});
