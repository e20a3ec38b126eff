import { beforeAll, describe, expect, it } from "@jest/globals";
import type { Collection } from "../../../platform/store/port.ts";
import { type Anything, ids, type Subject } from "./subject.ts";

const people: Anything[] = [
  { _id: "a", name: "Ann", age: 30, tags: ["x", "y"], home: { city: "Bonn", zip: 1 } },
  { _id: "b", name: "Bob", age: 20, tags: ["y"], home: { city: "Köln", zip: 2 } },
  {
    _id: "c",
    name: "Cid",
    age: 30,
    tags: [],
    rooms: [
      { n: 1, size: 9 },
      { n: 2, size: 20 },
    ],
  },
  { _id: "d", name: "Dan", age: 10, home: { city: "Bonn" } },
  { _id: "e", name: "Eve", tags: ["z"] },
];

export function describeReading(subject: Subject): void {
  describe("reading", () => {
    let collection: Collection<Anything>;
    beforeAll(async () => {
      collection = subject.fresh();
      await collection.insertMany(people);
    });

    const found = async (...query: Parameters<Collection<Anything>["find"]>): Promise<string[]> =>
      ids(await collection.find(...query).toArray());

    it("finds nothing in a collection that does not exist", async () => {
      const none = subject.fresh();
      expect(await none.findOne({ _id: "a" })).toBeUndefined();
      expect(await none.find({}).toArray()).toEqual([]);
      expect(await none.countDocuments({})).toBe(0);
      expect(await none.distinct("name")).toEqual([]);
      expect(await none.deleteMany({})).toBe(0);
    });

    it("finds one by its _id, and none by another", async () => {
      expect(await collection.findOne({ _id: "b" })).toEqual(people[1]);
      expect(await collection.findOne({ _id: "zz" })).toBeUndefined();
      expect(await collection.findOne({ _id: "b", age: 99 })).toBeUndefined();
      expect(await collection.findOne({ _id: "x".repeat(2_000) })).toBeUndefined();
    });

    it("sorts by one field, missing ones first", async () => {
      expect(await found({}, { sort: { age: 1, _id: 1 } })).toEqual(["e", "d", "b", "a", "c"]);
      expect(await found({}, { sort: { age: -1, _id: 1 } })).toEqual(["a", "c", "b", "d", "e"]);
    });

    it("sorts by several fields of different directions", async () => {
      expect(await found({}, { sort: { age: 1, name: -1 } })).toEqual(["e", "d", "b", "c", "a"]);
      expect(await found({}, { sort: { "home.city": 1, age: -1, _id: 1 } })).toEqual(["c", "e", "a", "d", "b"]);
    });

    it("sorts by _id in both directions, also within a range", async () => {
      expect(await found({}, { sort: { _id: -1 }, limit: 2 })).toEqual(["e", "d"]);
      expect(await found({ _id: { $gt: "a", $lte: "d" } }, { sort: { _id: -1 } })).toEqual(["d", "c", "b"]);
      expect(await found({ _id: { $gte: "b", $lt: "d" } }, { sort: { _id: 1 } })).toEqual(["b", "c"]);
      expect(await found({ _id: { $in: ["d", "a", "nope", "a"] } }, { sort: { _id: 1 } })).toEqual(["a", "d"]);
    });

    it("skips and limits after sorting", async () => {
      expect(await found({}, { sort: { _id: 1 }, skip: 1, limit: 2 })).toEqual(["b", "c"]);
      expect(await found({}, { sort: { name: -1 }, skip: 3 })).toEqual(["b", "a"]);
      expect(await found({ age: 30 }, { sort: { name: 1 }, skip: 1, limit: 5 })).toEqual(["c"]);
      expect(await found({}, { skip: 9 })).toEqual([]);
      expect((await collection.findOne({}, { sort: { _id: 1 }, skip: 2 }))?._id).toBe("c");
    });

    it("projects fields in and out", async () => {
      expect(await collection.findOne({ _id: "a" }, { projection: { name: 1 } })).toEqual({ _id: "a", name: "Ann" });
      expect(await collection.findOne({ _id: "a" }, { projection: { _id: 0, name: 1 } })).toEqual({ name: "Ann" });
      expect(await collection.findOne({ _id: "a" }, { projection: { "home.city": 1 } })).toEqual({
        _id: "a",
        home: { city: "Bonn" },
      });
      expect(await collection.findOne({ _id: "c" }, { projection: { "rooms.n": 1 } })).toEqual({
        _id: "c",
        rooms: [{ n: 1 }, { n: 2 }],
      });
      expect(await collection.findOne({ _id: "b" }, { projection: { tags: 0, "home.zip": 0 } })).toEqual({
        _id: "b",
        name: "Bob",
        age: 20,
        home: { city: "Köln" },
      });
      expect(await collection.find({}, { projection: { _id: 1 }, sort: { _id: 1 }, limit: 1 }).toArray()).toEqual([
        { _id: "a" },
      ]);
    });

    it("counts, at most up to a limit", async () => {
      expect(await collection.countDocuments({})).toBe(5);
      expect(await collection.countDocuments({ age: 30 })).toBe(2);
      expect(await collection.countDocuments({}, { limit: 3 })).toBe(3);
      expect(await collection.countDocuments({ age: { $gte: 10 } }, { limit: 2 })).toBe(2);
    });

    it("gives each value once, elements of arrays by themselves", async () => {
      expect(new Set(await collection.distinct("age"))).toEqual(new Set([10, 20, 30]));
      expect(new Set(await collection.distinct("tags"))).toEqual(new Set(["x", "y", "z"]));
      expect(await collection.distinct("home.city", { age: { $lt: 30 } })).toEqual(
        expect.arrayContaining(["Köln", "Bonn"]),
      );
      expect(await collection.distinct("rooms.n", { _id: "c" })).toEqual([1, 2]);
    });

    it("iterates over a cursor that can be left early", async () => {
      const seen: string[] = [];
      for await (const { _id } of collection.find({}, { sort: { _id: 1 } })) {
        seen.push(_id);
        if (seen.length === 2) break;
      }
      expect(seen).toEqual(["a", "b"]);
    });

    it("iterates over 1,500 documents while others write, and meets each that stays exactly once", async () => {
      const many = subject.fresh();
      await many.createIndex({ n: 1 });
      await many.insertMany(Array.from({ length: 1_500 }, (_, n) => ({ _id: `k${n}`, n, stays: n % 3 !== 0 })));
      const seen = new Map<string, number>();
      let writes: Promise<unknown> = Promise.resolve();
      for await (const { _id, n } of many.find({ n: { $gte: 0 } }, { sort: { n: 1 } })) {
        seen.set(_id, (seen.get(_id) ?? 0) + 1);
        if (n === 100)
          writes = Promise.all([
            many.deleteMany({ n: { $gt: 900 }, stays: false }),
            many.updateMany({ n: { $lt: 50 } }, { $set: { late: true } }),
          ]);
      }
      await writes;
      const stayed = ids(await many.find({ stays: true }).toArray());
      expect(stayed).toHaveLength(1_000);
      expect(stayed.filter((id) => seen.get(id) !== 1)).toEqual([]);
    });

    it("sorts 2,500 documents without an index", async () => {
      const many = subject.fresh();
      await many.insertMany(Array.from({ length: 2_500 }, (_, n) => ({ _id: `k${n}`, n: (n * 7_919) % 2_500 })));
      const numbers = (await many.find({}, { sort: { n: -1 }, limit: 1_200, skip: 10 }).toArray()).map(({ n }) => n);
      expect(numbers).toEqual(Array.from({ length: 1_200 }, (_, i) => 2_489 - i));
    });
  });
}
