import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { StewardError } from "../../../kernel/errors.ts";
import { seconds } from "../../../kernel/time.ts";
import type { QueueEngine } from "../../../platform/queue/port.ts";
import type { QueueFixture } from "./contract.ts";
import { onRedis } from "./fixtures.ts";
import { RedisProxy } from "./redis-proxy.ts";
import { gate, Runs } from "./runs.ts";

/** What happens while Redis is away. */
export function describeRedisOutage(redisUrl: string): void {
  describe("queue on BullMQ without its Redis", () => {
    let proxy: RedisProxy;
    let fixture: QueueFixture;
    let engine: QueueEngine;
    beforeEach(async () => {
      proxy = new RedisProxy(redisUrl);
      fixture = await onRedis(await proxy.start());
      engine = await fixture.open();
    });
    afterEach(async () => {
      await engine.stop();
      await proxy.stop();
      await fixture.destroy();
    });

    const codeOf = (work: Promise<unknown>): Promise<unknown> =>
      work.then(
        () => "done",
        (error: unknown) => (error instanceof StewardError ? error.code : error),
      );

    it.each(["down", "silent"] as const)(
      "says so within seconds, to many at once, and heals alone: %s",
      async (mode) => {
        const queue = engine.queue("jobs");
        const runs = new Runs();
        engine.process("jobs", runs.handler(), { concurrency: 2 });
        await queue.enqueue("before");
        await runs.ended(1);
        proxy.become(mode);
        const at = Date.now();
        const outcomes = await Promise.all([
          ...Array.from({ length: 200 }, () => codeOf(queue.enqueue("lost"))),
          codeOf(queue.counts()),
          codeOf(engine.ping()),
        ]);
        expect(Date.now() - at).toBeLessThan(seconds(7));
        expect(new Set(outcomes)).toEqual(new Set(["engine.unavailable"]));
        proxy.become("up");
        while ((await codeOf(queue.enqueue("after"))) !== "done");
        while (!runs.data.includes("after")) await runs.begun(runs.list.length + 1);
        expect(runs.data.filter((data) => data === "lost").length).toBe(0);
      },
    );

    it("a job that runs meanwhile ends, and those that waited run when it is back", async () => {
      const queue = engine.queue("jobs");
      const runs = new Runs();
      const { opened, open } = gate();
      engine.process(
        "jobs",
        runs.handler(() => opened),
        { concurrency: 1 },
      );
      await queue.enqueue("first", { key: "k" });
      await queue.enqueue("second", { key: "k" });
      await runs.begun(1);
      proxy.become("down");
      expect(await codeOf(engine.ping())).toBe("engine.unavailable");
      open();
      proxy.become("up");
      await runs.begun(2);
      while ((await queue.counts()).waiting + (await queue.counts()).active > 0) await codeOf(engine.ping());
      expect(new Set(runs.data)).toEqual(new Set(["first", "second"]));
      expect(runs.data.at(-1)).toBe("second");
    });

    it("drains and stops without it", async () => {
      const worker = engine.process("jobs", new Runs().handler(), { concurrency: 1 });
      await engine.queue("jobs").enqueue(1);
      proxy.become("down");
      await worker.drain(Date.now() + 100);
      await engine.stop();
    });

    it("a start without it fails with engine.unavailable", async () => {
      proxy.become("down");
      expect(await codeOf(fixture.open())).toBe("engine.unavailable");
    });
  });
}
