import { describe, expect, it } from "@jest/globals";
import { ids, type Subject } from "./subject.ts";

export function describeBulk(subject: Subject): void {
  describe("bulkWrite", () => {
    it("carries out every kind of operation in order and counts", async () => {
      const collection = subject.fresh();
      const result = await collection.bulkWrite([
        { insertOne: { document: { _id: "a", n: 1 } } },
        { insertOne: { document: { _id: "b", n: 1 } } },
        { insertOne: { document: { _id: "c", n: 1 } } },
        { updateOne: { filter: { _id: "a" }, update: { $inc: { n: 1 } } } },
        { updateMany: { filter: { n: 1 }, update: { $set: { m: 1 } } } },
        { updateOne: { filter: { _id: "u" }, update: { $set: { n: 9 } }, upsert: true } },
        { replaceOne: { filter: { _id: "c" }, replacement: { _id: "c", r: 1 } } },
        { replaceOne: { filter: { _id: "v" }, replacement: { _id: "v", r: 1 }, upsert: true } },
        { deleteOne: { filter: { _id: "b" } } },
        { deleteMany: { filter: { r: 1 } } },
      ]);
      expect(result).toEqual({
        insertedCount: 3,
        matchedCount: 4,
        modifiedCount: 4,
        deletedCount: 3,
        upsertedCount: 2,
        duplicates: [],
      });
      expect(await collection.find({}, { sort: { _id: 1 } }).toArray()).toEqual([
        { _id: "a", n: 2 },
        { _id: "u", n: 9 },
      ]);
    });

    it("carries on behind duplicates when unordered, and names them", async () => {
      const collection = subject.fresh();
      await collection.createIndex({ k: 1 }, { unique: true, sparse: true });
      await collection.insertMany([
        { _id: "a", k: 1 },
        { _id: "b", k: 2 },
      ]);
      const result = await collection.bulkWrite(
        [
          { insertOne: { document: { _id: "a" } } },
          { insertOne: { document: { _id: "c", k: 1 } } },
          { updateOne: { filter: { _id: "b" }, update: { $set: { k: 1 } } } },
          { insertOne: { document: { _id: "d", k: 3 } } },
          { updateOne: { filter: { _id: "e" }, update: { $set: { k: 2 } }, upsert: true } },
          { updateOne: { filter: { _id: "b" }, update: { $set: { ok: true } } } },
        ],
        { ordered: false },
      );
      expect(result.duplicates).toEqual([0, 1, 2, 4]);
      expect(result).toMatchObject({ insertedCount: 1, modifiedCount: 1 });
      expect(ids(await collection.find({}, { sort: { _id: 1 } }).toArray())).toEqual(["a", "b", "d"]);
      expect(await collection.findOne({ _id: "b" })).toEqual({ _id: "b", k: 2, ok: true });
    });

    it("stops at the first duplicate when ordered", async () => {
      const collection = subject.fresh();
      const result = await collection.bulkWrite([
        { insertOne: { document: { _id: "a" } } },
        { insertOne: { document: { _id: "a" } } },
        { insertOne: { document: { _id: "b" } } },
      ]);
      expect(result).toMatchObject({ insertedCount: 1, duplicates: [1] });
      expect(ids(await collection.find({}).toArray())).toEqual(["a"]);
    });

    it("takes 3,000 operations", async () => {
      const collection = subject.fresh();
      const { insertedCount } = await collection.bulkWrite(
        Array.from({ length: 3_000 }, (_, n) => ({ insertOne: { document: { _id: `k${n}` } } })),
        { ordered: false },
      );
      expect(insertedCount).toBe(3_000);
      expect(await collection.countDocuments({})).toBe(3_000);
    });
  });
}
