import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { isUnchanged, namesTag, readRange } from "../../../../fleet/files/range.ts";

describe("a Range header", () => {
  it.each([
    [undefined, "whole"],
    ["bytes=0-3", { start: 0, end: 3 }],
    ["bytes=4-", { start: 4, end: 9 }],
    ["bytes=4-100", { start: 4, end: 9 }],
    ["bytes=-3", { start: 7, end: 9 }],
    ["bytes=-100", { start: 0, end: 9 }],
    [" Bytes = 1 - 2 ", { start: 1, end: 2 }],
    ["bytes=10-", "unsatisfiable"],
    ["bytes=-0", "unsatisfiable"],
    ["bytes=5-4", "whole"],
    ["bytes=0-1,3-4", "whole"],
    ["bytes=-", "whole"],
    ["items=0-1", "whole"],
    ["bytes=a-b", "whole"],
  ])("%p of ten bytes means %p", (header, expected) => {
    expect(readRange(header, 10)).toEqual(expected);
  });

  it("of an empty file is never satisfied", () => {
    expect([readRange("bytes=0-", 0), readRange("bytes=-1", 0)]).toEqual(["unsatisfiable", "unsatisfiable"]);
  });

  it("never leaves the file", () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.integer({ min: 1 }), (first, last, size) => {
        const range = readRange(`bytes=${first}-${last}`, size);
        if (typeof range === "string") return;
        expect(range.start).toBeLessThanOrEqual(range.end);
        expect(range.end).toBeLessThan(size);
      }),
    );
  });
});

describe("validators", () => {
  it("match as lists, weak tags included, or any", () => {
    expect(['"a", W/"b"', '"b"', "*"].map((header) => namesTag(header, '"b"'))).toEqual([true, true, true]);
    expect(namesTag('"a"', '"b"')).toBe(false);
  });

  it("let a range stand only for the same content", () => {
    const date = "Sun, 22 Nov 2026 12:00:00 GMT";
    expect([undefined, '"a"', date].map((header) => isUnchanged(header, '"a"', date))).toEqual([true, true, true]);
    expect(['W/"a"', '"b"', "Sun, 22 Nov 2026 12:00:01 GMT"].map((header) => isUnchanged(header, '"a"', date))).toEqual(
      [false, false, false],
    );
  });
});
