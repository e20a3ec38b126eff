import { describe, expect, it } from "@jest/globals";
import { checkOf } from "../../../../datamodels/facets/compile.ts";
import { limitsOf } from "../../../../datamodels/facets/words.ts";
import type { SyntaxFact } from "../../../../datamodels/facts.ts";

type Table = readonly (readonly [
  name: string,
  syntax: SyntaxFact,
  good: readonly string[],
  bad: readonly (readonly [code: string, ...values: string[]])[],
])[];

const maxUnsignedLong = "18446744073709551615";
const enumeration = [
  { value: "A" },
  { value: "Done", readOnly: true },
  { value: "Old", status: "deprecated" as const },
];
const nested: SyntaxFact = {
  type: "int",
  ranges: [{ min: "-5", max: "5" }],
  list: { maxItems: 2, nestedBrackets: "required", inner: { minItems: 2, maxItems: 2 } },
};

const table: Table = [
  ["boolean", { type: "boolean" }, ["0", "1", "true", "false"], [["type.lexical", "", "TRUE", "yes", "2", " true"]]],
  [
    "int",
    { type: "int" },
    ["0", "-2147483648", "+2147483647", "007"],
    [["type.lexical", "", "-", "+", "1.0", "1e3", "0x1", " 1", "2147483648", "-2147483649", "9".repeat(30), "\u0661"]],
  ],
  ["unsignedInt", { type: "unsignedInt" }, ["0", "4294967295", "-0"], [["type.lexical", "-1", "4294967296"]]],
  [
    "long",
    { type: "long" },
    ["-9223372036854775808", "9223372036854775807"],
    [["type.lexical", "9223372036854775808", "-9223372036854775809"]],
  ],
  [
    "unsignedLong",
    { type: "unsignedLong" },
    ["0", maxUnsignedLong, `000${maxUnsignedLong}`],
    [["type.lexical", "-1", "18446744073709551616"]],
  ],
  [
    "decimal",
    { type: "decimal", ranges: [{ min: "-1.5", max: "2" }] },
    ["-1.5", "0", ".5", "2.", "+1"],
    [
      ["type.lexical", "", ".", "1e2", "NaN", " 1"],
      ["range", "2.01", "-1.6"],
    ],
  ],
  [
    "dateTime",
    { type: "dateTime" },
    [
      "2026-01-31T12:00:00Z",
      "2024-02-29T00:00:00.123456Z",
      "2026-01-31T12:00:00+02:00",
      "0001-01-01T00:00:00Z",
      "9999-12-31T23:59:59Z",
      "0001-01-03T03:04:05",
    ],
    [
      [
        "type.lexical",
        "",
        "2026-01-31",
        "2026-02-30T00:00:00Z",
        "2023-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-01-01T24:00:00Z",
        "2026-01-01T00:00:60Z",
        "2026-01-01T00:00:00z",
        "2026-01-01 00:00:00Z",
        "0000-01-01T00:00:00Z",
        "2026-01-01T00:00:00+25:00",
      ],
      ["dateTime.zone", "2026-01-31T12:00:00", "0001-01-03T03:04:05Z"],
    ],
  ],
  [
    "base64",
    { type: "base64", sizes: [{ min: 1, max: 3 }] },
    ["AA==", "AAA=", "AAAA", "AA\nAA"],
    [
      ["type.lexical", "AAA", "A===", "AA=A", "****"],
      ["size", "", "AAAAAA=="],
    ],
  ],
  [
    "hexBinary",
    { type: "hexBinary", sizes: [{ max: 2 }, { min: 4, max: 4 }] },
    ["", "0aFF", "00112233"],
    [
      ["type.lexical", "0", "0g"],
      ["size", "001122", "0011223344"],
    ],
  ],
  ["range", { type: "unsignedInt", ranges: [{ min: "1", max: "65535" }] }, ["1", "65535"], [["range", "0", "65536"]]],
  [
    "ranges, open and alternative",
    { type: "int", ranges: [{ max: "-1" }, { min: "10", max: "20" }] },
    ["-1", "-2147483648", "10", "20"],
    [["range", "0", "9", "21"]],
  ],
  [
    "range with a step",
    { type: "int", ranges: [{ min: "-65536", max: "65534", step: "2" }] },
    ["-65536", "0", "65534"],
    [["range", "-1", "65533"]],
  ],
  [
    "range of 64 bits with a step",
    { type: "unsignedLong", ranges: [{ min: "9007199254740993", step: "2" }] },
    ["9007199254740993", "9007199254740995"],
    [["range", "9007199254740994", "9007199254740992"]],
  ],
  [
    "size in characters",
    { type: "string", sizes: [{ min: 2, max: 3 }] },
    ["ab", "abc", "\ud83d\ude00\ud83d\ude00\ud83d\ude00"],
    [["size", "", "a", "\ud83d\ude00", "abcd"]],
  ],
  [
    "sizes, alternative",
    {
      type: "string",
      sizes: [
        { min: 0, max: 0 },
        { min: 8, max: 63 },
      ],
    },
    ["", "12345678"],
    [["size", "1234567"]],
  ],
  [
    "enumeration",
    { type: "string", enumeration },
    ["A"],
    [
      ["enumeration", "", "a", "B"],
      ["enumeration.vendor", "X_00D09E_Fast"],
      ["enumeration.readOnly", "Done"],
      ["enumeration.status", "Old"],
    ],
  ],
  [
    "patterns, alternative",
    { type: "string", patterns: ["", "[0-9A-F]{6}"] },
    ["", "00D09E"],
    [["pattern", "00D09", "00d09e"]],
  ],
  [
    "enumeration or pattern",
    { type: "string", enumeration: [{ value: "Auto" }], patterns: ["\\d+"] },
    ["Auto", "12"],
    [["enumeration", "x"]],
  ],
  [
    "IP address",
    { type: "string", dataType: "IPAddress", format: "ip", sizes: [{ max: 45 }] },
    ["", "192.0.2.1", "2001:DB8::1", "::", "::ffff:192.0.2.1", "0:0:0:0:0:0:13.1.68.3"],
    [
      [
        "type.format",
        "192.0.2",
        "192.0.2.256",
        "1:2:3",
        "::1::2",
        "fe80::1%eth0",
        "1:2:3:4:5:6:7:8:9",
        "192.0.2.1::",
        "12345::",
      ],
    ],
  ],
  [
    "IPv6 address",
    { type: "string", dataType: "IPv6Address", format: "ip" },
    ["", "::1"],
    [["type.format", "192.0.2.1"]],
  ],
  [
    "IP prefix",
    { type: "string", dataType: "IPPrefix", format: "ipPrefix" },
    ["", "/8", "192.0.2.0/24", "2001:db8::/64"],
    [["type.format", "192.0.2.0", "192.0.2.0/33", "2001:db8::/129", "/", "x/8"]],
  ],
  [
    "list",
    { type: "unsignedInt", list: { minItems: 1, maxItems: 3 }, ranges: [{ max: "9" }] },
    ["1", "1,2,3", "1, 2"],
    [
      ["list.items", "", "1,2,3,4"],
      ["range", "1,10"],
      ["type.lexical", "1,,2", "1,a"],
    ],
  ],
  [
    "list with a size of its own",
    { type: "string", list: { sizes: [{ max: 5 }] }, sizes: [{ max: 2 }] },
    ["", "ab,cd"],
    [
      ["list.size", "a,b,c,d"],
      ["size", "abc"],
    ],
  ],
  [
    "list of encoded items",
    { type: "string", list: {}, patterns: ["\\d,\\d"] },
    ["1%2C2,3%2C4", "[1,2],[3,4]"],
    [["pattern", "1,2"]],
  ],
  [
    "nested list",
    nested,
    ["", "[1,2]", "[1,2],[-5,5]", "[[1,2],[3,4]]"],
    [
      ["list.brackets", "[1,2", "1,2", "]1,2["],
      ["list.items", "[1,2],[3,4],[5,5]", "[1]", "[1,2,3]"],
      ["range", "[1,6]"],
    ],
  ],
];

