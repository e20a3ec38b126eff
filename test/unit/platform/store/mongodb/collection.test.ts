import { describe, expect, it } from "@jest/globals";
import { type Collection, MongoServerError } from "mongodb";
import { MongoCollection } from "../../../../../platform/store/mongodb/collection.ts";
import type { Document } from "../../../../../platform/store/port.ts";

const deadlock = (): MongoServerError => new MongoServerError({ message: "deadlock detected", code: 1 });

/** Of the driver's collection `createIndex`, which fails so many times first. */
function failing(times: number) {
  const calls: unknown[] = [];
  const createIndex = (keys: unknown): Promise<string> => {
    calls.push(keys);
    return calls.length <= times ? Promise.reject(deadlock()) : Promise.resolve("n_1");
  };
  return { calls, driver: { createIndex } as unknown as Collection<Document> };
}

describe("an index on MongoDB", () => {
  it("that the server undid, because another process makes it too, is made again", async () => {
    const { calls, driver } = failing(2);
    await new MongoCollection("devices", () => driver).createIndex({ n: 1 });
    expect(calls).toEqual([{ n: 1 }, { n: 1 }, { n: 1 }]);
  });

  it("that is undone again and again rejects in the end", async () => {
    const { driver } = failing(100);
    const making = new MongoCollection("devices", () => driver).createIndex({ n: 1 });
    await expect(making).rejects.toMatchObject({ code: "engine.unavailable" });
  });
});
