import { describe, expect, it } from "@jest/globals";
import { type FilterNode, filterLimits, parseFilter, requireFilter } from "../../../../kernel/filter/index.ts";
import { withoutSpans } from "./without-spans.ts";

const parsed = (text: string): FilterNode => withoutSpans(requireFilter(text));
const refusal = (text: string) => {
  const result = parseFilter(text);
  if (result.ok) throw new Error(`${text} was accepted`);
  return result.error;
};
const word = (text: string): FilterNode => ({ kind: "identity", pattern: text.split("*") });

describe("terms", () => {
  it.each<[string, FilterNode]>([
    ["", { kind: "and", nodes: [] }],
    ["  ", { kind: "and", nodes: [] }],
    ["CP0912", word("CP0912")],
    ["00:11:22:aa:bb:cc", word("00:11:22:aa:bb:cc")],
    ["aa:bb:cc:dd:ee:ff", word("aa:bb:cc:dd:ee:ff")],
    ["AA-BB-CC-DD-EE-FF", word("AA-BB-CC-DD-EE-FF")],
    ["fe80::1", word("fe80::1")],
    ["2001:db8::*", word("2001:db8::*")],
    ["192.168.1.*", word("192.168.1.*")],
    ['"front door"', word("front door")],
    ["model:HG82*", { kind: "match", field: "model", patterns: [["HG82", ""]] }],
    ["model:***", { kind: "match", field: "model", patterns: [["", ""]] }],
    ["tag:( vip , lab )", { kind: "match", field: "tag", patterns: [["vip"], ["lab"]] }],
    ['alias:"a\\*b*"', { kind: "match", field: "alias", patterns: [["a*b", ""]] }],
    ['firmware="V5R19"', { kind: "compare", field: "firmware", operator: "=", value: { text: "V5R19", form: "text" } }],
    ["firmware!=V5", { kind: "compare", field: "firmware", operator: "!=", value: { text: "V5", form: "text" } }],
    [
      'alias="say \\"hi\\""',
      { kind: "compare", field: "alias", operator: "=", value: { text: 'say "hi"', form: "text" } },
    ],
    [
      "lastContact<now-2h",
      { kind: "compare", field: "lastContact", operator: "<", value: { text: "now-2h", form: "time" } },
    ],
    ["uptime>3d", { kind: "compare", field: "uptime", operator: ">", value: { text: "3d", form: "duration" } }],
    ["rx>=-27", { kind: "compare", field: "rx", operator: ">=", value: { text: "-27", form: "number" } }],
    ["size<=10MiB", { kind: "compare", field: "size", operator: "<=", value: { text: "10MiB", form: "number" } }],
    ['rx="-27"', { kind: "compare", field: "rx", operator: "=", value: { text: "-27", form: "text" } }],
    ["has:Device.DHCPv4.", { kind: "has", field: "Device.DHCPv4." }],
    ["-has:tag", { kind: "not", node: { kind: "has", field: "tag" } }],
    ["Device.WiFi.SSID.*.SSID:guest", { kind: "match", field: "Device.WiFi.SSID.*.SSID", patterns: [["guest"]] }],
    ["Device.WiFi.SSID.{i}.SSID:guest", { kind: "match", field: "Device.WiFi.SSID.*.SSID", patterns: [["guest"]] }],
    [
      "Device.X_00-11-22.Mode=2",
      { kind: "compare", field: "Device.X_00-11-22.Mode", operator: "=", value: { text: "2", form: "number" } },
    ],
  ])("reads %s", (text, expected) => {
    expect(parsed(text)).toEqual(expected);
  });
});

describe("combinations", () => {
  it("binds a blank tighter than or, and not tighter than both", () => {
    expect(parsed("a b or not c and d")).toEqual({
      kind: "or",
      nodes: [
        { kind: "and", nodes: [word("a"), word("b")] },
        { kind: "and", nodes: [{ kind: "not", node: word("c") }, word("d")] },
      ],
    });
  });

  it("takes superfluous parentheses away", () => {
    expect(parsed("((a) (b c))")).toEqual({ kind: "and", nodes: [word("a"), word("b"), word("c")] });
  });

  it("negates a group with a leading minus", () => {
    expect(parsed("-(a or b)")).toEqual({ kind: "not", node: { kind: "or", nodes: [word("a"), word("b")] } });
  });

  it("keeps where each term stands", () => {
    expect(requireFilter("a  model:x")).toMatchObject({
      nodes: [{ span: { start: 0, end: 1 } }, { span: { start: 3, end: 10 } }],
    });
  });
});

describe("refusals", () => {
  it.each<[string, number, RegExp]>([
    ["model:", 6, /value/],
    ["model:HG82 or", 13, /term/],
    ["or a", 0, /term before/],
    ["(a b", 4, /closing parenthesis/],
    ["a)", 1, /no parenthesis/],
    ['alias:"open', 11, /closing quote for the one at 6/],
    ["tag:vip,lab", 7, /list stands in parentheses/],
    ["tag:(vip,)", 9, /value/],
    ["tag:(vip lab)", 9, /comma/],
    ["=5", 0, /field name/],
    ["a..b:c", 2, /one of/],
    ["has:", 4, /field name/],
    ["12=5", 2, /quote it/],
    ["not", 3, /term/],
    ["(a)b", 3, /blank/],
  ])("points into %s at %i", (text, offset, expected) => {
    const error = refusal(text);
    expect(error.offset).toBe(offset);
    expect(error.expected).toMatch(expected);
  });

  it("rejects with filter.invalid at a boundary", () => {
    expect(() => requireFilter("model:")).toThrow(
      expect.objectContaining({ code: "filter.invalid", details: expect.objectContaining({ offset: 6 }) }),
    );
  });

  it("caps length, depth, terms, list values and jokers", () => {
    expect(refusal("a".repeat(filterLimits.length + 1)).expected).toMatch(/characters/);
    expect(refusal(`${"(".repeat(4000)}a${")".repeat(4000)}`).expected).toMatch(/levels/);
    expect(refusal("-".repeat(4000)).expected).toMatch(/levels/);
    expect(refusal("a ".repeat(filterLimits.terms + 1)).expected).toMatch(/terms/);
    expect(
      refusal(
        `t:(${Array(filterLimits.values + 1)
          .fill("a")
          .join(",")})`,
      ).expected,
    ).toMatch(/values/);
    expect(refusal(`m:${"a*".repeat(filterLimits.jokers + 1)}`).expected).toMatch(/jokers/);
    expect(parseFilter("a ".repeat(filterLimits.terms)).ok).toBe(true);
    expect(parseFilter(`${"(".repeat(filterLimits.depth)}a${")".repeat(filterLimits.depth)}`).ok).toBe(true);
  });
});
