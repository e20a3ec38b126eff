import { describe, expect, it } from "@jest/globals";
import type { Collection, Document } from "../../../platform/store/port.ts";
import type { Subject } from "./subject.ts";

export function describeConcurrency(subject: Subject): void {
  describe("concurrent writers", () => {
    it("lose no increment", async () => {
      const collection = subject.fresh();
      await collection.insertOne({ _id: "a", n: 0 });
      await Promise.all(Array.from({ length: 60 }, () => collection.updateOne({ _id: "a" }, { $inc: { n: 1 } })));
      expect(await collection.findOne({ _id: "a" })).toEqual({ _id: "a", n: 60 });
    });

    it("that upsert one key make one document and all count", async () => {
      const collection = subject.fresh();
      await Promise.all(
        Array.from({ length: 20 }, () => collection.updateOne({ _id: "a" }, { $inc: { n: 1 } }, { upsert: true })),
      );
      expect(await collection.find({}).toArray()).toEqual([{ _id: "a", n: 20 }]);
    });

    it("that find and upsert one unique key make one document and all count", async () => {
      const collection = subject.fresh();
      await collection.createIndex({ key: 1 }, { unique: true });
      await Promise.all(
        Array.from({ length: 20 }, () =>
          collection.findOneAndUpdate({ key: "k" }, { $inc: { n: 1 } }, { upsert: true }),
        ),
      );
      expect(await collection.find({}, { projection: { _id: 0 } }).toArray()).toEqual([{ key: "k", n: 20 }]);
    });

    it.each<[string, (collection: Collection<Document>, _id: string) => Promise<unknown>]>([
      ["deleteOne", async (collection, _id) => expect(await collection.deleteOne({ _id, state: "done" })).toBe(1)],
      ["bulkWrite", (collection, _id) => collection.bulkWrite([{ deleteOne: { filter: { _id, state: "done" } } }])],
      ["deleteById", (collection, _id) => collection.gathered.deleteById(_id)],
    ])("do not make a %s miss", async (_name, remove) => {
      const collection = subject.fresh();
      for (let n = 0; n < 60; n++) {
        const _id = `d${n}`;
        await collection.insertOne({ _id, state: "done" });
        const updates = [1, 2, 3].map((seen) => collection.updateOne({ _id }, { $inc: { seen } }));
        await new Promise((resolve) => setTimeout(resolve, n % 3));
        await remove(collection, _id);
        await Promise.all(updates);
      }
      expect(await collection.find({}).toArray()).toEqual([]);
    });

    it("that take from one list take each item once", async () => {
      const collection = subject.fresh();
      await collection.insertMany(Array.from({ length: 15 }, (_, n) => ({ _id: `j${n}`, n, state: "ready" })));
      const taken = await Promise.all(
        Array.from({ length: 20 }, (_, worker) =>
          collection.findOneAndUpdate(
            { state: "ready" },
            { $set: { state: "taken", worker } },
            { sort: { n: 1 }, returnDocument: "after" },
          ),
        ),
      );
      const got = taken.filter((job) => job !== undefined);
      expect(new Set(got.map(({ _id }) => _id)).size).toBe(got.length);
      expect(await collection.countDocuments({ state: "taken" })).toBe(got.length);
    });
  });
}
