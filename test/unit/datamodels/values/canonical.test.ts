import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { checkOf } from "../../../../datamodels/facets/compile.ts";
import type { SyntaxFact } from "../../../../datamodels/facts.ts";
import { canonicalValue, isSameValue, opacityOf } from "../../../../datamodels/values/canonical.ts";
import { parseDateTime } from "../../../../datamodels/values/date-time.ts";

const same: readonly (readonly [SyntaxFact, string, ...string[]])[] = [
  [{ type: "boolean" }, "true", "1", "TRUE", " true "],
  [{ type: "boolean" }, "false", "0", "False"],
  [{ type: "int" }, "7", "+7", "007", " 7 "],
  [{ type: "int" }, "0", "-0", "000"],
  [{ type: "unsignedLong" }, "18446744073709551615", "018446744073709551615"],
  [{ type: "decimal" }, "1.5", "1.50", "+01.5"],
  [{ type: "decimal" }, "0", "-0.0", ".0", "0."],
  [
    { type: "dateTime" },
    "2026-01-31T12:00:00Z",
    "2026-01-31T12:00:00+00:00",
    "2026-01-31T14:00:00.000+02:00",
    "2026-01-31T12:00:00",
  ],
  [{ type: "dateTime" }, "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+00:00"],
  [{ type: "dateTime" }, "0001-01-03T03:04:05", "0001-01-03T03:04:05.0"],
  [{ type: "base64" }, "AAAA", "AA AA", "AA\r\nAA"],
  [{ type: "base64" }, "AA==", "AB=="],
  [{ type: "hexBinary" }, "00AAFF", "00aaff"],
  [{ type: "string", format: "mac" }, "00:11:22:AA:BB:CC", "00:11:22:aa:bb:cc", "00-11-22-AA-BB-CC"],
  [{ type: "string", format: "eui64" }, "00:11:22:FF:FE:AA:BB:CC", "00:11:22:ff:fe:aa:bb:cc"],
  [{ type: "string", format: "uuid" }, "0f14d0ab-9605-4a62-a9e4-5ed26688389b", "0F14D0AB-9605-4A62-A9E4-5ED26688389B"],
  [{ type: "string", format: "ip" }, "2001:db8::1", "2001:DB8:0:0:0:0:0:1", "2001:0db8::0001"],
  [{ type: "string", format: "ip" }, "2001:db8:0:1::", "2001:db8:0:1:0:0:0:0"],
  [{ type: "string", format: "ip" }, "::", "0:0:0:0:0:0:0:0"],
  [{ type: "string", format: "ip" }, "::ffff:192.0.2.1", "::FFFF:c000:201"],
  [{ type: "string", format: "ip" }, "192.0.2.1", "192.000.002.001"],
  [{ type: "string", format: "ipPrefix" }, "2001:db8::/64", "2001:DB8:0::/064"],
  [{ type: "string", list: {} }, "a,b", "a, b", " a ,b "],
  [
    { type: "string", format: "mac", list: {} },
    "00:11:22:AA:BB:CC,00:11:22:AA:BB:CD",
    "00-11-22-aa-bb-cc, 00:11:22:aa:bb:cd",
  ],
  [{ type: "int", list: { nestedBrackets: "required", inner: {} } }, "[1,2],[3]", "[[1, 02],[3]]"],
  [{ type: "string", pathRef: { targetParents: [] } }, "Device.IP.Interface.1", "Device.IP.Interface.1."],
];

const different: readonly (readonly [SyntaxFact, string, string])[] = [
  [{ type: "string" }, "true", "1"],
  [{ type: "string" }, "a", "A"],
  [{ type: "string" }, "a,b", "a, b"],
  [{ type: "string", list: {} }, "a,b", "b,a"],
  [{ type: "dateTime" }, "0001-01-01T00:00:00Z", "0001-01-01T00:00:00"],
  [{ type: "dateTime" }, "2026-01-31T12:00:00Z", "2026-01-31T12:00:00.5Z"],
  [{ type: "boolean" }, "true", "yes"],
  [{ type: "string", format: "ip" }, "192.0.2.1", "192.0.2.10"],
];

const syntaxes: fc.Arbitrary<SyntaxFact> = fc.record(
  {
    type: fc.constantFrom(
      "string",
      "boolean",
      "int",
      "unsignedInt",
      "long",
      "unsignedLong",
      "decimal",
      "dateTime",
      "base64",
      "hexBinary",
    ),
    format: fc.constantFrom("mac", "ip", "ipPrefix", "uuid", "eui64"),
    list: fc.constantFrom(
      {},
      { nestedBrackets: "required" } as const,
      { nestedBrackets: "permitted", inner: {} } as const,
    ),
    pathRef: fc.constant({ targetParents: [] }),
  },
  { requiredKeys: ["type"] },
);
const year = fc.integer({ min: 0, max: 9999 }).map((n) => String(n).padStart(4, "0"));
const texts = fc.oneof(
  fc.string({ maxLength: 24 }),
  fc.stringMatching(/^[[\]0-9A-Fa-f:.,/+ -]{0,24}$/),
  fc.ipV6(),
  fc.ipV4(),
  fc
    .tuple(year, fc.constantFrom("", "Z", "+14:00", "-00:30", "+05:30"), fc.constantFrom("", ".5", ".000", ".1230"))
    .map(([y, zone, fraction]) => `${y}-01-01T00:00:00${fraction}${zone}`),
  fc.bigInt().map(String),
  fc.double().map(String),
);

describe("canonical values", () => {
  it.each(same)("%j writes %s in one way", (syntax, canonical, ...others) => {
    for (const other of [canonical, ...others]) expect(canonicalValue(syntax, other)).toBe(canonical);
  });

  it.each(different)("%j tells %s from %s", (syntax, a, b) => {
    expect(isSameValue(syntax, a, b)).toBe(false);
  });

  it("are their own canonical form", () => {
    fc.assert(
      fc.property(syntaxes, texts, (syntax, text) => {
        const once = canonicalValue(syntax, text);
        expect(canonicalValue(syntax, once)).toBe(once);
      }),
      { seed: 7, numRuns: 5_000 },
    );
  });

  it("fit whenever the value fits", () => {
    fc.assert(
      fc.property(syntaxes, texts, (syntax, text) => {
        const check = checkOf(syntax);
        fc.pre(check(text) === undefined);
        expect(check(canonicalValue(syntax, text))).toBeUndefined();
      }),
      { seed: 7, numRuns: 5_000 },
    );
  });

  it("are not compared where the device hides them", () => {
    expect(opacityOf({ type: "string" })).toBeUndefined();
    for (const flag of ["hidden", "secured"] as const)
      expect(opacityOf({ type: "string", [flag]: true })).toBe("secret");
    expect(opacityOf({ type: "boolean", command: true })).toBe("command");
  });
});

describe("dates", () => {
  it("tell the special values, times since boot and moments apart", () => {
    expect(parseDateTime("0001-01-01T00:00:00Z")).toEqual({ kind: "unknown" });
    expect(parseDateTime("9999-12-31T23:59:59Z")).toEqual({ kind: "infinite" });
    const since = ((2 * 24 + 3) * 60 + 4) * 60_000 + 5_000;
    expect(parseDateTime("0001-01-03T03:04:05")).toEqual({ kind: "relative", since, fraction: "" });
    expect(parseDateTime("1970-01-01T01:00:00+01:00")).toEqual({ kind: "absolute", at: 0, fraction: "", zoned: true });
    expect(parseDateTime("1970-01-01T00:00:00")).toEqual({ kind: "absolute", at: 0, fraction: "", zoned: false });
  });
});
