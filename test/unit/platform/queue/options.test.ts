import { describe, expect, it } from "@jest/globals";
import { backoffDelay, errorText, planOf } from "../../../../platform/queue/options.ts";

describe("job options", () => {
  it("have defaults", () => {
    expect(planOf()).toEqual({
      key: undefined,
      dedupe: undefined,
      delay: 0,
      priority: 50,
      attempts: 1,
      backoff: { kind: "exponential", delay: 1000, max: 300_000 },
    });
    expect(planOf({ key: "", delay: 0.2 })).toMatchObject({ key: undefined, delay: 1 });
  });

  it.each([
    ["fixed", 1, 100],
    ["fixed", 9, 100],
    ["exponential", 1, 100],
    ["exponential", 2, 200],
    ["exponential", 4, 800],
    ["exponential", 5, 1000],
    ["exponential", 5000, 1000],
  ] as const)("%s back-off after failure %i is %i ms", (kind, failures, delay) => {
    expect(backoffDelay({ kind, delay: 100, max: 1000 }, failures)).toBe(delay);
  });

  it("an error's text is its message, of bounded length, never its stack", () => {
    expect(errorText(new Error("x"))).toBe("x");
    expect(errorText("y".repeat(5000))).toHaveLength(1000);
  });
});
