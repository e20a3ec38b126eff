import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import {
  allOf,
  anyOf,
  comparisons,
  everything,
  type FilterNode,
  literal,
  parseFilter,
  printFilter,
  requireFilter,
  termsOf,
} from "../../../../kernel/filter/index.ts";
import { withoutSpans } from "./without-spans.ts";

const nasty = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 12 }),
  fc.string({ unit: fc.constantFrom("a", "*", '"', "\\", "-", ":", "=", " ", "(", ",", "0", "f"), maxLength: 10 }),
  fc.constantFrom("or", "AND", "not", "has", "aa:bb:cc", "now-2h", "3d", "-27", "10MiB", "", "fe80::1", "2026-11-22"),
);
const field = fc.constantFrom("model", "has", "aa", "tag", "or", "Device.WiFi.SSID.*.SSID", "Device.DHCPv4.", "X_a-b");
/** No two jokers side by side. */
const pattern = fc
  .array(nasty, { minLength: 1, maxLength: 4 })
  .map((parts) => parts.filter((part, at) => part !== "" || at === 0 || at === parts.length - 1));
const term: fc.Arbitrary<FilterNode> = fc.oneof(
  pattern.map((parts): FilterNode => ({ kind: "identity", pattern: parts })),
  fc.record({
    kind: fc.constant("match" as const),
    field: field.filter((name) => name !== "has"),
    patterns: fc.array(pattern, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({
    kind: fc.constant("compare" as const),
    field,
    operator: fc.constantFrom(...comparisons),
    value: fc.oneof(
      nasty.map(literal),
      nasty.map((text) => ({ text, form: "text" as const })),
    ),
  }),
  field.map((name): FilterNode => ({ kind: "has", field: name })),
);
const filter: fc.Arbitrary<FilterNode> = fc.letrec<{ node: FilterNode }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, depthIdentifier: "filter" },
    term,
    fc.array(tie("node"), { minLength: 1, maxLength: 3 }).map(allOf),
    fc.tuple(tie("node"), tie("node")).map(anyOf),
    tie("node").map((node): FilterNode => ({ kind: "not", node })),
  ),
})).node;

describe("printing and parsing", () => {
  it("round-trips every filter", () => {
    fc.assert(
      fc.property(filter, (node) => {
        fc.pre(termsOf(node).length <= 64);
        expect(withoutSpans(requireFilter(printFilter(node)))).toEqual(node);
      }),
      { numRuns: 2000 },
    );
  });

  it("prints the empty filter as no text", () => {
    expect(printFilter(everything)).toBe("");
  });

  it("is idempotent on whatever text parses, and never throws on the rest", () => {
    const text = fc.string({
      unit: fc.constantFrom(...'ab:=<>!()"\\*-,. 07'.split(""), "or", "not", "has:", "now"),
      maxLength: 30,
    });
    let accepted = 0;
    fc.assert(
      fc.property(text, (written) => {
        const result = parseFilter(written);
        if (!result.ok) {
          expect(result.error.offset).toBeLessThanOrEqual(written.length);
          return;
        }
        accepted += 1;
        const printed = printFilter(result.filter);
        expect(printFilter(requireFilter(printed))).toBe(printed);
      }),
      { numRuns: 3000 },
    );
    expect(accepted).toBeGreaterThan(100);
  });

  it("keeps plain text plain", () => {
    for (const text of [
      "model:HG82* tag:(vip,lab) (state:offline or -has:tag) lastContact<now-2h rx>=-27",
      "00:11:22:aa:bb:cc",
    ]) {
      expect(printFilter(requireFilter(text))).toBe(text);
    }
  });
});
