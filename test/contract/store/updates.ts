import { describe, expect, it } from "@jest/globals";
import type { Update } from "../../../platform/store/port.ts";
import type { Subject } from "./subject.ts";

const date = new Date(1_790_000_000_000);

const cases: [string, Record<string, unknown>, Update, Record<string, unknown>][] = [
  ["$set of a field", { a: 1 }, { $set: { a: 2, b: "x" } }, { a: 2, b: "x" }],
  ["$set of a nested field, made on the way", {}, { $set: { "a.b.c": 1 } }, { a: { b: { c: 1 } } }],
  [
    "$set within an array",
    { l: [{ n: 1 }, { n: 2 }] },
    { $set: { "l.1.n": 9, "l.0.m": 1 } },
    { l: [{ n: 1, m: 1 }, { n: 9 }] },
  ],
  ["$set behind an array's end", { l: [1] }, { $set: { "l.3": 4 } }, { l: [1, null, null, 4] }],
  ["$set of a document", { a: { b: 1 } }, { $set: { a: { c: [date] } } }, { a: { c: [date] } }],
  ["$set of null", { a: 1 }, { $set: { a: null } }, { a: null }],
  ["$unset", { a: 1, b: { c: 1, d: 2 } }, { $unset: { a: true, "b.c": true, nope: true } }, { b: { d: 2 } }],
  ["$unset within an array", { l: [1, 2, 3] }, { $unset: { "l.1": true } }, { l: [1, null, 3] }],
  [
    "$inc",
    { a: 1, o: { n: 1 } },
    { $inc: { a: 2, "o.n": -1, fresh: 5, f: 0.5 } },
    { a: 3, o: { n: 0 }, fresh: 5, f: 0.5 },
  ],
  ["$max", { a: 5, b: 5 }, { $max: { a: 3, b: 7, c: 1 } }, { a: 5, b: 7, c: 1 }],
  ["$min", { a: 5, b: 5 }, { $min: { a: 3, b: 7, c: 1 } }, { a: 3, b: 5, c: 1 }],
  ["$push of a value", { l: [1] }, { $push: { l: 2, m: "x" } }, { l: [1, 2], m: ["x"] }],
  ["$push of an array as one value", { l: [] }, { $push: { l: [1, 2] } }, { l: [[1, 2]] }],
  ["$push of each", { l: [1] }, { $push: { l: { $each: [2, 3] } } }, { l: [1, 2, 3] }],
  ["$push that keeps the last", { l: [1, 2, 3] }, { $push: { l: { $each: [4, 5], $slice: -3 } } }, { l: [3, 4, 5] }],
  ["$push that keeps the first", { l: [1] }, { $push: { l: { $each: [2, 3], $slice: 2 } } }, { l: [1, 2] }],
  ["$pull of a value", { l: [1, 2, 1, 3] }, { $pull: { l: 1 } }, { l: [2, 3] }],
  ["$pull by operators", { l: [1, 5, 9] }, { $pull: { l: { $gt: 4 } } }, { l: [1] }],
  ["$pull by $in", { l: ["a", "b", "c"] }, { $pull: { l: { $in: ["a", "c"] } } }, { l: ["b"] }],
  [
    "$pull of documents by their fields",
    { l: [{ k: 1, x: 1 }, { k: 2 }] },
    { $pull: { l: { k: 1 } } },
    { l: [{ k: 2 }] },
  ],
  ["$pull where there is nothing", { a: 1 }, { $pull: { l: 1 } }, { a: 1 }],
  ["$addToSet", { l: [1] }, { $addToSet: { l: 2, m: 1 } }, { l: [1, 2], m: [1] }],
  ["$addToSet of what is there", { l: [{ a: 1 }] }, { $addToSet: { l: { a: 1 } } }, { l: [{ a: 1 }] }],
  ["$addToSet of each", { l: [1, 2] }, { $addToSet: { l: { $each: [2, 3, 3] } } }, { l: [1, 2, 3] }],
  ["$setOnInsert of a document that exists", { a: 1 }, { $setOnInsert: { b: 1 } }, { a: 1 }],
  [
    "several operators",
    { a: 1, l: [1] },
    { $set: { s: 1 }, $inc: { a: 1 }, $push: { l: 2 } },
    { a: 2, s: 1, l: [1, 2] },
  ],
];

const refused: [string, Record<string, unknown>, Update][] = [
  ["$inc of text", { a: "x" }, { $inc: { a: 1 } }],
  ["$push to a number", { a: 1 }, { $push: { a: 1 } }],
  ["a path through a number", { a: 1 }, { $set: { "a.b": 1 } }],
  ["a name as a position in an array", { l: [1] }, { $set: { "l.x": 1 } }],
  ["a path written twice", { a: 1 }, { $set: { a: 1 }, $inc: { a: 1 } }],
  ["a path and something below it", { a: {} }, { $set: { a: {}, "a.b": 1 } }],
];

export function describeUpdates(subject: Subject): void {
  describe("an update", () => {
    it.each(cases)("does %s", async (_, before, update, after) => {
      const collection = subject.fresh();
      await collection.insertOne({ _id: "a", ...before });
      await collection.updateOne({ _id: "a" }, update);
      expect(await collection.findOne({ _id: "a" })).toEqual({ _id: "a", ...after });
    });

    it.each(cases)("does %s when gathered", async (_, before, update, after) => {
      const collection = subject.fresh();
      await collection.gathered.insertOne({ _id: "a", ...before });
      expect(await collection.gathered.updateById("a", update)).toBe(true);
      expect(await collection.gathered.findByKey("a")).toEqual({ _id: "a", ...after });
    });

    it.each(refused)("refuses %s and changes nothing", async (_, before, update) => {
      const collection = subject.fresh();
      await collection.insertOne({ _id: "a", ...before });
      await expect((async () => collection.updateOne({ _id: "a" }, { ...update }))()).rejects.toMatchObject({
        code: "internal",
      });
      expect(await collection.findOne({ _id: "a" })).toEqual({ _id: "a", ...before });
    });
  });
}
