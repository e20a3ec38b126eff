import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import {
  durationOf,
  formOf,
  instantOf,
  macAddress,
  matchesPattern,
  numberOf,
  patternSource,
} from "../../../../kernel/filter/index.ts";

const now = Date.parse("2026-11-22T12:00:00Z");

describe("times", () => {
  it.each([
    ["now", "2026-11-22T12:00:00Z"],
    ["now-2h", "2026-11-22T10:00:00Z"],
    ["now+1d12h", "2026-11-24T00:00:00Z"],
    ["2026-11-22", "2026-11-22T00:00:00Z"],
    ["2026-11-22T10:30", "2026-11-22T10:30:00Z"],
    ["2026-11-22T10:30:15.250Z", "2026-11-22T10:30:15.250Z"],
    ["2026-11-22T10:30+02:00", "2026-11-22T08:30:00Z"],
    ["2024-02-29", "2024-02-29T00:00:00Z"],
  ])("reads %s", (text, expected) => {
    expect(instantOf(text, now)).toBe(Date.parse(expected));
  });

  it.each(["now-", "now-2x", "nowhere", "2026-02-30", "2023-02-29", "2026-13-01", "22.11.2026"])(
    "does not take %s for a time",
    (text) => {
      expect(instantOf(text, now)).toBeUndefined();
    },
  );
});

describe("numbers and durations", () => {
  it.each([
    ["3d", 259_200_000],
    ["1h30m", 5_400_000],
    ["500ms", 500],
    ["1.5h", 5_400_000],
  ])("reads the duration %s", (text, expected) => {
    expect(durationOf(text)).toBe(expected);
  });

  it.each([
    ["-27", -27],
    ["-27.5dBm", -27.5],
    ["10MiB", 10_485_760],
    ["100Mbps", 100_000_000],
    ["80%", 80],
    ["1e3", 1000],
  ])("reads the number %s", (text, expected) => {
    expect(numberOf(text)).toBe(expected);
  });

  it("takes neither for what has an unknown unit", () => {
    expect(numberOf("5parsec")).toBeUndefined();
    expect(numberOf("5toString")).toBeUndefined();
    expect(durationOf("5y")).toBeUndefined();
    expect([formOf("5y"), formOf("V5R19"), formOf("5m"), formOf("now"), formOf("7")]).toEqual([
      "text",
      "text",
      "duration",
      "time",
      "number",
    ]);
  });
});

describe("patterns", () => {
  it("matches without case, anchored, as the regular expression does", () => {
    const part = fc.string({ unit: fc.constantFrom("a", "B", ".", "+"), maxLength: 3 });
    const pattern = fc.array(part, { minLength: 1, maxLength: 4 });
    const text = fc.string({ unit: fc.constantFrom("a", "A", "b", ".", "+", "\n"), maxLength: 8 });
    fc.assert(
      fc.property(pattern, text, (parts, candidate) => {
        expect(matchesPattern(parts, candidate)).toBe(new RegExp(patternSource(parts), "is").test(candidate));
      }),
      { numRuns: 3000 },
    );
  });

  it("reads a MAC address in any notation", () => {
    for (const text of ["00:11:22:aa:bb:cc", "00-11-22-AA-BB-CC", "0011.22aa.bbcc", "001122aabbcc"]) {
      expect(macAddress(text)).toBe("00:11:22:AA:BB:CC");
    }
    expect(macAddress("00:11:22:aa:bb")).toBeUndefined();
    expect(macAddress("00:11-22:aa:bb:cc")).toBeUndefined();
  });
});
