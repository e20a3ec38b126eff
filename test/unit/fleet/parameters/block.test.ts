import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { decodePatch, decodeTree, encodePatch, encodeTree } from "../../../../fleet/parameters/block.ts";
import { applyPatch, type Tree } from "../../../../fleet/parameters/tree.ts";
import { compareInTree, mergePaths, sortPaths } from "../../../../fleet/parameters/tree-order.ts";
import { comparePaths } from "../../../../kernel/path.ts";
import { patches } from "./arbitrary-patches.ts";
import { naiveTree } from "./naive-tree.ts";

function treeAfter(list: Parameters<typeof naiveTree>[0]): Tree {
  const tree: Tree = new Map();
  for (const patch of list) applyPatch(tree, patch);
  return tree;
}

describe("a tree of patches", () => {
  it("is what the naive model says", () => {
    fc.assert(
      fc.property(patches, (list) => {
        const rows = naiveTree(list).map(({ path, ...row }) => [path, row] as const);
        expect(Object.fromEntries(treeAfter(list))).toEqual(Object.fromEntries(rows));
      }),
    );
  });
});

describe("a block", () => {
  it("gives back the patch that it holds", () => {
    fc.assert(
      fc.property(patches, ([patch]) => {
        const decoded = decodePatch(encodePatch(patch!));
        expect(decoded.observations).toEqual(patch!.observations);
        expect([decoded.at, decoded.source, decoded.unconfirmed]).toEqual([
          patch!.at,
          patch!.source,
          patch!.unconfirmed === true,
        ]);
        expect([decoded.complete ?? [], decoded.removed ?? []]).toEqual([patch!.complete ?? [], patch!.removed ?? []]);
      }),
    );
  });

  it("gives back the tree that it holds, in tree order", () => {
    fc.assert(
      fc.property(patches, (list) => {
        const tree = treeAfter(list);
        const paths = sortPaths(tree.keys());
        const decoded = decodeTree(encodeTree(tree, paths));
        expect([...decoded.keys()]).toEqual(paths);
        expect(decoded).toEqual(tree);
      }),
    );
  });

  it("is compressed when it is large", () => {
    const observations = Array.from({ length: 1000 }, (_, i) => ({
      path: `Device.Hosts.Host.${i + 1}.Active`,
      value: "true",
    }));
    const patch = { at: 0, source: "read" as const, observations };
    const block = encodePatch(patch);
    expect(block.length).toBeLessThan(8_000);
    expect(decodePatch(block).observations).toHaveLength(1000);
  });
});

describe("tree order", () => {
  const element = fc.constantFrom("A", "AB", "A-B", "1", "2", "10", "11", "Ü", "x y");
  const path = fc
    .tuple(fc.array(element, { minLength: 1, maxLength: 4 }), fc.boolean())
    .map(([elements, object]) => `D.${elements.join(".")}${object ? "." : ""}`);

  it("is a total order, and merging keeps it", () => {
    fc.assert(
      fc.property(fc.uniqueArray(path), fc.uniqueArray(path), (some, more) => {
        const sorted = sortPaths(some);
        for (const [i, a] of sorted.entries())
          for (const b of sorted.slice(i + 1)) expect(compareInTree(a, b)).toBeLessThan(0);
        const added = more.filter((one) => !some.includes(one));
        expect(mergePaths(sorted, added)).toEqual(sortPaths([...some, ...added]));
      }),
    );
  });

  it("sorts paths as comparePaths does", () => {
    const paths = [
      "Device.A.10.X",
      "Device.A.2.X",
      "Device.A.",
      "Device.A.1.",
      "Device.",
      "Device.A-B.X",
      "Device.A.2.X-Y",
      "Device.A.2.",
    ];
    expect(sortPaths(paths)).toEqual([...paths].sort(comparePaths));
  });
});
