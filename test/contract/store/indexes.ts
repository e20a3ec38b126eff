import { describe, expect, it } from "@jest/globals";
import { expectCode, ids, type Subject } from "./subject.ts";

export function describeIndexes(subject: Subject): void {
  describe("an index", () => {
    it("can be created again, with other options too, and dropped twice", async () => {
      const collection = subject.fresh();
      await collection.insertMany([
        { _id: "a", n: 1 },
        { _id: "b", n: 2 },
      ]);
      await collection.createIndex({ n: 1 });
      await collection.createIndex({ n: 1 });
      await collection.createIndex({ n: 1 }, { unique: true });
      await expectCode(collection.insertOne({ _id: "c", n: 1 }), "engine.duplicateKey");
      await collection.dropIndex({ n: 1 });
      await collection.dropIndex({ n: 1 });
      await collection.insertOne({ _id: "c", n: 1 });
      expect(await collection.countDocuments({ n: 1 })).toBe(2);
    });

    it("can be created by several at once, as when processes start together", async () => {
      for (let round = 0; round < 4; round++) {
        const collection = subject.fresh();
        const fields = ["a", "b", "c", "d"];
        const start = async (): Promise<void> => {
          for (const field of fields) await collection.createIndex({ [field]: 1 }, { unique: true });
        };
        await Promise.all([start(), start(), start()]);
        await collection.insertOne({ _id: "1", a: 1, b: 1, c: 1, d: 1 });
        await expectCode(collection.insertOne({ _id: "2", d: 1 }), "engine.duplicateKey");
      }
    });

    it("that is unique is refused over data that is not, which stays as it was", async () => {
      const collection = subject.fresh();
      await collection.insertMany([
        { _id: "a", n: 1 },
        { _id: "b", n: 1 },
      ]);
      await expectCode(collection.createIndex({ n: 1 }, { unique: true }), "engine.duplicateKey");
      await collection.insertOne({ _id: "c", n: 1 });
      expect(await collection.countDocuments({ n: 1 })).toBe(3);
    });

    it("finds what was there before it and what comes after it, and no longer what changed or went", async () => {
      const collection = subject.fresh();
      await collection.insertMany([
        { _id: "a", n: 1 },
        { _id: "b", n: 1 },
      ]);
      await collection.createIndex({ n: 1 });
      await collection.insertOne({ _id: "c", n: 1 });
      await collection.updateOne({ _id: "a" }, { $set: { n: 2 } });
      await collection.deleteOne({ _id: "b" });
      expect(ids(await collection.find({ n: 1 }).toArray())).toEqual(["c"]);
      expect(ids(await collection.find({ n: 2 }).toArray())).toEqual(["a"]);
      await collection.updateOne({ _id: "a" }, { $unset: { n: true } });
      expect(ids(await collection.find({ n: null }).toArray())).toEqual(["a"]);
    });

    it("over several fields serves equality, range and order", async () => {
      const collection = subject.fresh();
      await collection.createIndex({ state: 1, at: -1 });
      await collection.insertMany(
        Array.from({ length: 60 }, (_, n) => ({
          _id: `k${String(n).padStart(2, "0")}`,
          state: n % 2 ? "odd" : "even",
          at: n,
        })),
      );
      const found = (filter: Record<string, unknown>, at: 1 | -1, limit: number) =>
        collection.find(filter, { sort: { at }, limit }).toArray().then(ids);
      expect(await found({ state: "odd" }, -1, 3)).toEqual(["k59", "k57", "k55"]);
      expect(await found({ state: "odd" }, 1, 3)).toEqual(["k01", "k03", "k05"]);
      expect(await found({ state: "even", at: { $gt: 10, $lte: 14 } }, -1, 9)).toEqual(["k14", "k12"]);
      expect(await found({ state: "even", at: { $lt: 4 } }, 1, 9)).toEqual(["k00", "k02"]);
      expect(await found({ state: { $in: ["odd", "even"] }, at: { $gte: 57 } }, 1, 9)).toEqual(["k57", "k58", "k59"]);
    });

    it("over a field in documents of an array finds each document once", async () => {
      const collection = subject.fresh();
      await collection.createIndex({ "endpoints.key": 1 });
      await collection.insertMany([
        { _id: "a", endpoints: [{ key: "1" }, { key: "2" }] },
        { _id: "b", endpoints: [{ key: "2" }] },
        { _id: "c", endpoints: [] },
      ]);
      expect(
        ids(await collection.find({ "endpoints.key": { $in: ["1", "2"] } }, { sort: { _id: 1 } }).toArray()),
      ).toEqual(["a", "b"]);
      await collection.updateOne({ _id: "a" }, { $set: { "endpoints.0.key": "9" } });
      expect(await collection.findOne({ "endpoints.key": "1" })).toBeUndefined();
      expect((await collection.findOne({ "endpoints.key": "9" }))?._id).toBe("a");
      await collection.updateOne({ _id: "a" }, { $pull: { endpoints: { key: "9" } } });
      expect(await collection.findOne({ "endpoints.key": "9" })).toBeUndefined();
    });

    it("over two fields of one array does not hide a document whose elements match apart", async () => {
      const collection = subject.fresh();
      await collection.createIndex({ "l.a": 1, "l.b": 1 });
      await collection.insertOne({
        _id: "x",
        l: [
          { a: 1, b: 2 },
          { a: 3, b: 4 },
        ],
      });
      expect(await collection.countDocuments({ "l.a": 1, "l.b": 4 })).toBe(1);
      expect(await collection.countDocuments({ l: { $elemMatch: { a: 1, b: 4 } } })).toBe(0);
    });

    it("that is sparse does not hide a document of which an element has none of its fields", async () => {
      const collection = subject.fresh();
      await collection.createIndex({ "l.a": 1, "l.b": 1 }, { sparse: true });
      await collection.createIndex({ "m.a": 1 }, { sparse: true });
      await collection.insertOne({ _id: "x", l: [{ a: 0, b: 0 }, {}], m: [{}, { a: 0 }] });
      expect(await collection.countDocuments({ "l.a": null, "l.b": { $lte: 0 } })).toBe(1);
      expect(await collection.countDocuments({ "m.a": { $exists: true, $in: [null] } })).toBe(1);
      expect(await collection.countDocuments({ "m.a": { $gte: 0, $in: [null, 7] } })).toBe(1);
    });

    it("holds long text, and tells two apart that differ at their end", async () => {
      const collection = subject.fresh();
      await collection.createIndex({ text: 1 });
      const long = "ä".repeat(900);
      await collection.insertMany([
        { _id: "b", text: `${long}2` },
        { _id: "a", text: `${long}1` },
        { _id: "c", text: "ä" },
      ]);
      expect(ids(await collection.find({ text: `${long}2` }).toArray())).toEqual(["b"]);
      expect(ids(await collection.find({ text: { $gt: `${long}1` } }).toArray())).toEqual(["b"]);
      expect(ids(await collection.find({}, { sort: { text: 1 } }).toArray())).toEqual(["c", "a", "b"]);
    });

    it("that is sparse or partial does not hide documents outside it", async () => {
      const collection = subject.fresh();
      await collection.createIndex({ parent: 1 }, { sparse: true });
      await collection.createIndex({ state: 1 }, { partial: { open: true } });
      await collection.insertMany([
        { _id: "a", parent: "p", state: "q", open: true },
        { _id: "b", state: "q", open: false },
      ]);
      expect(ids(await collection.find({ parent: null }).toArray())).toEqual(["b"]);
      expect(ids(await collection.find({}, { sort: { parent: 1 } }).toArray())).toEqual(["b", "a"]);
      expect(await collection.countDocuments({ state: "q" })).toBe(2);
      expect(await collection.countDocuments({ state: "q", open: true })).toBe(1);
      expect(await collection.countDocuments({ state: "q", open: false })).toBe(1);
      expect(await collection.countDocuments({ state: "q", open: { $in: [true, false] } })).toBe(2);
      await collection.updateOne({ _id: "b" }, { $set: { open: true } });
      expect(await collection.countDocuments({ state: "q", open: true })).toBe(2);
    });
  });
}
