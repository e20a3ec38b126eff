import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "@jest/globals";
import { seconds } from "../../../kernel/time.ts";
import type { Queue, QueueEngine } from "../../../platform/queue/port.ts";
import type { QueueFixture } from "./contract.ts";
import { gate, Runs } from "./runs.ts";

interface Context {
  fixture: QueueFixture;
  engine: QueueEngine;
  queue: Queue<unknown>;
  runs: Runs;
}

const boom = new Error("boom");

/** Dedupe, restarts and killed workers. */
export function describeQueueDurability(context: () => Context): void {
  describe("dedupe", () => {
    it("a job like one that waits is not added, and an earlier due time wins", async () => {
      const { engine, queue, runs } = context();
      const first = await queue.enqueue("first", { dedupe: "d", delay: seconds(60) });
      expect(await queue.enqueue("later", { dedupe: "d", delay: seconds(90) })).toBe(first);
      expect(await queue.counts()).toMatchObject({ waiting: 0, delayed: 1 });
      engine.process("jobs", runs.handler(), { concurrency: 2 });
      expect(await queue.enqueue("sooner", { dedupe: "d", delay: 100 })).toBe(first);
      await runs.ended(1);
      expect(runs.data).toEqual(["first"]);
    });

    it("a job due at once makes the delayed one due at once, also within a key", async () => {
      const { engine, queue, runs } = context();
      const options = { dedupe: "d", key: "k" };
      const first = await queue.enqueue("first", { ...options, delay: seconds(60) });
      engine.process("jobs", runs.handler(), { concurrency: 2 });
      expect(await queue.enqueue("now", options)).toBe(first);
      await runs.ended(1);
      expect((await queue.counts()).delayed).toBe(0);
    });

    it("a job like one that runs is added and runs after", async () => {
      const { engine, queue, runs } = context();
      const { opened, open } = gate();
      engine.process(
        "jobs",
        runs.handler(() => opened),
        { concurrency: 1 },
      );
      const first = await queue.enqueue(1, { dedupe: "d" });
      await runs.begun(1);
      const second = await queue.enqueue(2, { dedupe: "d" });
      expect(second).not.toBe(first);
      expect(await queue.enqueue(3, { dedupe: "d" })).toBe(second);
      open();
      await runs.ended(2);
      expect(runs.data).toEqual([1, 2]);
    });

    it("a job that waits for its retry counts as waiting, and is made due", async () => {
      const { engine, queue, runs } = context();
      const failOnce = runs.handler((job) => (job.attempt === 1 ? Promise.reject(boom) : Promise.resolve()));
      engine.process("jobs", failOnce, { concurrency: 1 });
      const options = { dedupe: "d", attempts: 2, backoff: { kind: "fixed", delay: seconds(60) } } as const;
      const first = await queue.enqueue(1, options);
      await runs.ended(1);
      while ((await queue.counts()).delayed === 0) await new Promise((resolve) => setTimeout(resolve, 10));
      expect(await queue.enqueue(2, options)).toBe(first);
      await runs.ended(2);
      expect(runs.data).toEqual([1, 1]);
    });

    it("of many that come at once one is added, and all learn its id", async () => {
      const { queue } = context();
      const ids = await Promise.all(Array.from({ length: 30 }, (_, i) => queue.enqueue(i, { dedupe: "d" })));
      expect(new Set(ids).size).toBe(1);
      const many = await queue.enqueueMany([
        { data: 1, options: { dedupe: "e" } },
        { data: 2 },
        { data: 3, options: { dedupe: "e" } },
      ]);
      expect(many[0]).toBe(many[2]);
      expect((await queue.counts()).waiting).toBe(3);
    });
  });

  describe("restarts and crashes", () => {
    it("waiting and delayed jobs survive a restart", async () => {
      const { fixture, engine, queue, runs } = context();
      await queue.enqueue("waiting", { key: "k" });
      await queue.enqueue("delayed", { delay: 400 });
      await queue.enqueue("far", { delay: seconds(3600) });
      await engine.stop();
      const again = await fixture.open();
      again.process("jobs", runs.handler(), { concurrency: 1 });
      await runs.ended(2);
      expect(runs.data).toEqual(["waiting", "delayed"]);
      expect((await again.queue("jobs").counts()).delayed).toBe(1);
      await again.stop();
    });

    it("two engines work one queue and share its jobs, each run once and in the order of its key", async () => {
      const { fixture, engine, queue, runs } = context();
      const other = await fixture.open();
      const theirs = new Runs();
      engine.process("jobs", runs.handler(), { concurrency: 3 });
      other.process("jobs", theirs.handler(), { concurrency: 3 });
      const jobs = Array.from({ length: 60 }, (_, i) => ({ data: i, options: { key: `k${i % 4}` } }));
      await queue.enqueueMany(jobs);
      while (runs.list.length + theirs.list.length < 60) await new Promise((resolve) => setTimeout(resolve, 10));
      const all = [...runs.list, ...theirs.list];
      expect(all.map(({ data }) => Number(data)).toSorted((a, b) => a - b)).toEqual(jobs.map(({ data }) => data));
      await other.stop();
    });

    it("the jobs of a killed worker run again, in the order of their key", async () => {
      const { fixture, engine, queue, runs } = context();
      const child = await startVictim(fixture.environment);
      const [first] = await queue.enqueueMany([
        { data: "first", options: { key: "k" } },
        { data: "second", options: { key: "k" } },
      ]);
      await lineOf(child, `began ${first}`);
      child.kill("SIGKILL");
      await once(child, "exit");
      engine.process("jobs", runs.handler(), { concurrency: 2 });
      await runs.ended(2);
      expect(runs.data).toEqual(["first", "second"]);
      expect(runs.list.map(({ attempt }) => attempt)).toEqual([1, 1]);
    }, 30_000);
  });
}

/** A worker in a process of its own, whose jobs never end; resolves when it works. */
async function startVictim(environment: Record<string, string>): Promise<ChildProcess> {
  const path = fileURLToPath(new URL("./victim.ts", import.meta.url));
  const env: NodeJS.ProcessEnv = { ...process.env, ...environment, NODE_OPTIONS: "" };
  const child = spawn(process.execPath, ["--import", "tsx", path], { env, stdio: ["ignore", "pipe", "inherit"] });
  await lineOf(child, "ready");
  return child;
}

function lineOf(child: ChildProcess, line: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes(`${line}\n`)) resolve();
    });
    child.once("exit", (code) => reject(new Error(`the victim ended with ${code} after ${text}`)));
  });
}
