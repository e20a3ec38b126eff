import { beforeAll, describe, expect, it } from "@jest/globals";
import type { Collection, Filter } from "../../../platform/store/port.ts";
import { type Anything, ids, type Subject } from "./subject.ts";

const at = (n: number): Date => new Date(1_790_000_000_000 + n);

const documents: Anything[] = [
  { _id: "1", n: 1, s: "one", d: at(1), b: true, o: { p: 1, q: "x" }, list: [1, 2, 3], bin: Buffer.from("aa") },
  {
    _id: "2",
    n: 2,
    s: "two",
    d: at(2),
    b: false,
    o: { p: 2, q: "y" },
    list: [3, 4],
    docs: [
      { k: "a", v: 1 },
      { k: "b", v: 9 },
    ],
  },
  { _id: "3", n: 3, s: "Three", d: at(3), o: { p: 3 }, list: [], docs: [{ k: "a", v: 9 }] },
  { _id: "4", n: null, s: "four", o: null, docs: [] },
  { _id: "5", s: "5", n: "5", list: "3" },
];

const cases: [string, Filter, string[]][] = [
  ["everything with an empty filter", {}, ["1", "2", "3", "4", "5"]],
  ["a value", { n: 2 }, ["2"]],
  ["a value of its type only", { n: "5" }, ["5"]],
  ["a date", { d: at(2) }, ["2"]],
  ["a boolean", { b: false }, ["2"]],
  ["binary", { bin: Buffer.from("aa") }, ["1"]],
  ["null and missing fields with null", { b: null }, ["3", "4", "5"]],
  ["a nested field", { "o.p": 3 }, ["3"]],
  ["a whole document, keys in order", { o: { p: 1, q: "x" } }, ["1"]],
  ["no document with other keys", { o: { p: 1 } }, []],
  ["an element of an array", { list: 3 }, ["1", "2"]],
  ["a whole array", { list: [3, 4] }, ["2"]],
  ["an empty array", { list: [] }, ["3"]],
  ["a field of documents in an array", { "docs.k": "b" }, ["2"]],
  ["an element by its position", { "docs.1.v": 9 }, ["2"]],
  ["$eq", { s: { $eq: "two" } }, ["2"]],
  ["$ne, with missing fields", { b: { $ne: true } }, ["2", "3", "4", "5"]],
  ["$ne against an array", { list: { $ne: 3 } }, ["3", "4", "5"]],
  ["$gt", { n: { $gt: 1 } }, ["2", "3"]],
  ["$gte and $lt together", { n: { $gte: 1, $lt: 3 } }, ["1", "2"]],
  ["$lte", { n: { $lte: 2 } }, ["1", "2"]],
  ["$gt of text", { s: { $gt: "one" } }, ["2"]],
  ["$gt of dates", { d: { $gt: at(1) } }, ["2", "3"]],
  ["$gt against an array: any element", { list: { $gt: 3 } }, ["2"]],
  ["$gt and $lt against an array: different elements may meet them", { list: { $gt: 2, $lt: 2 } }, ["1"]],
  ["$in", { s: { $in: ["two", "5", "nope"] } }, ["2", "5"]],
  ["$in with null", { b: { $in: [true, null] } }, ["1", "3", "4", "5"]],
  ["$in with nothing", { s: { $in: [] } }, []],
  ["$nin", { s: { $nin: ["two", "5"] } }, ["1", "3", "4"]],
  ["$exists", { n: { $exists: true } }, ["1", "2", "3", "4", "5"]],
  ["$exists of a nested field", { "o.q": { $exists: true } }, ["1", "2"]],
  ["$exists: false", { docs: { $exists: false } }, ["1", "5"]],
  ["$regex", { s: { $regex: /^t/ } }, ["2"]],
  ["$regex without case", { s: { $regex: /^t/i } }, ["2", "3"]],
  ["$not", { n: { $not: { $gt: 1 } } }, ["1", "4", "5"]],
  ["$not $regex", { s: { $not: { $regex: /o/ } } }, ["3", "5"]],
  ["$elemMatch: one element meets all", { docs: { $elemMatch: { k: "a", v: 9 } } }, ["3"]],
  ["$elemMatch with operators on values", { list: { $elemMatch: { $gt: 1, $lt: 3 } } }, ["1"]],
  ["$elemMatch with operators on fields", { docs: { $elemMatch: { v: { $gt: 5 }, k: "b" } } }, ["2"]],
  ["$and", { $and: [{ n: { $gt: 1 } }, { s: "two" }] }, ["2"]],
  ["$or", { $or: [{ n: 1 }, { s: "5" }] }, ["1", "5"]],
  ["$nor", { $nor: [{ n: 1 }, { s: "5" }] }, ["2", "3", "4"]],
  ["$or beside a field", { list: 3, $or: [{ n: 1 }, { b: true }] }, ["1"]],
  ["$and of $or", { $and: [{ $or: [{ n: 1 }, { n: 2 }] }, { $or: [{ b: false }, { n: 3 }] }] }, ["2"]],
];

export function describeFilters(subject: Subject): void {
  describe.each([false, true])("a filter (indexes: %s)", (indexed) => {
    let collection: Collection<Anything>;
    beforeAll(async () => {
      collection = subject.fresh();
      if (indexed)
        for (const field of ["n", "s", "d", "b", "o.p", "list", "docs.k"]) await collection.createIndex({ [field]: 1 });
      await collection.insertMany(documents);
      if (indexed) await collection.createIndex({ b: -1, n: 1 });
    });

    it.each(cases)("matches %s", async (_, filter, expected) => {
      expect(ids(await collection.find(filter, { sort: { _id: 1 } }).toArray())).toEqual(expected);
      expect(await collection.countDocuments(filter)).toBe(expected.length);
    });
  });
}
