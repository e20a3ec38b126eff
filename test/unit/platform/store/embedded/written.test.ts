import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { openEmbedded } from "../../../../../platform/store/embedded/store.ts";
import { Written } from "../../../../../platform/store/embedded/written.ts";
import type { Collection, Document } from "../../../../../platform/store/port.ts";

interface Counted extends Document {
  n?: number;
  tags?: string[];
  sub?: { text: string };
  big?: string;
}

describe("what was written last", () => {
  const bytes = (text: string) => Buffer.from(text);
  const document = (n: number) => ({ _id: "d", n });

  it("is found by its very bytes only", () => {
    const written = new Written();
    const kept = document(1);
    written.keep("d", bytes("one"), kept);
    expect(written.find("d", bytes("one"))).toBe(kept);
    expect(written.find("d", bytes("two"))).toBeUndefined();
    expect(written.find("e", bytes("one"))).toBeUndefined();
    written.forget("d");
    expect(written.find("d", bytes("one"))).toBeUndefined();
  });

  it("stays for a thousand others, and not for ever", () => {
    const written = new Written();
    const others = (from: number, count: number): void => {
      for (let n = from; n < from + count; n++) written.keep(`${n}`, bytes(`${n}`), document(n));
    };
    written.keep("d", bytes("one"), document(1));
    others(0, 1_000);
    expect(written.find("d", bytes("one"))).toBeDefined();
    others(1_000, 2_000);
    expect(written.find("d", bytes("one"))).toBeUndefined();
    expect(written.find("2999", bytes("2999"))).toBeDefined();
  });

  it("is not kept when it is large", () => {
    const written = new Written();
    const large = Buffer.alloc(10_000);
    written.keep("d", large, document(1));
    expect(written.find("d", large)).toBeUndefined();
  });
});

describe("updates by id among other writes", () => {
  const directory = mkdtempSync(join(tmpdir(), "steward-written-"));
  const store = openEmbedded(directory);
  let collection: Collection<Counted>;
  beforeAll(async () => {
    await store.start();
    collection = store.collection<Counted>("counted");
    await collection.createIndex({ n: 1 });
  });
  afterAll(async () => {
    await store.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  it("change what is stored, whoever wrote it last", async () => {
    const write = fc.oneof(
      fc.record({ by: fc.constant("id" as const), n: fc.nat(5) }),
      fc.record({ by: fc.constant("guard" as const), n: fc.nat(5) }),
      fc.record({ by: fc.constant("push" as const), n: fc.nat(5) }),
      fc.record({ by: fc.constant("other" as const), n: fc.nat(5) }),
      fc.record({ by: fc.constant("replace" as const), n: fc.nat(5) }),
      fc.record({ by: fc.constant("big" as const), n: fc.nat(5) }),
      fc.record({ by: fc.constant("refused" as const), n: fc.nat(5) }),
    );
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(write, { maxLength: 15 }), async (writes) => {
        const _id = `d${run++}`;
        let model: Counted = { _id, n: 0, tags: [], sub: { text: "" } };
        const { gathered } = collection;
        await gathered.insertOne(structuredClone(model));
        for (const { by, n } of writes) {
          if (by === "id") {
            await gathered.updateById(_id, { $set: { n, "sub.text": `t${n}` } });
            model = { ...model, n, sub: { text: `t${n}` } };
          } else if (by === "guard") {
            expect(await gathered.updateById(_id, { $inc: { n: 1 } }, { n })).toBe(model.n === n);
            if (model.n === n) model = { ...model, n: n + 1 };
          } else if (by === "push") {
            await gathered.updateById(_id, { $push: { tags: `${n}` } });
            model = { ...model, tags: [...model.tags!, `${n}`] };
          } else if (by === "other") {
            await collection.updateOne({ _id }, { $set: { n: n + 10 } });
            model = { ...model, n: n + 10 };
          } else if (by === "replace") {
            model = { _id, n, tags: [`r${n}`], sub: { text: "" } };
            await collection.replaceOne({ _id }, structuredClone(model));
          } else if (by === "big") {
            const big = "x".repeat(n * 3_000);
            await gathered.updateById(_id, { $set: { big } });
            model = { ...model, big };
          } else {
            const refused = gathered.updateById(_id, { $set: { n: n + 100 }, $inc: { "sub.text": 1 } });
            await expect(refused).rejects.toMatchObject({ code: "internal" });
          }
          expect(await gathered.findByKey(_id)).toEqual(model);
        }
        expect(await collection.find({ n: model.n! }).toArray()).toContainEqual(model);
      }),
      { numRuns: 40 },
    );
  });
});
