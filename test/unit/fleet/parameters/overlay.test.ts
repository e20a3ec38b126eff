import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { ParameterPatch } from "../../../../fleet/parameters/model.ts";
import { createPatchOrder } from "../../../../fleet/parameters/order.ts";
import {
  addToOverlay,
  fitsOverlay,
  overlayLimits,
  patchesOf,
  readOverlay,
} from "../../../../fleet/parameters/overlay.ts";
import { applyPatch, type Tree } from "../../../../fleet/parameters/tree.ts";

const inform = (at: number, values: Record<string, string>): ParameterPatch => ({
  at,
  source: "inform",
  observations: Object.entries(values).map(([path, value]) => ({ path, type: "string" as const, value })),
});

describe("the overlay", () => {
  it("holds each path once, with its latest value", () => {
    const first = addToOverlay(undefined, inform(1, { "D.A": "1", "D.B": "1" }), 1)!;
    const second = addToOverlay(first, inform(2, { "D.A": "2" }), 2)!;
    const values = patchesOf(readOverlay(second)).flatMap(({ patch }) =>
      patch.observations.map(({ path, value }) => [path, value, patch.at]),
    );
    expect(values).toEqual([
      ["D.B", "1", 1],
      ["D.A", "2", 2],
    ]);
  });

  it("does not grow when a device says the same paths again and again", () => {
    let text: string | undefined;
    for (let at = 1; at <= 100; at++) text = addToOverlay(text, inform(at, { "D.A": "1", "D.B": "2" }), at);
    expect(readOverlay(text)).toHaveLength(1);
  });

  it("is the same whether a device says something again or for the first time, wherever that stood", () => {
    const told = ["1", '",[]]', '\\\",-1,[', ""].map((value, i) => inform(1, { [`D.${i}`]: value, [`E.${i}`]: "x" }));
    const place = fc.nat(told.length - 1);
    fc.assert(
      fc.property(fc.array(place, { maxLength: 8 }), fc.boolean(), (places, untyped) => {
        let text: string | undefined;
        const model = new Map<number, number>();
        if (untyped) text = addToOverlay(text, { at: 1, source: "read", observations: [{ path: "U", value: "," }] }, 1);
        places.forEach((which, i) => {
          text = addToOverlay(text, { ...told[which]!, at: i }, i + 2);
          model.delete(which);
          model.set(which, i);
        });
        const groups = patchesOf(readOverlay(text)).filter(({ patch }) => patch.source === "inform");
        expect(groups).toEqual(
          [...model].map(([which, i]) => ({
            order: i + 2,
            patch: { ...told[which], at: i, unconfirmed: false },
          })),
        );
      }),
    );
  });

  it("keeps the type when a later value comes without one", () => {
    const first = addToOverlay(undefined, inform(1, { "D.A": "1" }), 1)!;
    const second = addToOverlay(first, { at: 2, source: "written", observations: [{ path: "D.A", value: "2" }] }, 2)!;
    const third = addToOverlay(second, { at: 3, source: "read", observations: [{ path: "D.A", value: "3" }] }, 3)!;
    const tree: Tree = new Map();
    for (const { patch } of patchesOf(readOverlay(third))) applyPatch(tree, patch);
    expect(tree.get("D.A")).toMatchObject({ type: "string", value: "3", at: 3 });
    expect(readOverlay(third)).toHaveLength(2);
  });

  it("refuses what would make it too large, by entries and by characters", () => {
    const many = (from: number): ParameterPatch =>
      inform(1, Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`D.${from + i}`, "v"])));
    let text: string | undefined;
    for (let i = 0; i < 3; i++) text = addToOverlay(text, many(i * 60), i);
    expect(readOverlay(text)).toHaveLength(3);
    expect(addToOverlay(text, many(180), 9)).toBeUndefined();
    expect(addToOverlay(undefined, inform(1, { "D.A": "x".repeat(overlayLimits.text) }), 1)).toBeUndefined();
  });

  it("takes values only: attributes, complete subtrees and many values go elsewhere", () => {
    expect(fitsOverlay(inform(1, { "D.A": "1" }))).toBe(true);
    expect(fitsOverlay({ ...inform(1, { "D.A": "1" }), complete: ["D."] })).toBe(false);
    expect(fitsOverlay({ at: 1, source: "discover", observations: [{ path: "D.A", writable: true }] })).toBe(false);
    expect(fitsOverlay({ at: 1, source: "read", observations: [{ path: "D.A", value: "1", notification: 2 }] })).toBe(
      false,
    );
    expect(fitsOverlay(inform(1, Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`D.${i}`, "v"]))))).toBe(
      false,
    );
  });
});

describe("the order of patches", () => {
  it("follows the calls within one millisecond, and when the time steps back", () => {
    const next = createPatchOrder();
    const orders = [next(5), next(5), next(3), next(6)];
    expect(orders).toEqual([...orders].sort((a, b) => a - b));
    expect(new Set(orders).size).toBe(4);
  });
});
