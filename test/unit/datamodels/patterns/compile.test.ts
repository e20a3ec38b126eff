import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { PatternAutomaton } from "../../../../datamodels/patterns/automaton.ts";
import { compilePattern, isBacktrackingSafe } from "../../../../datamodels/patterns/compile.ts";
import { parsePattern } from "../../../../datamodels/patterns/parse.ts";
import { samplePattern } from "../../../../datamodels/patterns/sample.ts";

const matches = (pattern: string, value: string): boolean => {
  const made = compilePattern(pattern);
  if (typeof made === "string") throw new Error(made);
  const byAutomaton = new PatternAutomaton(parsePattern(pattern)).test(value);
  const answer = made.test(value);
  if (answer !== byAutomaton) throw new Error(`the automaton says ${byAutomaton} to ${value}`);
  return answer;
};

describe("an XML Schema pattern", () => {
  it.each([
    ["", [""], ["a"]],
    ["[0-9A-F]{6}", ["00D09E"], ["00d09e", "00D09", "00D09E0", " 00D09E"]],
    ["[0-9]|[1-5][0-9]|6[0-3]", ["0", "63"], ["64", "063", ""]],
    [
      "([0-9A-Fa-f][0-9A-Fa-f]:){5}([0-9A-Fa-f][0-9A-Fa-f])",
      ["00:11:22:aa:BB:cc"],
      ["00:11:22:aa:BB", "00-11-22-aa-BB-cc"],
    ],
    ["\\d+(\\.\\d+)*", ["1", "1.2.3"], ["1.", ".1", "1..2", "a"]],
    ["(\\d+(:\\d+)*)?", ["", "1:2"], [":"]],
    ["X [0-9A-F]{6} .*", ["X 00D09E Firmware"], ["X 00D09E", "Y 00D09E a"]],
    [
      "urn:[A-Za-z0-9][A-Za-z0-9-]{0,30}[A-Za-z0-9]:.+",
      ["urn:ab:c", "urn:example-com:x"],
      ["urn:a:c", "urn:-b:c", "urn:ab:"],
    ],
    ["([0-9]{1,15}?[BKMGT])", ["5K"], ["K"]],
    ["[^a-c]", ["d", "\u00e9"], ["a", ""]],
    ["[a-z-[aeiou]]+", ["xyz"], ["xaz", ""]],
    ["\\p{Lu}\\p{Nd}", ["A1", "\u00c91"], ["a1"]],
    ["[\\w.]+", ["a.b"], ["a b"]],
    ["\\i\\c*", ["_a-1", ":x"], ["1a"]],
    ["a^b$c", ["a^b$c"], ["abc"]],
    ["\\^\\.\\-\\[\\]\\{\\}", ["^.-[]{}"], ["a"]],
    ["[+\\-*/.]", ["+", "-", "/"], [","]],
    ["[-a]b{2,}", ["-bb", "abbb"], ["ab"]],
    ["(a|ab)(c|bcd)(d*)", ["abcd", "ac", "abcdd"], ["ab"]],
    ["\ud83d\ude00{2}", ["\ud83d\ude00\ud83d\ude00"], ["\ud83d\ude00"]],
  ] as const)("%s is anchored and means what the schema says", (pattern, good, bad) => {
    for (const value of good) expect([value, matches(pattern, value)]).toEqual([value, true]);
    for (const value of bad) expect([value, matches(pattern, value)]).toEqual([value, false]);
  });

  it.each([
    "(",
    ")",
    "a)",
    "[",
    "[]",
    "[z-a]",
    "*",
    "a{2",
    "a{3,2}",
    "a{,2}",
    "(?:a)",
    "(?=a)",
    "\\",
    "\\q",
    "\\p{Foo}",
    "\\pL",
    "a{999999}",
    "x".repeat(5_000),
    "(".repeat(100) + ")".repeat(100),
  ])("%.20s is refused with a reason", (pattern) => {
    expect(compilePattern(pattern)).toEqual(expect.any(String));
  });

  it.each([
    "(a+)+",
    "(a|aa)*b",
    "(a*)*",
    "(.*)(.*)(.*)x",
    "([a-z]+)*@",
    "(\\d+)*\\d",
    "(x+x+)+y",
    "(a{0,60}){4}",
    "((a{1,20}){1,20}){1,20}",
  ])("%s does not go to an engine that backtracks, and answers at once", (pattern) => {
    expect(isBacktrackingSafe(parsePattern(pattern))).toBe(false);
    const made = compilePattern(pattern);
    if (typeof made === "string") return;
    const start = performance.now();
    expect(made.test(`${"a".repeat(20_000)}!`)).toBe(false);
    expect(performance.now() - start).toBeLessThan(2_000);
  });

  it("that would need too many states is refused", () => {
    expect(compilePattern("((a|b){1,500}c){1,500}")).toMatch(/repeats too much/);
  });

  it("matches alike in both engines", () => {
    const atom = fc.constantFrom("a", "b", "[ab]", ".", "\\d", "[^a]", "1");
    const grammar = fc.letrec<{ node: string }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 3, withCrossShrink: true },
        atom,
        fc.tuple(tie("node"), tie("node")).map(([x, y]) => x + y),
        fc.tuple(tie("node"), tie("node")).map(([x, y]) => `(${x}|${y})`),
        fc.tuple(tie("node"), fc.constantFrom("?", "*", "+", "{2}", "{1,3}")).map(([x, times]) => `(${x})${times}`),
      ),
    }));
    fc.assert(
      fc.property(grammar.node, fc.array(fc.constantFrom("a", "b", "1", "x"), { maxLength: 8 }), (pattern, value) => {
        const text = value.join("");
        // Short values: JavaScript's engine is safe to ask here.
        const reference = new RegExp(`^(?:${pattern})$`, "u").test(text);
        expect(new PatternAutomaton(parsePattern(pattern)).test(text)).toBe(reference);
        expect(matches(pattern, text)).toBe(reference);
      }),
      { seed: 42, numRuns: 2_000 },
    );
  });

  it("has a sample that fits it", () => {
    for (const pattern of [
      "[0-9A-F]{6}",
      "(\\d+(:\\d+)*)?",
      "X [0-9A-F]{6} .*",
      "\\d{4}|\\d{8}",
      "SIP(/\\d+\\.\\d+)?",
    ]) {
      expect([pattern, matches(pattern, samplePattern(pattern)!)]).toEqual([pattern, true]);
    }
    expect(samplePattern("(")).toBeUndefined();
    expect(samplePattern("\\p{Zl}")).toBeUndefined();
  });
});
