import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { KnownTree } from "../../../datamodels/known-tree.ts";

const element = fc.constantFrom("A", "B", "1", "2", "10", "[x]");
const path = fc
  .tuple(fc.array(element, { minLength: 1, maxLength: 4 }), fc.boolean())
  .map(([elements, isObject]) => `Device.${elements.join(".")}${isObject ? "." : ""}`);

describe("a known tree", () => {
  it("tells the same of objects and rows when it is asked once as when it is asked often", () => {
    fc.assert(
      fc.property(fc.array(path, { maxLength: 30 }), path, (paths, asked) => {
        const tree = (): KnownTree => new KnownTree(paths.map((one) => ({ path: one })));
        const often = tree();
        for (let i = 0; i < 30; i++) often.rows(`Other.${i}.`);
        const object = asked.endsWith(".") ? asked : `${asked}.`;
        expect(often.has(object)).toBe(tree().has(object));
        expect([...often.rows(object)].sort()).toEqual([...tree().rows(object)].sort());
      }),
      { seed: 11, numRuns: 2_000 },
    );
  });

  it("knows an object by anything within, and rows by their numbers", () => {
    const tree = new KnownTree([{ path: "Device.A.2.B" }, { path: "Device.A.10.B" }, { path: "Device.A.[x].B" }]);
    expect(tree.has("Device.A.")).toBe(true);
    expect(tree.has("Device.A")).toBe(false);
    expect(tree.rows("Device.A.")).toEqual(["Device.A.2.", "Device.A.10."]);
  });
});
