import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { StewardError } from "../../../../kernel/errors.ts";
import { milliseconds, seconds, systemClock } from "../../../../kernel/time.ts";
import { Claims } from "../../../../platform/queue/embedded/claims.ts";
import { openJobs } from "../../../../platform/queue/embedded/document.ts";
import { createEmbeddedQueue } from "../../../../platform/queue/embedded/engine.ts";
import { openEmbedded } from "../../../../platform/store/embedded/store.ts";
import type { Collection, Document, Store } from "../../../../platform/store/port.ts";
import { gate, Runs } from "../../../contract/queue/runs.ts";

const LEASE = milliseconds(300);

describe("embedded queue", () => {
  let directory: string;
  let store: Store;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "steward-queue-"));
    store = openEmbedded(directory);
    await store.start();
  });
  afterEach(async () => {
    await store.stop();
    await rm(directory, { recursive: true });
  });

  it("a job that outlasts its lease keeps it, and runs once", async () => {
    const options = { lease: LEASE, pollInterval: milliseconds(20) };
    const [ours, theirs] = [
      createEmbeddedQueue(store, systemClock, options),
      createEmbeddedQueue(store, systemClock, options),
    ];
    const { opened, open } = gate();
    const runs = new Runs();
    for (const engine of [ours, theirs]) {
      await engine.start();
      engine.process(
        "jobs",
        runs.handler(() => opened),
        { concurrency: 1 },
      );
    }
    await ours.queue("jobs").enqueue("long");
    await runs.begun(1);
    const renewals = 4;
    for (let i = 0; i < renewals; i++) {
      const before = await openJobs(store, "queue").findOne({ queue: "jobs" });
      while ((await openJobs(store, "queue").findOne({ queue: "jobs" }))?.leaseUntil === before?.leaseUntil)
        await tick();
    }
    open();
    await runs.ended(1);
    while ((await ours.queue("jobs").counts()).active > 0) await tick();
    expect(runs.list).toHaveLength(1);
    await ours.stop();
    await theirs.stop();
  });

  it("a process that was held up for longer than its lease does not run its own job again", async () => {
    let heldUp = 0;
    const clock = { ...systemClock, now: () => Date.now() + heldUp };
    const engine = createEmbeddedQueue(store, clock, { lease: seconds(60), pollInterval: milliseconds(20) });
    await engine.start();
    const runs = new Runs();
    const { opened, open } = gate();
    engine.process(
      "jobs",
      runs.handler(({ data }) => (data === "long" ? opened : Promise.resolve())),
      { concurrency: 2 },
    );
    const queue = engine.queue("jobs");
    await queue.enqueue("long");
    await runs.begun(1);
    heldUp = seconds(600);
    await queue.enqueue("short");
    await runs.begun(2);
    open();
    while ((await queue.counts()).active > 0) await tick();
    expect(await queue.counts()).toMatchObject({ waiting: 0, active: 0 });
    expect(runs.data).toEqual(["long", "short"]);
    await engine.stop();
  });

  it("a job is not a dead worker's while its take is under way here, and until it is released", async () => {
    const engine = createEmbeddedQueue(store, systemClock);
    await engine.start();
    const jobs = openJobs(store, "queue");
    await engine.queue("jobs").enqueue("job", { key: "k" });
    const [ours, theirs] = [new Claims(jobs, "jobs", LEASE), new Claims(jobs, "jobs", LEASE)];
    const stateAfterRipening = async (claims: Claims): Promise<string | undefined> => {
      await claims.ripen(now + LEASE + 1);
      return (await jobs.findOne({ queue: "jobs" }))?.state;
    };
    const now = Date.now();
    const [candidate] = await ours.candidates(1);
    const taking = ours.take(candidate!, now);
    const whileTaking = stateAfterRipening(ours);
    expect((await taking)?.data).toBe('"job"');
    expect(await whileTaking).toBe("active");
    expect(await ours.take(candidate!, now)).toBeUndefined();
    expect(await stateAfterRipening(ours)).toBe("active");
    expect(await stateAfterRipening(theirs)).toBe("ready");
    ours.release(candidate!);
    expect((await ours.take(candidate!, now))?.lost).toBe(1);
    await engine.stop();
  });

  it("a job whose workers die again and again has failed in the end, and its key is free", async () => {
    const engine = createEmbeddedQueue(store, systemClock);
    await engine.start();
    const queue = engine.queue("jobs");
    await queue.enqueueMany(["poison", "next"].map((data) => ({ data, options: { key: "k" } })));
    const taken: string[] = [];
    let now = Date.now();
    for (let life = 0; life < 7; life++) {
      const claims = new Claims(openJobs(store, "queue"), "jobs", LEASE);
      await claims.ripen((now += LEASE + 1));
      for (const candidate of await claims.candidates(1))
        taken.push((await claims.take(candidate, now))?.data ?? "none");
    }
    expect(taken).toEqual([...Array<string>(6).fill('"poison"'), "none"]);
    expect(await queue.failed(5)).toMatchObject([{ data: "poison", error: "Its workers ended while they ran it" }]);
    const runs = new Runs();
    engine.process("jobs", runs.handler(), { concurrency: 1 });
    await runs.ended(1);
    expect(runs.data).toEqual(["next"]);
    await engine.stop();
  });

  it("a job's end is stored when the store comes back, and the job does not run again", async () => {
    const outage = new Outage(store);
    const engine = createEmbeddedQueue(outage, systemClock, { lease: seconds(20), pollInterval: milliseconds(20) });
    await engine.start();
    const runs = new Runs();
    const { opened, open } = gate();
    engine.process(
      "jobs",
      runs.handler(() => opened),
      { concurrency: 1 },
    );
    await engine.queue("jobs").enqueue(1);
    await runs.begun(1);
    outage.isDown = true;
    open();
    await outage.met(3);
    await expect(engine.queue("jobs").enqueue(2)).rejects.toMatchObject({ code: "engine.unavailable" });
    outage.isDown = false;
    while ((await engine.queue("jobs").counts()).active > 0) await tick();
    expect(await engine.queue("jobs").counts()).toMatchObject({ waiting: 0, active: 0, failed: 0 });
    expect(runs.list).toHaveLength(1);
    await engine.stop();
  });
});

const tick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

/** A store that can go away: every call of its collections then rejects. */
class Outage implements Store {
  readonly engine = "embedded";
  readonly #store: Store;
  isDown = false;
  #refusals = 0;
  #told: () => void = () => undefined;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Resolves after so many calls were refused. */
  async met(count: number): Promise<void> {
    while (this.#refusals < count) await new Promise<void>((resolve) => (this.#told = resolve));
  }

  collection<D extends Document>(name: string): Collection<D> {
    return new Proxy(this.#store.collection<D>(name), {
      get: (target, property) => {
        const value: unknown = Reflect.get(target, property);
        if (typeof value !== "function") return value;
        return (...given: unknown[]): unknown => {
          if (!this.isDown) return (value as (...given: unknown[]) => unknown).apply(target, given);
          this.#refusals += 1;
          this.#told();
          const away = new StewardError("engine.unavailable", "away");
          return property === "find" ? { toArray: () => Promise.reject(away) } : Promise.reject(away);
        };
      },
    });
  }

  ping = (): Promise<void> => this.#store.ping();
  start = (): Promise<void> => this.#store.start();
  stop = (): Promise<void> => this.#store.stop();
}
