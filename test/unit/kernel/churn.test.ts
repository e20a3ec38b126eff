import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { Bag, Recent, Table } from "../../../kernel/churn.ts";

describe("a bag", () => {
  it("holds what a Set holds, whatever comes and goes", () => {
    const step = fc.record({ item: fc.nat(9), come: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const items = Array.from({ length: 10 }, (_, id) => ({ id }));
        const bag = new Bag<{ id: number }>(Symbol("bag"));
        const set = new Set<{ id: number }>();
        for (const { item, come } of steps) {
          const one = items[item]!;
          if (come) {
            bag.add(one);
            set.add(one);
          } else expect(bag.delete(one)).toBe(set.delete(one));
          expect(bag.size).toBe(set.size);
          for (const each of items) expect(bag.has(each)).toBe(set.has(each));
        }
        expect(new Set(bag)).toEqual(set);
      }),
    );
  });

  it("may lose members while it is walked through", () => {
    const bag = new Bag<{ id: number }>(Symbol("bag"));
    for (let id = 0; id < 5; id++) bag.add({ id });
    const seen: number[] = [];
    for (const item of bag) {
      seen.push(item.id);
      bag.delete(item);
    }
    expect(seen.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4]);
    expect(bag.size).toBe(0);
  });

  it("shares an item with a bag of another place", () => {
    const [one, other] = [new Bag<object>(Symbol("one")), new Bag<object>(Symbol("other"))];
    const item = {};
    one.add(item);
    other.add(item);
    one.delete(item);
    expect([one.has(item), other.has(item)]).toEqual([false, true]);
  });
});

describe("a table", () => {
  it("holds what a Map holds, also under names that objects have", () => {
    const step = fc.record({
      key: fc.oneof(fc.constantFrom("a", "b", "7", "__proto__", "constructor", ""), fc.nat(60).map(String)),
      value: fc.option(fc.nat()),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200, size: "max" }), (steps) => {
        const table = new Table<number>();
        const map = new Map<string, number>();
        for (const { key, value } of steps) {
          if (value === null) expect(table.delete(key)).toBe(map.delete(key));
          else {
            table.set(key, value);
            map.set(key, value);
          }
          expect([table.get(key), table.has(key), table.size]).toEqual([map.get(key), map.has(key), map.size]);
        }
        expect(table.values().toSorted((a, b) => a - b)).toEqual([...map.values()].toSorted((a, b) => a - b));
      }),
    );
  });
});

describe("what was set last", () => {
  it("stays for so many others, and not for ever", () => {
    const recent = new Recent<number>(100);
    const others = (from: number, count: number): void => {
      for (let n = from; n < from + count; n++) recent.set(`${n}`, n);
    };
    recent.set("kept", 1);
    others(0, 99);
    expect(recent.get("kept")).toBe(1);
    recent.set("kept", 2);
    others(99, 100);
    expect(recent.get("kept")).toBe(2);
    others(199, 200);
    expect(recent.get("kept")).toBeUndefined();
    expect(recent.get("398")).toBe(398);
  });

  it("is gone once deleted or taken, however often it was set", () => {
    const recent = new Recent<number>(2);
    for (const value of [1, 2]) {
      recent.set("a", value);
      recent.set("b", value);
    }
    recent.delete("a");
    expect(recent.get("a")).toBeUndefined();
    expect(recent.take("b")).toBe(2);
    expect(recent.take("b")).toBeUndefined();
  });
});
