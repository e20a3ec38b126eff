import { beforeAll, describe, expect, it } from "@jest/globals";
import { hours, minutes } from "../../../kernel/time.ts";
import type { Collection } from "../../../platform/store/port.ts";
import { type Anything, ids, type Subject } from "./subject.ts";

export function describeExpiry(subject: Subject): void {
  describe("an index with expireAfter", () => {
    let due: Collection<Anything>;
    let aged: Collection<Anything>;
    beforeAll(async () => {
      due = subject.fresh();
      aged = subject.fresh();
      await due.createIndex({ at: 1 }, { expireAfter: 0 });
      await aged.createIndex({ at: 1 }, { expireAfter: hours(1) });
      const past = new Date(Date.now() - minutes(30));
      await due.insertMany([
        ...Array.from({ length: 700 }, (_, n) => ({ _id: `gone${n}`, at: past })),
        { _id: "later", at: new Date(Date.now() + hours(1)) },
        { _id: "text", at: "2020-01-01" },
        { _id: "none" },
      ]);
      await aged.insertMany([
        { _id: "young", at: past },
        { _id: "old", at: new Date(Date.now() - hours(2)) },
      ]);
    });

    // A MongoDB-wire server looks once a minute.
    it("removes what is over and nothing else", async () => {
      await subject.fixture.expire(
        async () => (await due.countDocuments({})) === 3 && (await aged.findOne({ _id: "old" })) === undefined,
      );
      expect(ids(await due.find({}, { sort: { _id: 1 } }).toArray())).toEqual(["later", "none", "text"]);
      expect(ids(await aged.find({}).toArray())).toEqual(["young"]);
    }, 180_000);
  });
}
