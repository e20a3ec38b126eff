import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { openEmbedded } from "../../../../../platform/store/embedded/store.ts";
import type { Collection, Document } from "../../../../../platform/store/port.ts";

interface Counted extends Document {
  n?: number;
  tags?: string[];
  sub?: { text?: string };
  big?: string;
}

describe("updates by id among other writes", () => {
  const directory = mkdtempSync(join(tmpdir(), "steward-update-fields-"));
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
      fc.record({ by: fc.constant("unset" as const), n: fc.nat(5) }),
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
          } else if (by === "unset") {
            await gathered.updateById(_id, { $unset: { big: true, "sub.text": true } });
            const { big: _big, ...rest } = model;
            model = { ...rest, sub: {} };
          } else {
            const refused = gathered.updateById(_id, { $set: { n: n + 100 }, $inc: { tags: 1 } });
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
