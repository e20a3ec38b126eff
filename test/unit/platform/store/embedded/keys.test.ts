import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  afterPrefix,
  type Direction,
  encodeKey,
  shortenBound,
  shortenKey,
} from "../../../../../platform/store/embedded/keys.ts";
import { compareValues } from "../../../../../platform/store/values.ts";

const prefix = Buffer.of(3, 0, 0, 0, 1);

const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constant(null),
    fc.double(),
    fc.integer(),
    fc.string({ unit: "binary", maxLength: 6 }),
    fc.constantFrom("", "\0", "a", "a\0", "a\0b", "ab", "\uffff", "𝄞"),
    fc.boolean(),
    fc.date({ noInvalidDate: true }),
    fc.uint8Array({ maxLength: 4 }).map((bytes) => Buffer.from(bytes)),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom("a", "b", "ab"), tie("value"), { maxKeys: 3 }),
  ),
})).value;

const sign = (n: number): number => Math.sign(n);

describe("an encoded key", () => {
  it("has the order of its values", () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        const bytes = Buffer.compare(encodeKey(prefix, [a], [1]), encodeKey(prefix, [b], [1]));
        expect(sign(bytes)).toBe(sign(compareValues(a, b)));
      }),
      { numRuns: 5_000 },
    );
  });

  it("orders by its components one after the other, each in its own direction", () => {
    const direction = fc.constantFrom<Direction>(1, -1);
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value, direction), { minLength: 1, maxLength: 3 }), (rows) => {
        const directions = rows.map(([, , way]) => way);
        const left = encodeKey(
          prefix,
          rows.map(([a]) => a),
          directions,
        );
        const right = encodeKey(
          prefix,
          rows.map(([, b]) => b),
          directions,
        );
        const expected = rows.map(([a, b, way]) => compareValues(a, b) * way).find((order) => order !== 0) ?? 0;
        expect(sign(Buffer.compare(left, right))).toBe(sign(expected));
      }),
      { numRuns: 2_000 },
    );
  });

  it("of long text stays below LMDB's limit, differs, and lies within the bounds of its beginning", () => {
    const long = "x".repeat(5_000);
    const one = shortenKey(encodeKey(prefix, [`${long}1`], [1]));
    const two = shortenKey(encodeKey(prefix, [`${long}2`], [1]));
    expect(one.length).toBeLessThanOrEqual(1_200);
    expect(one.equals(two)).toBe(false);
    const bound = shortenBound(encodeKey(prefix, [`${long}1`], [1]));
    expect(Buffer.compare(bound, one)).toBeLessThan(0);
    expect(Buffer.compare(one, afterPrefix(bound))).toBeLessThan(0);
  });

  it("is followed by the end of its prefix, also behind bytes of 255", () => {
    expect([...afterPrefix(Buffer.of(1, 2))]).toEqual([1, 3]);
    expect([...afterPrefix(Buffer.of(1, 255, 255))]).toEqual([2]);
  });
});
