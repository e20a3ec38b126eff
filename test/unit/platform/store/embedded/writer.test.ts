import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type Environment, openEnvironment } from "../../../../../platform/store/embedded/environment.ts";
import { Writer } from "../../../../../platform/store/embedded/writer.ts";

const key = (name: string): Buffer => Buffer.from(name);
const code = (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: { code: string }) => error.code);

describe("the writer", () => {
  let directory: string;
  let environment: Environment;
  let transactions: number;
  let begin: () => void;
  let failed: number;

  const open = (over: { maxBatch?: number; maxWaiting?: number } = {}): Writer =>
    new Writer(environment, {
      commitDelay: 1,
      maxBatch: 100,
      maxWaiting: 1_000,
      begin: () => {
        transactions++;
        begin();
      },
      failed: () => failed++,
      ...over,
    });

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "steward-writer-"));
    environment = openEnvironment(directory);
    transactions = 0;
    failed = 0;
    begin = () => undefined;
  });
  afterEach(async () => {
    await environment.close();
    await rm(directory, { recursive: true });
  });

  it("commits the writes of many callers at once, in their order, and gives each its result", async () => {
    const writer = open();
    const order: number[] = [];
    const results = await Promise.all(
      Array.from({ length: 80 }, (_, n) =>
        writer.write(() => {
          order.push(n);
          void environment.put(key(`k${n}`), n);
          return n * 2;
        }),
      ),
    );
    expect(results).toEqual(Array.from({ length: 80 }, (_, n) => n * 2));
    expect(order).toEqual(Array.from({ length: 80 }, (_, n) => n));
    expect(transactions).toBe(1);
    expect(environment.get(key("k79"))).toBe(79);
  });

  it("splits more than a batch", async () => {
    const writer = open({ maxBatch: 10 });
    await Promise.all(Array.from({ length: 35 }, (_, n) => writer.write(() => n)));
    expect(transactions).toBe(4);
  });

  it("lets a write that throws fail alone", async () => {
    const writer = open();
    const fails = writer.write(() => {
      throw new Error("no");
    });
    const works = writer.write(() => void environment.put(key("a"), 1));
    expect(await code(fails)).toBe("engine.unavailable");
    await works;
    expect(environment.get(key("a"))).toBe(1);
  });

  it("fails all of a transaction that cannot begin, and carries on with the next", async () => {
    const writer = open();
    begin = () => {
      throw new Error("broken");
    };
    const outcomes = await Promise.all([1, 2].map((n) => code(writer.write(() => n))));
    expect(outcomes).toEqual(["engine.unavailable", "engine.unavailable"]);
    expect(failed).toBe(1);
    begin = () => undefined;
    expect(await writer.write(() => "fine")).toBe("fine");
  });

  it("refuses more writes than may wait", async () => {
    const writer = open({ maxWaiting: 5 });
    const taken = Array.from({ length: 5 }, (_, n) => writer.write(() => n));
    expect(await code(writer.write(() => 6))).toBe("engine.unavailable");
    expect(await Promise.all(taken)).toEqual([0, 1, 2, 3, 4]);
    expect(await writer.write(() => 7)).toBe(7);
  });

  it("finishes what it took before it closes, and takes nothing afterwards", async () => {
    const writer = open({ maxBatch: 2 });
    const taken = Array.from({ length: 5 }, (_, n) => writer.write(() => n));
    await writer.close();
    expect(await Promise.all(taken)).toEqual([0, 1, 2, 3, 4]);
    expect(await code(writer.write(() => 6))).toBe("engine.unavailable");
  });
});
