import { describe, expect, it } from "@jest/globals";
import { lexicalFromJson, toJson } from "../../../kernel/value.ts";

describe("a typed value", () => {
  it.each([
    ["boolean", "1", true],
    ["boolean", " TRUE ", true],
    ["boolean", "0", false],
    ["int", "-7", -7],
    ["unsignedInt", "4294967295", 4294967295],
    ["unsignedInt", "many", "many"],
    ["unsignedLong", "18446744073709551615", "18446744073709551615"],
    ["string", "0", "0"],
    ["dateTime", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"],
  ] as const)("of type %s and form %j is %j in JSON", (type, value, expected) => {
    expect(toJson({ type, value })).toBe(expected);
  });

  it("keeps false, 0 and the empty text when it comes from JSON", () => {
    expect([false, 0, "", 1.5, true].map(lexicalFromJson)).toEqual(["false", "0", "", "1.5", "true"]);
    expect([null, undefined, {}, [], Number.NaN].map(lexicalFromJson)).toEqual(Array(5).fill(undefined));
  });
});
