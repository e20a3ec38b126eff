import { describe, expect, it } from "@jest/globals";
import { Redis } from "ioredis";
import { newId } from "../../../kernel/ids.ts";
import { Book } from "../../../platform/queue/bullmq/book.ts";
import { planOf } from "../../../platform/queue/options.ts";
import { onRedis } from "./fixtures.ts";
import { Runs } from "./runs.ts";

/** Jobs in the book for which BullMQ has no tick: their adder died in between, or Redis lost its last second. */
export function describeStrandedJobs(redisUrl: string): void {
  describe("queue on BullMQ", () => {
    it("finds jobs that have no tick, waiting or running, and runs them", async () => {
      const fixture = await onRedis(redisUrl);
      const redis = new Redis(redisUrl);
      const book = new Book(redis, `{${fixture.prefix}}`, "jobs");
      const plan = planOf({ key: "k" });
      await book.enqueue(["first", "second"].map((data) => ({ id: newId(Date.now()), data, plan })));
      await book.claim("k:k", "a tick that is gone");
      await book.enqueue([{ id: newId(Date.now()), data: "third", plan: planOf() }]);
      const engine = await fixture.open();
      const runs = new Runs();
      engine.process("jobs", runs.handler(), { concurrency: 1 });
      await runs.ended(3);
      expect(runs.data.filter((data) => data !== "third")).toEqual(["first", "second"]);
      await engine.stop();
      await redis.quit();
      await fixture.destroy();
    });

    it("a job whose workers die again and again has failed in the end", async () => {
      const fixture = await onRedis(redisUrl);
      const redis = new Redis(redisUrl);
      const book = new Book(redis, `{${fixture.prefix}}`, "jobs");
      await book.enqueue([{ id: newId(Date.now()), data: "poison", plan: planOf({ key: "k" }) }]);
      const claims: string[] = [];
      for (let i = 0; i < 8; i++) claims.push((await book.claim("k:k", "tick")).state);
      expect(claims).toEqual(["run", "run", "run", "run", "run", "run", "empty", "empty"]);
      expect(await book.failed(9)).toMatchObject([{ data: "poison", error: "Its workers ended while they ran it" }]);
      expect(await book.counts()).toMatchObject({ waiting: 0, active: 0, failed: 1 });
      await redis.quit();
      await fixture.destroy();
    });
  });
}
