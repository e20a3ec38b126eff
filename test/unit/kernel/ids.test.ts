import { describe, expect, it } from "@jest/globals";
import { idFloor, newId, pooledRandom, randomToken } from "../../../kernel/ids.ts";

describe("an id", () => {
  it("sorts in the order of creation, also within one millisecond and when the clock steps back", () => {
    const at = Date.UTC(2030, 0, 1);
    const ids = [at, at, at, at + 1, at - 60_000, at + 2].map(newId);
    expect(ids.toSorted()).toEqual(ids);
    expect(new Set(ids.map((id) => id.length))).toEqual(new Set([26]));
  });

  it("is bounded from below by the floor of its time", () => {
    const at = Date.UTC(2031, 0, 1);
    expect(newId(at) > idFloor(at)).toBe(true);
    expect(newId(at) < idFloor(at + 1_000)).toBe(true);
  });

  it("does not repeat in 100,000", () => {
    const ids = new Set(Array.from({ length: 100_000 }, () => newId(Date.UTC(2032, 0, 1))));
    expect(ids.size).toBe(100_000);
  });
});

describe("pooled randomness", () => {
  it("never hands out the same bytes twice, across a refill of the pool", () => {
    const seen = new Set(Array.from({ length: 2_000 }, () => pooledRandom(16).toString("hex")));
    expect(seen.size).toBe(2_000);
  });

  it("makes tokens of the asked length from 32 characters", () => {
    expect(randomToken(26)).toMatch(/^[0-9a-hjkmnp-tv-z]{26}$/);
  });
});
