import { describe, expect, it } from "@jest/globals";
import { type OperationState, operationMoves } from "../../../../fleet/operations/model.ts";
import { isLegalMove, isOpen, legalWay } from "../../../../fleet/operations/moves.ts";

const states = Object.keys(operationMoves) as OperationState[];

describe("the moves of operations", () => {
  it("lead nowhere from a finished state", () => {
    for (const from of states.filter((state) => !isOpen(state))) {
      expect(states.filter((to) => isLegalMove(from, to))).toEqual([]);
      expect(states.filter((to) => legalWay(from, to))).toEqual([]);
    }
  });

  it("go by legal steps only, when they are indirect", () => {
    for (const from of states) {
      for (const to of states) {
        const way = legalWay(from, to);
        if (way === undefined) continue;
        expect([from, ...way].slice(0, -1).every((state, i) => isLegalMove(state, way[i]!))).toBe(true);
        expect(way.at(-1)).toBe(to);
      }
    }
  });

  it("repeat what a device had accepted only by way of unknown", () => {
    expect(legalWay("accepted", "queued")).toEqual(["unknown", "queued"]);
    expect(legalWay("queued", "done")).toEqual(["active", "done"]);
    expect(legalWay("active", "done")).toEqual(["done"]);
  });
});
