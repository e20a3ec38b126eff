import { describe, expect, it } from "@jest/globals";
import type { GatheredQuery } from "../../../platform/store/port.ts";
import { ids, type Subject } from "./subject.ts";

const outcome = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    (value) => value ?? "ok",
    (error: { code: string }) => error.code,
  );

export function describeGathered(subject: Subject): void {
  describe("gathered", () => {
    it("reads many by _id or by another unique field, each its own", async () => {
      const collection = subject.fresh();
      await collection.createIndex({ "endpoints.key": 1 }, { unique: true });
      await collection.insertMany(
        Array.from({ length: 40 }, (_, n) => ({ _id: `d${n}`, endpoints: [{ key: `k${n}` }, { key: `z${n}` }] })),
      );
      const wanted = Array.from({ length: 60 }, (_, n) => n);
      const byId = await Promise.all(wanted.map((n) => collection.gathered.findByKey(`d${n}`)));
      const byKey = await Promise.all(
        wanted.map((n) => collection.gathered.findByKey(`${n % 2 ? "k" : "z"}${n}`, "endpoints.key")),
      );
      expect(byId.map((document) => document?._id)).toEqual(wanted.map((n) => (n < 40 ? `d${n}` : undefined)));
      expect(byKey.map((document) => document?._id)).toEqual(wanted.map((n) => (n < 40 ? `d${n}` : undefined)));
    });

    it("reads all of a key that match, in order, up to a limit, in shape", async () => {
      const collection = subject.fresh();
      await collection.createIndex({ deviceId: 1 });
      await collection.insertMany(
        Array.from({ length: 30 }, (_, n) => ({
          _id: `o${String(n).padStart(2, "0")}`,
          deviceId: `d${n % 3}`,
          n,
          open: n % 2 === 0,
          secret: 1,
        })),
      );
      const query: GatheredQuery = { where: { open: true }, sort: { n: -1 }, limitEach: 2, projection: { n: 1 } };
      const [zero, one, none, again] = await Promise.all(
        ["d0", "d1", "d9", "d0"].map((id) => collection.gathered.findAllByKey(id, "deviceId", query)),
      );
      expect(zero).toEqual([
        { _id: "o24", n: 24 },
        { _id: "o18", n: 18 },
      ]);
      expect(one).toEqual([
        { _id: "o28", n: 28 },
        { _id: "o22", n: 22 },
      ]);
      expect(none).toEqual([]);
      expect(again).toEqual(zero);
      const hidden: GatheredQuery = { projection: { secret: 0, deviceId: 0 }, sort: { _id: 1 }, limitEach: 1 };
      expect(await collection.gathered.findAllByKey("d1", "deviceId", hidden)).toEqual([
        { _id: "o01", n: 1, open: false },
      ]);
    });

    it("keeps the order of the writes to one document", async () => {
      const collection = subject.fresh();
      const { gathered } = collection;
      const writes: Promise<unknown>[] = [gathered.insertOne({ _id: "a", log: [] })];
      for (let n = 0; n < 25; n++) writes.push(gathered.updateById("a", { $push: { log: n }, $set: { last: n } }));
      await Promise.all(writes);
      expect(await collection.findOne({ _id: "a" })).toEqual({
        _id: "a",
        log: Array.from({ length: 25 }, (_, n) => n),
        last: 24,
      });
      await Promise.all([gathered.deleteById("a"), gathered.insertOne({ _id: "a", again: true })]);
      expect(await collection.findOne({ _id: "a" })).toEqual({ _id: "a", again: true });
    });

    it("tells each update exactly whether its document met the guard", async () => {
      const collection = subject.fresh();
      const size = 120;
      await collection.insertMany(
        Array.from({ length: size }, (_, n) => ({ _id: `d${n}`, state: n % 3 === 0 ? "free" : "held", n: 0 })),
      );
      const taken = await Promise.all(
        Array.from({ length: size + 10 }, (_, n) =>
          collection.gathered.updateById(`d${n}`, { $inc: { n: 1 } }, { state: "free" }),
        ),
      );
      expect(taken).toEqual(Array.from({ length: size + 10 }, (_, n) => n < size && n % 3 === 0));
      expect(await collection.countDocuments({ n: 1 })).toBe(size / 3);
      expect(await collection.countDocuments({ n: 0 })).toBe((2 * size) / 3);
      expect(await collection.countDocuments({})).toBe(size);
    });

    it("answers false, and not with an error, where only an update of a met guard would make sense", async () => {
      const collection = subject.fresh();
      await collection.insertOne({ _id: "a", n: 5, text: "x", list: [1] });
      const { gathered } = collection;
      const outcomes = await Promise.all([
        gathered.updateById("a", { $inc: { n: 1 } }, { n: null }),
        gathered.updateById("b", { $inc: { n: 1 } }, { n: null }),
        gathered.updateById("a", { $push: { list: 2 } }, { list: "y" }),
        gathered.updateById("a", { $inc: { text: 1 } }, { text: "y" }),
        gathered.updateById("a", { $set: { "o.p": 1 } }, { o: "y" }),
        gathered.updateById("a", { $set: { n: 1 } }, { $and: [{ n: 1 }, { n: 2 }] }),
        gathered.updateById("a", { $set: { n: 1 } }, { o: { p: 1 }, "o.p": 1 }),
        gathered.updateById("a", { $set: { n: 6 } }, { $or: [{ n: 5 }, { n: 7 }], list: { $elemMatch: { $gt: 0 } } }),
      ]);
      expect(outcomes).toEqual([false, false, false, false, false, false, false, true]);
      expect(await collection.find({}).toArray()).toEqual([{ _id: "a", n: 6, text: "x", list: [1] }]);
    });

    it("tells an update without a guard whether there was such a document, and makes none", async () => {
      const collection = subject.fresh();
      await collection.insertOne({ _id: "a" });
      expect(
        await Promise.all([
          collection.gathered.updateById("a", { $set: { n: 1 } }),
          collection.gathered.updateById("b", { $set: { n: 1 } }),
        ]),
      ).toEqual([true, false]);
      expect(await collection.gathered.updateById("a", { $set: { n: 1 } })).toBe(true);
      expect(await collection.gathered.updateById("a", {})).toBe(true);
      expect(ids(await collection.find({}).toArray())).toEqual(["a"]);
    });

    it("lets one of many rivals win a guarded update", async () => {
      const collection = subject.fresh();
      await collection.insertOne({ _id: "lease" });
      const wins = await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          collection.gathered.updateById("lease", { $set: { holder: n } }, { holder: { $exists: false } }),
        ),
      );
      expect(wins.filter(Boolean)).toHaveLength(1);
      expect((await collection.findOne({ _id: "lease" }))?.["holder"]).toBe(wins.indexOf(true));
    });

    it("keeps a failing write from failing the others", async () => {
      const collection = subject.fresh();
      const { gathered } = collection;
      await collection.createIndex({ k: 1 }, { unique: true, sparse: true });
      await collection.insertMany([{ _id: "a", k: 1 }, { _id: "b", text: "x" }, { _id: "c" }]);
      const outcomes = await Promise.all(
        [
          gathered.insertOne({ _id: "n1", k: 5 }),
          gathered.insertOne({ _id: "a" }),
          gathered.insertOne({ _id: "n2", k: 1 }),
          gathered.updateById("b", { $inc: { text: 1 } }),
          gathered.updateById("c", { $set: { ok: true } }),
          gathered.updateById("zz", { $set: { ok: true } }),
          gathered.insertOne({ _id: "n3", k: 6 }),
        ].map(outcome),
      );
      expect(outcomes).toEqual(["ok", "engine.duplicateKey", "engine.duplicateKey", "internal", true, false, "ok"]);
      expect(ids(await collection.find({}, { sort: { _id: 1 } }).toArray())).toEqual(["a", "b", "c", "n1", "n3"]);
    });

    it("keeps a document too large for the engine from failing the others", async () => {
      const collection = subject.fresh();
      const huge = { _id: "huge", text: "x".repeat(17 * 1024 * 1024) };
      const outcomes = await Promise.all(
        [collection.gathered.insertOne({ _id: "a" }), collection.gathered.insertOne(huge)].map(outcome),
      );
      expect(outcomes[0]).toBe("ok");
      expect(outcomes[1]).toBe(subject.fixture.store.engine === "mongodb" ? "internal" : "ok");
      expect(await collection.findOne({ _id: "a" })).toEqual({ _id: "a" });
    });

    it("sees its own writes", async () => {
      const { gathered } = subject.fresh();
      for (let n = 0; n < 20; n++) {
        await gathered.insertOne({ _id: `a${n}`, n: 0 });
        expect(await gathered.updateById(`a${n}`, { $inc: { n: 1 } }, { n: 0 })).toBe(true);
        expect(await gathered.findByKey(`a${n}`)).toEqual({ _id: `a${n}`, n: 1 });
      }
    });
  });
}
