import { describe, expect, it } from "@jest/globals";
import { expectCode, type Subject } from "./subject.ts";

export function describeValues(subject: Subject): void {
  describe("values", () => {
    it("survive the round trip", async () => {
      const collection = subject.fresh();
      const document = {
        _id: "a",
        text: "ä€𝄞\u0000z",
        whole: 42,
        negative: -7,
        large: Number.MAX_SAFE_INTEGER,
        larger: 2 ** 45 + 1,
        fraction: 0.1,
        truth: true,
        nothing: null,
        date: new Date(1_795_000_000_123),
        early: new Date(-5),
        nested: { list: [1, [2, { deep: "x" }], null], empty: {}, none: [] },
      };
      await collection.insertOne(document);
      expect(await collection.findOne({ _id: "a" })).toEqual(document);
    });

    it("give binary back as Uint8Array", async () => {
      const collection = subject.fresh();
      await collection.insertOne({
        _id: "a",
        plain: new Uint8Array([0, 1, 255]),
        buffer: Buffer.from("abc"),
        inList: [Buffer.of(7)],
      });
      const found = (await collection.findOne({ _id: "a" }))!;
      expect(found["plain"]).toBeInstanceOf(Uint8Array);
      expect([...(found["plain"] as Uint8Array)]).toEqual([0, 1, 255]);
      expect(Buffer.from(found["buffer"] as Uint8Array).toString()).toBe("abc");
      expect((found["inList"] as Uint8Array[])[0]).toBeInstanceOf(Uint8Array);
    });

    it("lose keys without value, and keep the order of the others", async () => {
      const collection = subject.fresh();
      await collection.insertOne({
        _id: "a",
        z: 1,
        gone: undefined,
        a: { y: 1, gone: undefined, b: 2 },
        list: [undefined, 1],
      });
      const found = await collection.findOne({ _id: "a" });
      expect(JSON.stringify(found)).toBe('{"_id":"a","z":1,"a":{"y":1,"b":2},"list":[null,1]}');
    });

    it("are those of the moment of the call", async () => {
      const collection = subject.fresh();
      const document = { _id: "a", list: [1] };
      const change = { $set: { other: { n: 1 } } };
      const inserted = collection.insertOne(document);
      document.list.push(2);
      await inserted;
      const updated = collection.gathered.updateById("a", change);
      change.$set.other.n = 2;
      await updated;
      expect(await collection.findOne({ _id: "a" })).toEqual({ _id: "a", list: [1], other: { n: 1 } });
    });

    it("given to one caller are not those of another", async () => {
      const collection = subject.fresh();
      await collection.insertOne({ _id: "a", list: [1] });
      const [one, other] = await Promise.all([collection.gathered.findByKey("a"), collection.gathered.findByKey("a")]);
      (one!["list"] as number[]).push(2);
      expect(other).toEqual({ _id: "a", list: [1] });
    });

    it("that cannot be stored are refused", async () => {
      const collection = subject.fresh();
      await expect((async () => collection.insertOne({ _id: "a", f: () => 1 }))()).rejects.toThrow(/cannot be stored/);
      expect(await collection.findOne({ _id: "a" })).toBeUndefined();
    });

    it("hold a document of a megabyte", async () => {
      const collection = subject.fresh();
      const text = "x".repeat(1_000_000);
      await collection.insertOne({ _id: "a", text });
      expect((await collection.findOne({ _id: "a" }))?.["text"]).toBe(text);
    });

    it("are refused in a filter when they are undefined, which would match too much", async () => {
      const collection = subject.fresh();
      await collection.insertOne({ _id: "a" });
      await expectCode((async () => collection.deleteMany({ deviceId: undefined }))(), "internal");
      await expectCode((async () => collection.findOne({ deviceId: undefined }))(), "internal");
      expect(await collection.countDocuments({})).toBe(1);
    });
  });
}
