import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import fc from "fast-check";
import { find } from "mingo";
import { openEmbedded } from "../../../../../platform/store/embedded/store.ts";
import type { Document, Store } from "../../../../../platform/store/port.ts";
import * as arbitrary from "./arbitraries.ts";

jest.setTimeout(60_000);

let directory: string;
let store: Store;
let collections = 0;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "steward-store-"));
  store = openEmbedded(directory, { commitDelay: 0 });
  await store.start();
});
afterAll(async () => {
  await store.stop();
  await rm(directory, { recursive: true });
});

const scene = fc.record({
  documents: fc.array(arbitrary.document, { minLength: 1, maxLength: 25 }),
  indexes: fc.array(arbitrary.index, { maxLength: 3 }),
  updates: fc.array(fc.tuple(arbitrary.filter, arbitrary.update), { maxLength: 3 }),
  removals: fc.array(arbitrary.filter, { maxLength: 1 }),
  queries: fc.array(
    fc.record({
      filter: arbitrary.filter,
      sort: arbitrary.sort,
      skip: fc.integer({ min: 0, max: 3 }),
      limit: fc.integer({ min: 1, max: 9 }),
    }),
    { minLength: 5, maxLength: 10 },
  ),
});

const crowd = fc.array(arbitrary.index, { minLength: 1, maxLength: 3 }).chain((indexes) =>
  fc.record({
    indexes: fc.constant(indexes),
    documents: fc.array(arbitrary.crowded, { minLength: 15, maxLength: 30 }),
    queries: fc.array(
      fc.constantFrom(...indexes).chain(({ keys }) => arbitrary.targeted(keys)),
      { minLength: 25, maxLength: 25 },
    ),
  }),
);

const identified = (documents: readonly object[]): Document[] =>
  documents.map((document, i) => ({ _id: `d${String(i).padStart(2, "0")}`, ...document }));

describe("the embedded engine", () => {
  it("answers any query as an array of the same documents does, whatever indexes there are", async () => {
    await fc.assert(
      fc.asyncProperty(scene, async ({ documents, indexes, updates, removals, queries }) => {
        const collection = store.collection<Document>(`c${++collections}`);
        const half = Math.floor(indexes.length / 2);
        for (const { keys, options } of indexes.slice(0, half)) await collection.createIndex(keys, options);
        await collection.insertMany(identified(documents));
        for (const { keys, options } of indexes.slice(half)) await collection.createIndex(keys, options);
        for (const [filter, update] of updates) await collection.updateMany(filter, update).catch(() => undefined);
        for (const filter of removals) await collection.deleteMany(filter);
        const rows = await collection.find({}).toArray();
        for (const { filter, sort, skip, limit } of queries) {
          const found = await collection.find(filter, { sort, skip, limit }).toArray();
          const expected = find<Document>(rows, filter, {}, { scriptEnabled: false })
            .sort(sort)
            .skip(skip)
            .limit(limit)
            .all();
          expect(found).toEqual(expected);
          expect(await collection.countDocuments(filter)).toBe(
            find(rows, filter, {}, { scriptEnabled: false }).all().length,
          );
        }
      }),
      { numRuns: 60 },
    );
  });

  it("answers a query that an index serves as it does without the index", async () => {
    await fc.assert(
      fc.asyncProperty(crowd, async ({ indexes, documents, queries }) => {
        const plain = store.collection<Document>(`c${++collections}`);
        const indexed = store.collection<Document>(`c${++collections}`);
        await Promise.all(indexes.map(({ keys, options }) => indexed.createIndex(keys, options)));
        await Promise.all([plain, indexed].map((collection) => collection.insertMany(identified(documents))));
        for (const { filter, sort } of queries) {
          expect(await indexed.find(filter, { sort }).toArray()).toEqual(await plain.find(filter, { sort }).toArray());
        }
      }),
      { numRuns: 120 },
    );
  });
});
