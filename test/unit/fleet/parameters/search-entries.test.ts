import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  afterPrefix,
  entriesOf,
  entryPrefix,
  printSearchValues,
  readSearchValues,
  sortableNumber,
} from "../../../../fleet/parameters/search-entries.ts";

describe("the entries of searchable values", () => {
  it("order numbers as numbers", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), fc.double({ noNaN: true }), (a, b) => {
        const [x, y] = [sortableNumber(a), sortableNumber(b)];
        expect(Math.sign(x < y ? -1 : x > y ? 1 : 0)).toBe(a < b ? -1 : a > b ? 1 : 0);
      }),
    );
  });

  it("say each value exactly, without case and, if it is a number or a date, in order", () => {
    const entries = entriesOf(
      new Map([
        ["D.S.1.Name", { type: "string" as const, value: "Guest" }],
        ["D.S.2.Name", { value: "7" }],
      ]),
    );
    const name = (form: "=" | "~" | "#") => entryPrefix("D.S.{i}.Name", form);
    expect(entries).toEqual([
      `${name("#")}${sortableNumber(7)}`,
      `${name("=")}7`,
      `${name("=")}Guest`,
      `${name("~")}7`,
      `${name("~")}guest`,
    ]);
    const date = entriesOf(new Map([["D.T", { type: "dateTime" as const, value: "2026-11-22T00:00:00Z" }]]));
    expect(date).toContain(entryPrefix("D.T", "#") + sortableNumber(Date.UTC(2026, 10, 22)));
  });

  it("survive being stored", () => {
    const values = new Map([
      ["D.A", { type: "int" as const, value: "-1" }],
      ["D.__proto__", { value: 'q"' }],
    ]);
    expect(readSearchValues(printSearchValues(values))).toEqual(values);
    expect(readSearchValues(undefined)).toEqual(new Map());
  });

  it("end before what comes after their prefix", () => {
    expect("D.A\t=zzz" < afterPrefix("D.A\t=")).toBe(true);
    expect("D.A\t~" < afterPrefix("D.A\t=")).toBe(false);
  });
});