describe("a facet", () => {
  it.each(table)("%s accepts what fits and names the rule that the rest breaks", (_, syntax, good, bad) => {
    const check = checkOf(syntax);
    for (const value of good) expect([value, check(value)]).toEqual([value, undefined]);
    for (const [code, ...values] of bad) {
      for (const value of values) expect([value, check(value)?.code]).toEqual([value, code]);
    }
  });

  it("says its rule and what it expects", () => {
    expect(checkOf({ type: "int", ranges: [{ min: "1", max: "9", step: "2" }, { min: "20" }] })("2")).toEqual({
      code: "range",
      rule: "range 1..9 step 2 or 20..",
      expected: "1..9 step 2 or 20..",
    });
    expect(checkOf({ type: "string", enumeration })("B")).toMatchObject({ rule: "enumeration", expected: "A, Old" });
    expect(checkOf({ type: "string", sizes: [{ min: 36, max: 36 }] })("")).toMatchObject({
      rule: "size 36",
      expected: "36 characters",
    });
  });

  it("is put in words for showing", () => {
    const syntax: SyntaxFact = {
      type: "string",
      list: { maxItems: 4 },
      sizes: [{ max: 8 }],
      enumeration,
      patterns: [""],
      enumerationRef: { targetParam: "#.S" },
      pathRef: { targetParents: [] },
    };
    expect(limitsOf(syntax)).toEqual([
      "list of 0..4 items",
      "size 0..8",
      "one of A, Done, Old",
      'pattern ""',
      "one of the values of #.S",
      "reference to a path",
    ]);
    expect(limitsOf({ type: "boolean" })).toEqual([]);
  });
});
