import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { seconds } from "../../../kernel/time.ts";
import type { Queue, QueueEngine } from "../../../platform/queue/port.ts";
import { describeQueueDurability } from "./durability.ts";
import { gate, Runs } from "./runs.ts";

/** One place where an engine keeps its data; `open` may be called again, also while another is open. */
export interface QueueFixture {
  open(): Promise<QueueEngine>;
  /** What a child process needs to open the same: see victim.ts. */
  readonly environment: Record<string, string>;
  destroy(): Promise<void>;
}

/** How long a killed worker's jobs stay away, in these tests. */
export const LEASE = seconds(1);
const soon = (): number => Date.now() + seconds(10);
const boom = new Error("boom");

/** The contract of platform/queue/port.ts. */
export function describeQueueContract(name: string, create: () => Promise<QueueFixture>): void {
  describe(`queue on ${name}`, () => {
    let fixture: QueueFixture;
    let engine: QueueEngine;
    let queue: Queue<unknown>;
    let runs: Runs;
    beforeEach(async () => {
      fixture = await create();
      engine = await fixture.open();
      queue = engine.queue("jobs");
      runs = new Runs();
    });
    afterEach(async () => {
      await engine.stop();
      await fixture.destroy();
    });
    const failing = (...data: unknown[]) =>
      runs.handler(async (job) => (data.includes(job.data) ? Promise.reject(boom) : undefined));
    const settled = async (condition: (counts: Awaited<ReturnType<Queue<unknown>["counts"]>>) => boolean) => {
      for (;;) {
        const counts = await queue.counts();
        if (condition(counts)) return counts;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    };
    const empty = () => settled(({ waiting, delayed, active }) => waiting + delayed + active === 0);

    it("a job runs once, with its data, id and first attempt, and is gone", async () => {
      engine.process("jobs", runs.handler(), { concurrency: 2 });
      const id = await queue.enqueue({ a: [1, "ä"], "b.c": null });
      await runs.begun(1);
      expect(runs.list[0]).toMatchObject({ id, data: { a: [1, "ä"], "b.c": null }, attempt: 1 });
      expect(await empty()).toEqual({ waiting: 0, delayed: 0, active: 0, failed: 0 });
      expect(runs.list).toHaveLength(1);
    });

    it("jobs of other queues are left alone", async () => {
      engine.process("jobs", runs.handler(), { concurrency: 1 });
      await engine.queue("others").enqueue("theirs");
      await queue.enqueue("ours");
      await runs.ended(1);
      expect(runs.data).toEqual(["ours"]);
      expect((await engine.queue("others").counts()).waiting).toBe(1);
    });

    it("counts say what waits, since when, what is delayed, runs and failed", async () => {
      const before = Date.now();
      await queue.enqueueMany([
        { data: "bad", options: { priority: 1 } },
        { data: "running", options: { priority: 2 } },
        { data: "waiting" },
      ]);
      await queue.enqueue("delayed", { delay: seconds(60) });
      const counts = await queue.counts();
      expect(counts).toMatchObject({ waiting: 3, delayed: 1, active: 0, failed: 0 });
      expect(Math.abs((counts.oldestDueAt ?? 0) - before)).toBeLessThan(seconds(2));
      const { opened, open } = gate();
      engine.process(
        "jobs",
        runs.handler((job) => (job.data === "bad" ? Promise.reject(boom) : opened)),
        { concurrency: 1 },
      );
      await runs.begun(2);
      expect(await settled(({ failed }) => failed === 1)).toMatchObject({
        waiting: 1,
        delayed: 1,
        active: 1,
        failed: 1,
      });
      open();
      await runs.ended(3);
    });

    it("no more jobs run at once than the concurrency, and so many do", async () => {
      const { opened, open } = gate();
      engine.process(
        "jobs",
        runs.handler(() => opened),
        { concurrency: 3 },
      );
      await queue.enqueueMany(Array.from({ length: 7 }, (_, i) => ({ data: i })));
      await runs.begun(3);
      expect((await queue.counts()).waiting).toBe(4);
      open();
      await runs.ended(7);
      expect(runs.mostAtOnce).toBe(3);
      expect(runs.data.toSorted((a, b) => Number(a) - Number(b))).toEqual([0, 1, 2, 3, 4, 5, 6]);
    });

    it("jobs of one key run one after the other in the order of their enqueueing, although others run beside", async () => {
      const keys = ["a", "b", "c"];
      const running = new Set<string>();
      const work = runs.handler(async (job) => {
        const [key = ""] = String(job.data).split(":");
        expect(running.has(key)).toBe(false);
        running.add(key);
        await new Promise((resolve) => setImmediate(resolve));
        running.delete(key);
      });
      engine.process("jobs", work, { concurrency: 8 });
      for (let i = 0; i < 20; i++) for (const key of keys) await queue.enqueue(`${key}:${i}`, { key });
      await runs.ended(60);
      for (const key of keys) {
        const order = runs.data.filter((data) => String(data).startsWith(key));
        expect(order).toEqual(Array.from({ length: 20 }, (_, i) => `${key}:${i}`));
      }
    });

    it("priority does not change the order within a key", async () => {
      await queue.enqueue(1, { key: "k", priority: 90 });
      await queue.enqueue(2, { key: "k", priority: 1 });
      engine.process("jobs", runs.handler(), { concurrency: 2 });
      await runs.ended(2);
      expect(runs.data).toEqual([1, 2]);
    });

    it("a failing head of a key holds back the next until it is done, and others are not held back", async () => {
      let tries = 0;
      const work = runs.handler(async (job) => (job.data === "head" && ++tries < 3 ? Promise.reject(boom) : undefined));
      engine.process("jobs", work, { concurrency: 4 });
      await queue.enqueueMany([
        { data: "head", options: { key: "k", attempts: 3, backoff: { kind: "fixed", delay: 150 } } },
        { data: "next", options: { key: "k" } },
        { data: "other" },
      ]);
      await runs.ended(5);
      expect(runs.data.filter((data) => data !== "other")).toEqual(["head", "head", "head", "next"]);
      expect(runs.data.indexOf("other")).toBeLessThan(3);
      expect(runs.list.filter(({ data }) => data === "head").map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    });

    it("a head that fails for good lets the next run", async () => {
      engine.process("jobs", failing("head"), { concurrency: 4 });
      await queue.enqueue("head", { key: "k", attempts: 2, backoff: { kind: "fixed", delay: 0 } });
      await queue.enqueue("next", { key: "k" });
      await runs.ended(3);
      expect(runs.data).toEqual(["head", "head", "next"]);
    });

    it("a delayed job of a key holds nobody back", async () => {
      engine.process("jobs", runs.handler(), { concurrency: 4 });
      await queue.enqueue("later", { key: "k", delay: 300 });
      await queue.enqueue("now", { key: "k" });
      await runs.ended(2);
      expect(runs.data).toEqual(["now", "later"]);
    });

    it("jobs run by priority, and in order within one", async () => {
      await queue.enqueueMany(
        [9, 5, 1, 5, 9].map((priority, i) => ({ data: `${priority}.${i}`, options: { priority } })),
      );
      await queue.enqueue("default");
      engine.process("jobs", runs.handler(), { concurrency: 1 });
      await runs.ended(6);
      expect(runs.data).toEqual(["1.2", "5.1", "5.3", "9.0", "9.4", "default"]);
    });

    it("a delayed job runs when it is due, not before", async () => {
      engine.process("jobs", runs.handler(), { concurrency: 1 });
      const at = Date.now();
      await queue.enqueue("x", { delay: 300 });
      await runs.begun(1);
      expect(runs.list[0]!.at - at).toBeGreaterThanOrEqual(295);
      expect(runs.list[0]!.at - at).toBeLessThan(1500);
    });

    it("a retry waits its exponential back-off, up to the most", async () => {
      engine.process("jobs", failing("x"), { concurrency: 1 });
      await queue.enqueue("x", { attempts: 4, backoff: { kind: "exponential", delay: 100, max: 200 } });
      await runs.ended(4);
      const gaps = runs.list.slice(1).map(({ at }, i) => at - runs.list[i]!.at);
      [100, 200, 200].forEach((least, i) => {
        expect(gaps[i]).toBeGreaterThanOrEqual(least - 5);
        expect(gaps[i]).toBeLessThan(least + 1000);
      });
    });

    it("a job that used its attempts up is kept as failed, can be put back with new attempts, and be removed", async () => {
      let broken = true;
      engine.process(
        "jobs",
        runs.handler(() => (broken ? Promise.reject(boom) : Promise.resolve())),
        { concurrency: 1 },
      );
      const id = await queue.enqueue({ n: 1 }, { attempts: 2, backoff: { kind: "fixed", delay: 1 } });
      await settled(({ failed }) => failed === 1);
      const [failed] = await queue.failed(10);
      expect(failed).toEqual({ id, data: { n: 1 }, attempts: 2, error: "boom", failedAt: expect.any(Number) });
      expect(await queue.retry(id)).toBe(true);
      await runs.begun(4);
      await settled(({ failed: count }) => count === 1);
      expect(runs.list.map(({ attempt }) => attempt)).toEqual([1, 2, 1, 2]);
      broken = false;
      expect(await queue.retry(id)).toBe(true);
      await runs.begun(5);
      await empty();
      expect(await queue.failed(10)).toEqual([]);
      expect(await queue.retry(id)).toBe(false);
      broken = true;
      const other = await queue.enqueue("y");
      await settled(({ failed: count }) => count === 1);
      expect([await queue.remove(other), await queue.remove(other)]).toEqual([true, false]);
      expect((await queue.counts()).failed).toBe(0);
    });

    it("the failed are listed latest first, up to the limit", async () => {
      engine.process("jobs", failing(0, 1, 2), { concurrency: 1 });
      for (let i = 0; i < 3; i++) {
        await queue.enqueue(i);
        await settled(({ failed }) => failed === i + 1);
      }
      expect((await queue.failed(2)).map(({ data }) => data)).toEqual([2, 1]);
    });

    it("a waiting job can be removed, a running one cannot", async () => {
      const { opened, open } = gate();
      const id = await queue.enqueue("waits", { key: "k", delay: seconds(60) });
      engine.process(
        "jobs",
        runs.handler(() => opened),
        { concurrency: 1 },
      );
      const running = await queue.enqueue("runs", { key: "k" });
      await runs.begun(1);
      expect([await queue.remove(id), await queue.remove(running), await queue.remove("none")]).toEqual([
        true,
        false,
        false,
      ]);
      open();
      await empty();
      expect(runs.data).toEqual(["runs"]);
    });

    it("a job that runs is not given again", async () => {
      const { opened, open } = gate();
      engine.process(
        "jobs",
        runs.handler(() => opened),
        { concurrency: 2 },
      );
      const id = await queue.enqueue("a");
      await runs.begun(1);
      expect(await queue.retry(id)).toBe(false);
      open();
      await empty();
      expect(runs.data).toEqual(["a"]);
    });

    it("removing a head that waits for its retry frees its key", async () => {
      engine.process("jobs", failing("head"), { concurrency: 1 });
      const id = await queue.enqueue("head", { key: "k", attempts: 9, backoff: { kind: "fixed", delay: seconds(60) } });
      await queue.enqueue("next", { key: "k" });
      await settled(({ delayed }) => delayed === 1);
      expect(await queue.remove(id)).toBe(true);
      await runs.ended(2);
      expect(runs.data).toEqual(["head", "next"]);
    });

    it("drain takes nothing new and waits for what runs", async () => {
      const { opened, open } = gate();
      const order: string[] = [];
      const worker = engine.process(
        "jobs",
        runs.handler(async () => {
          await opened;
          order.push("run");
        }),
        { concurrency: 1 },
      );
      await queue.enqueueMany([{ data: 1 }, { data: 2 }]);
      await runs.begun(1);
      const drained = worker.drain(soon()).then(() => order.push("drained"));
      setTimeout(open, 50);
      await drained;
      expect([order, runs.data]).toEqual([["run", "drained"], [1]]);
      expect(await settled(({ active }) => active === 0)).toMatchObject({ waiting: 1 });
    });

    it("drain ends at its deadline although a job hangs", async () => {
      const { opened, open } = gate();
      const worker = engine.process(
        "jobs",
        runs.handler(() => opened),
        { concurrency: 1 },
      );
      await queue.enqueue(1);
      await runs.begun(1);
      await worker.drain(Date.now() + 100);
      open();
      await runs.ended(1);
    });

    it("senseless options are refused", async () => {
      for (const options of [
        { priority: 0 },
        { priority: 101 },
        { attempts: 0 },
        { delay: -1 },
        { priority: 1.5 },
        { delay: Number.NaN },
      ]) {
        await expect(queue.enqueue("x", options)).rejects.toMatchObject({ code: "argument.invalid" });
      }
      expect(() => engine.queue("a:b")).toThrow();
    });

    it("answers a ping", async () => {
      await engine.ping();
    });

    describeQueueDurability(() => ({ fixture, engine, queue, runs }));
  });
}
