import { beforeEach, describe, expect, it } from "@jest/globals";
import type { Collection } from "../../../platform/store/port.ts";
import { type Anything, expectCode, ids, type Subject } from "./subject.ts";

export function describeUniqueness(subject: Subject): void {
  describe("a unique index", () => {
    let collection: Collection<Anything>;
    beforeEach(async () => {
      collection = subject.fresh();
      await collection.createIndex({ k: 1 }, { unique: true, sparse: true });
      await collection.insertMany([
        { _id: "a", k: 1 },
        { _id: "b", k: 2 },
      ]);
    });

    const writes: [string, () => Promise<unknown>][] = [
      ["insertOne with a known _id", () => collection.insertOne({ _id: "a" })],
      ["insertOne", () => collection.insertOne({ _id: "c", k: 1 })],
      ["insertMany", () => collection.insertMany([{ _id: "c", k: 1 }])],
      ["updateOne", () => collection.updateOne({ _id: "b" }, { $set: { k: 1 } })],
      ["updateOne with $inc", () => collection.updateOne({ _id: "a" }, { $inc: { k: 1 } })],
      ["updateMany", () => collection.updateMany({ _id: "b" }, { $set: { k: 1 } })],
      ["replaceOne", () => collection.replaceOne({ _id: "b" }, { _id: "b", k: 1 })],
      ["an upsert", () => collection.updateOne({ _id: "c" }, { $set: { k: 1 } }, { upsert: true })],
      [
        "an upsert whose filter misses while its _id exists",
        () => collection.updateOne({ _id: "a", k: 77 }, { $set: { n: 1 } }, { upsert: true }),
      ],
      ["findOneAndUpdate", () => collection.findOneAndUpdate({ _id: "b" }, { $set: { k: 1 } })],
      [
        "findOneAndUpdate that upserts",
        () => collection.findOneAndUpdate({ _id: "c" }, { $set: { k: 1 } }, { upsert: true }),
      ],
      [
        "findOneAndUpdate that upserts, its filter missing while its _id exists",
        () => collection.findOneAndUpdate({ _id: "a", k: 77 }, { $set: { n: 1 } }, { upsert: true }),
      ],
      ["a gathered insert", () => collection.gathered.insertOne({ _id: "c", k: 1 })],
      ["a gathered insert with a known _id", () => collection.gathered.insertOne({ _id: "a" })],
      ["a gathered update", () => collection.gathered.updateById("b", { $set: { k: 1 } })],
    ];

    it.each(writes)("refuses %s and changes nothing", async (_, write) => {
      await expectCode(write(), "engine.duplicateKey");
      expect(await collection.find({}, { sort: { _id: 1 } }).toArray()).toEqual([
        { _id: "a", k: 1 },
        { _id: "b", k: 2 },
      ]);
      expect(ids(await collection.find({ k: 1 }).toArray())).toEqual(["a"]);
    });

    it("lets a document keep its own key, and another take it once it is free", async () => {
      await collection.updateOne({ _id: "a" }, { $set: { k: 1, n: 1 } });
      await collection.updateOne({ _id: "a" }, { $set: { k: 9 } });
      await collection.insertOne({ _id: "c", k: 1 });
      await collection.deleteOne({ _id: "c" });
      await collection.updateOne({ _id: "b" }, { $set: { k: 1 } });
      expect(ids(await collection.find({ k: 1 }).toArray())).toEqual(["b"]);
    });

    it("that is sparse lets many be without, one that is not takes null once", async () => {
      await collection.insertMany([{ _id: "c" }, { _id: "d" }]);
      const strict = subject.fresh();
      await strict.createIndex({ k: 1 }, { unique: true });
      await strict.insertOne({ _id: "a" });
      await expectCode(strict.insertOne({ _id: "b", k: null }), "engine.duplicateKey");
    });

    it("over several fields counts them together", async () => {
      const pairs = subject.fresh();
      await pairs.createIndex({ a: 1, b: 1 }, { unique: true });
      await pairs.insertMany([
        { _id: "1", a: 1, b: 1 },
        { _id: "2", a: 1, b: 2 },
        { _id: "3", a: 2, b: 1 },
      ]);
      await expectCode(pairs.insertOne({ _id: "4", a: 1, b: 2 }), "engine.duplicateKey");
    });

    it("over an array's elements lets one document repeat a value, and no other have it", async () => {
      const lists = subject.fresh();
      await lists.createIndex({ "l.k": 1 }, { unique: true });
      await lists.insertOne({ _id: "r", l: [{ k: 8 }, { k: 8 }] });
      await lists.insertOne({ _id: "a", l: [{ k: 1 }, { k: 2 }] });
      await expectCode(lists.insertOne({ _id: "b", l: [{ k: 3 }, { k: 2 }] }), "engine.duplicateKey");
      await lists.insertOne({ _id: "b", l: [{ k: 3 }] });
      await expectCode(lists.updateOne({ _id: "b" }, { $push: { l: { k: 1 } } }), "engine.duplicateKey");
    });

    it("that is partial counts only what takes part", async () => {
      const jobs = subject.fresh();
      await jobs.createIndex({ key: 1 }, { unique: true, partial: { open: true } });
      await jobs.insertMany([
        { _id: "1", key: "k", open: false },
        { _id: "2", key: "k", open: false },
        { _id: "3", key: "k", open: true },
      ]);
      await expectCode(jobs.insertOne({ _id: "4", key: "k", open: true }), "engine.duplicateKey");
      await expectCode(jobs.updateOne({ _id: "1" }, { $set: { open: true } }), "engine.duplicateKey");
      await jobs.updateOne({ _id: "3" }, { $set: { open: false } });
      await jobs.updateOne({ _id: "1" }, { $set: { open: true } });
      expect(await jobs.countDocuments({ key: "k" })).toBe(3);
    });

    it("may be partial by $exists and by a bound", async () => {
      const jobs = subject.fresh();
      await jobs.createIndex({ a: 1 }, { unique: true, partial: { a: { $exists: true } } });
      await jobs.createIndex({ b: 1 }, { unique: true, partial: { n: { $gt: 5 } } });
      await jobs.insertMany([
        { _id: "1", b: 1, n: 1 },
        { _id: "2", b: 1, n: 6 },
      ]);
      await expectCode(jobs.insertOne({ _id: "3", b: 1, n: 7 }), "engine.duplicateKey");
      await jobs.insertOne({ _id: "3", a: 1, b: 1 });
      await expectCode(jobs.insertOne({ _id: "4", a: 1 }), "engine.duplicateKey");
    });
  });
}
