import { describe, expect, it } from "@jest/globals";
import { createQuirkTable, parseQuirkRules, standardQuirks } from "../../../../acs/quirks/index.ts";
import { matchesText } from "../../../../acs/quirks/rule.ts";
import { StewardError } from "../../../../kernel/errors.ts";

const model = (manufacturer: string, more = {}) => ({ manufacturer, oui: "00D0FF", productClass: "P", ...more });

describe("quirk table", () => {
  it("gives an unknown model the standard", () => {
    const { dialect, ...rest } = createQuirkTable().of(model("Nobody"));
    expect({ ...rest, dialect: {} }).toEqual(standardQuirks);
    expect(dialect.prefixes.envelope).toBe("SOAP-ENV");
  });

  it.each([
    ["TP-Link", { dialect: expect.objectContaining({ booleanValues: "1/0" }) }],
    ["SAGEMCOM Broadband SAS", { discovery: "level" }],
    ["Grandstream Networks", { maxNamesPerRead: 32 }],
    ["Comtrend", { inactivity: 180_000 }],
  ])("knows %s", (manufacturer, expected) => {
    expect(createQuirkTable().of(model(manufacturer))).toMatchObject(expected);
  });

  it("puts the operator's rules last, so that they win, switch by switch of the dialect", () => {
    const rules = parseQuirkRules(
      '[{"match":{"manufacturer":"tp-link","softwareVersion":"1.*"},"quirks":{"inactivity":90,"dialect":{"xmlDeclaration":true}}}]',
    );
    const table = createQuirkTable(rules);
    const quirks = table.of(model("TP-Link", { softwareVersion: "1.2" }));
    expect(quirks).toMatchObject({ inactivity: 90_000, dialect: { xmlDeclaration: true, booleanValues: "1/0" } });
    expect(table.of(model("TP-Link", { softwareVersion: "2.0" })).inactivity).toBe(standardQuirks.inactivity);
  });

  it("looks a model up once", () => {
    const table = createQuirkTable();
    expect(table.of(model("A"))).toBe(table.of(model("A")));
  });
});

describe("matchesText", () => {
  it.each([
    ["abc", "ABC", true],
    ["a*", "abc", true],
    ["*c", "abc", true],
    ["a*c", "ac", true],
    ["a*b*c", "a-x-b-y-c", true],
    ["a*a", "a", false],
    ["abc", "abcd", false],
    ["*", "", true],
  ])("%s against %s is %s", (pattern, text, expected) => {
    expect(matchesText(pattern, text)).toBe(expected);
  });
});

describe("parseQuirkRules", () => {
  it("reports every mistake at once", () => {
    const text = JSON.stringify([
      { match: { vendor: "x" }, quirks: { ending: "404", namesPerRead: 0, nonsense: 1 } },
      { match: {}, quirks: { dialect: { booleans: "yes" }, readBack: "no" } },
      7,
    ]);
    try {
      parseQuirkRules(text);
      throw new Error("accepted");
    } catch (error) {
      expect(error).toBeInstanceOf(StewardError);
      expect((error as StewardError).details.mistakes).toHaveLength(7);
    }
  });

  it("refuses what is not JSON", () => {
    expect(() => parseQuirkRules("{")).toThrow(StewardError);
    expect(() => parseQuirkRules("{}")).toThrow(StewardError);
  });
});
