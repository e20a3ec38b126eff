import { describe, expect, it } from "@jest/globals";
import { ids, type Subject } from "./subject.ts";

export function describeWriting(subject: Subject): void {
  describe("writing", () => {
    it("updates the first match only, or the first in a given order", async () => {
      const collection = subject.fresh();
      await collection.insertMany([
        { _id: "a", n: 1 },
        { _id: "b", n: 3 },
        { _id: "c", n: 2 },
      ]);
      expect(await collection.updateOne({ n: { $gt: 0 } }, { $set: { hit: true } }, { sort: { n: -1 } })).toMatchObject(
        { matchedCount: 1 },
      );
      expect(ids(await collection.find({ hit: true }).toArray())).toEqual(["b"]);
      await collection.updateOne({ n: { $gt: 0 } }, { $set: { once: true } });
      expect(await collection.countDocuments({ once: true })).toBe(1);
    });

    it("tells what matched and what was modified", async () => {
      const collection = subject.fresh();
      await collection.insertMany([
        { _id: "a", n: 1 },
        { _id: "b", n: 1 },
      ]);
      expect(await collection.updateOne({ _id: "a" }, { $set: { n: 1 } })).toEqual({
        matchedCount: 1,
        modifiedCount: 0,
      });
      expect(await collection.updateOne({ _id: "zz" }, { $set: { n: 2 } })).toEqual({
        matchedCount: 0,
        modifiedCount: 0,
      });
      expect(await collection.updateMany({ n: 1 }, { $inc: { n: 1 } })).toEqual({ matchedCount: 2, modifiedCount: 2 });
      expect(await collection.updateOne({ _id: "a" }, {})).toMatchObject({ matchedCount: 1, modifiedCount: 0 });
      expect(await collection.updateOne({ _id: "a" }, { $set: { n: undefined } })).toMatchObject({
        matchedCount: 1,
        modifiedCount: 0,
      });
    });

    it("updates and deletes 1,700 documents at once", async () => {
      const collection = subject.fresh();
      await collection.createIndex({ group: 1 });
      await collection.insertMany(Array.from({ length: 1_700 }, (_, n) => ({ _id: `k${n}`, n, group: "old" })));
      expect(await collection.updateMany({ group: "old" }, { $set: { group: "new" } })).toEqual({
        matchedCount: 1_700,
        modifiedCount: 1_700,
      });
      expect(await collection.countDocuments({ group: "new" })).toBe(1_700);
      expect(await collection.deleteMany({ group: "new", n: { $lt: 1_000 } })).toBe(1_000);
      expect(await collection.countDocuments({})).toBe(700);
      expect(await collection.countDocuments({ group: "old" })).toBe(0);
    });

    it("upserts from the filter's equalities, the update and $setOnInsert", async () => {
      const collection = subject.fresh();
      const update = { $set: { seen: 1 }, $setOnInsert: { made: true } };
      const first = await collection.updateOne({ _id: "a", kind: "x", n: { $eq: 5 }, "o.p": 1 }, update, {
        upsert: true,
      });
      expect(first).toEqual({ matchedCount: 0, modifiedCount: 0, upsertedId: "a" });
      expect(await collection.findOne({ _id: "a" })).toEqual({
        _id: "a",
        kind: "x",
        n: 5,
        o: { p: 1 },
        seen: 1,
        made: true,
      });
      const second = await collection.updateOne(
        { _id: "a" },
        { $set: { seen: 2 }, $setOnInsert: { made: false } },
        { upsert: true },
      );
      expect(second).toEqual({ matchedCount: 1, modifiedCount: 1 });
      expect(await collection.findOne({ _id: "a" })).toMatchObject({ seen: 2, made: true });
    });

    it("gives an upserted document an _id of text when none is named", async () => {
      const collection = subject.fresh();
      const { upsertedId } = await collection.updateOne({ key: "k" }, { $set: { n: 1 } }, { upsert: true });
      expect(upsertedId).toMatch(/^[0-9a-z]{26}$/);
      expect(await collection.findOne({ key: "k" })).toEqual({ _id: upsertedId, key: "k", n: 1 });
      const made = await collection.findOneAndUpdate(
        { key: "l" },
        { $set: { n: 1 } },
        { upsert: true, returnDocument: "after" },
      );
      expect(typeof made?._id).toBe("string");
    });

    it("replaces a whole document but its _id", async () => {
      const collection = subject.fresh();
      await collection.insertOne({ _id: "a", old: 1 });
      expect(await collection.replaceOne({ old: 1 }, { _id: "a", fresh: 2 })).toEqual({
        matchedCount: 1,
        modifiedCount: 1,
      });
      expect(await collection.findOne({ _id: "a" })).toEqual({ _id: "a", fresh: 2 });
      expect(await collection.replaceOne({ _id: "b" }, { _id: "b", n: 1 })).toEqual({
        matchedCount: 0,
        modifiedCount: 0,
      });
      expect(await collection.replaceOne({ _id: "b" }, { _id: "b", n: 1 }, { upsert: true })).toMatchObject({
        upsertedId: "b",
      });
      expect(await collection.findOne({ _id: "b" })).toEqual({ _id: "b", n: 1 });
    });

    it("finds and updates, giving the document before or after", async () => {
      const collection = subject.fresh();
      await collection.insertMany([
        { _id: "a", n: 1, x: 1 },
        { _id: "b", n: 2, x: 1 },
      ]);
      expect(await collection.findOneAndUpdate({ _id: "a" }, { $inc: { n: 10 } })).toEqual({ _id: "a", n: 1, x: 1 });
      expect(await collection.findOneAndUpdate({ _id: "a" }, { $inc: { n: 10 } }, { returnDocument: "after" })).toEqual(
        { _id: "a", n: 21, x: 1 },
      );
      expect(
        await collection.findOneAndUpdate(
          { x: 1 },
          { $set: { y: 1 } },
          { sort: { n: 1 }, returnDocument: "after", projection: { y: 1 } },
        ),
      ).toEqual({ _id: "b", y: 1 });
      expect(await collection.findOneAndUpdate({ _id: "zz" }, { $set: { y: 1 } })).toBeUndefined();
      expect(await collection.findOneAndUpdate({ _id: "c" }, { $set: { y: 1 } }, { upsert: true })).toBeUndefined();
      expect(
        await collection.findOneAndUpdate({ _id: "d" }, { $set: { y: 1 } }, { upsert: true, returnDocument: "after" }),
      ).toEqual({ _id: "d", y: 1 });
    });

    it("deletes one, when it is as the filter says", async () => {
      const collection = subject.fresh();
      await collection.insertMany([
        { _id: "a", n: 1 },
        { _id: "b", n: 1 },
      ]);
      expect(await collection.deleteOne({ _id: "a", n: 2 })).toBe(0);
      expect(await collection.deleteOne({ _id: "a", n: 1 })).toBe(1);
      expect(await collection.deleteOne({ _id: "a" })).toBe(0);
      expect(ids(await collection.find({}).toArray())).toEqual(["b"]);
    });

    it("leaves the _id as it is", async () => {
      const collection = subject.fresh();
      await collection.insertOne({ _id: "a" });
      await expect(collection.updateOne({ _id: "a" }, { $set: { _id: "b" } })).rejects.toMatchObject({
        code: "internal",
      });
      await expect(collection.replaceOne({ _id: "a" }, { _id: "b" })).rejects.toMatchObject({ code: "internal" });
      expect(ids(await collection.find({}).toArray())).toEqual(["a"]);
    });

    it("takes empty lists", async () => {
      const collection = subject.fresh();
      await collection.insertMany([]);
      expect(await collection.bulkWrite([])).toMatchObject({ insertedCount: 0, duplicates: [] });
    });
  });
}
