import { describe, expect, it } from "@jest/globals";
import { BoundedMap } from "../../../../acs/http/bounded-map.ts";
import { VirtualClock } from "../../../support/virtual-clock.ts";

describe("a bounded map", () => {
  it("never holds more than its capacity, the oldest goes first", () => {
    const map = new BoundedMap<number>(new VirtualClock(), 3, 1000);
    for (let i = 0; i < 10; i++) map.set(`k${i}`, i);
    expect(map.size).toBe(3);
    expect([map.get("k6"), map.get("k7")]).toEqual([undefined, 7]);
  });

  it("makes an entry the youngest by setting it", () => {
    const map = new BoundedMap<number>(new VirtualClock(), 2, 1000);
    map.set("a", 1);
    map.set("b", 2);
    map.set("a", 3);
    map.set("c", 4);
    expect([map.get("a"), map.get("b")]).toEqual([3, undefined]);
  });

  it("forgets after the lifetime", async () => {
    const clock = new VirtualClock();
    const map = new BoundedMap<number>(clock, 2, 1000);
    map.set("a", 1);
    await clock.advance(1000);
    expect(map.get("a")).toBeUndefined();
    expect(map.size).toBe(0);
  });
});
