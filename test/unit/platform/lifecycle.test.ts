import { describe, expect, it } from "@jest/globals";
import { seconds } from "../../../kernel/time.ts";
import { Health } from "../../../platform/health.ts";
import { runServices, type Service } from "../../../platform/lifecycle.ts";
import { silentLogger } from "../../../platform/log/logger.ts";
import type { ProcessHost } from "../../../platform/process-host.ts";
import { settle, VirtualClock } from "../../support/virtual-clock.ts";

class FakeHost implements ProcessHost {
  readonly exits: number[] = [];
  held = 0;
  signal: (signal: string) => void = () => undefined;
  stray: (error: unknown, kind: "uncaughtException" | "unhandledRejection") => void = () => undefined;
  onSignal(handler: (signal: string) => void): void {
    this.signal = handler;
  }
  onStray(handler: FakeHost["stray"]): void {
    this.stray = handler;
  }
  hold(): () => void {
    this.held += 1;
    return () => {
      this.held -= 1;
    };
  }
  exit(code: number): void {
    this.exits.push(code);
  }
}

const never = new Promise<void>(() => undefined);

function setUp() {
  const clock = new VirtualClock();
  const host = new FakeHost();
  const story: string[] = [];
  const health = new Health(clock, seconds(1));
  const service = (name: string, steps: Partial<Service> = {}): Service => ({
    name,
    start: async () => {
      story.push(`start ${name}`);
      await steps.start?.();
    },
    drain: async (deadline) => {
      story.push(`drain ${name}`);
      await steps.drain?.(deadline);
    },
    stop: async () => {
      story.push(`stop ${name}`);
      await steps.stop?.();
    },
  });
  const run = (...services: Service[]) =>
    runServices(services, { log: silentLogger, drainDeadline: seconds(30), clock, host, health });
  return { clock, host, story, service, run, health };
}

/** Moves the clock until `done` settles: each step lets everything that waits on promises go on first. */
async function advanceUntil<T>(clock: VirtualClock, done: Promise<T>): Promise<T> {
  let settled = false;
  void done.finally(() => {
    settled = true;
  });
  await settle();
  for (let i = 0; i < 1000 && !settled; i++) {
    await clock.advance(seconds(1));
  }
  return done;
}

describe("services", () => {
  it("start in order, drain in reverse, then stop in reverse, and the process ends with 0", async () => {
    const { host, story, service, run, health } = setUp();
    const running = await run(service("a"), service("b"));
    expect((await health.readiness()).ok).toBe(true);
    host.signal("SIGTERM");
    expect(await running.ended).toBe(0);
    expect(story).toEqual(["start a", "start b", "drain b", "drain a", "stop b", "stop a"]);
    expect(host.exits).toEqual([0]);
    expect(host.held).toBe(0);
    expect(await health.readiness()).toMatchObject({ ok: false, checks: { lifecycle: { reason: "draining" } } });
  });

  it("a start that fails stops that service and those before it, and the process ends with 1", async () => {
    const { host, story, service, run } = setUp();
    const failing = service("b", { start: () => Promise.reject(new Error("port taken")) });
    await expect(run(service("a"), failing, service("c"))).rejects.toThrow("port taken");
    expect(story).toEqual(["start a", "start b", "stop b", "drain a", "stop a"]);
    expect(host.exits).toEqual([1]);
  });

  it("a service that drains for ever is stopped at the deadline", async () => {
    const { clock, host, story, service, run } = setUp();
    const running = await run(service("a"), service("b", { drain: () => never }));
    const before = clock.now();
    host.signal("SIGTERM");
    expect(await advanceUntil(clock, running.ended)).toBe(0);
    expect(clock.now() - before).toBeGreaterThanOrEqual(seconds(30));
    expect(story.slice(-2)).toEqual(["stop b", "stop a"]);
  });

  it("a second signal stops at once, with 2", async () => {
    const { clock, host, story, service, run } = setUp();
    const running = await run(service("a", { drain: () => never }));
    const before = clock.now();
    host.signal("SIGTERM");
    host.signal("SIGINT");
    expect(await running.ended).toBe(2);
    expect(clock.now()).toBe(before);
    expect(story.at(-1)).toBe("stop a");
  });

  it("a failing drain or stop does not keep the others from theirs", async () => {
    const { host, story, service, run } = setUp();
    const broken = service("b", {
      drain: () => Promise.reject(new Error("x")),
      stop: () => Promise.reject(new Error("y")),
    });
    const running = await run(service("a"), broken);
    host.signal("SIGTERM");
    expect(await running.ended).toBe(1);
    expect(story.slice(2)).toEqual(["drain b", "drain a", "stop b", "stop a"]);
  });

  it("a signal during the start lets that start finish, and starts nothing more", async () => {
    const { host, story, service, run } = setUp();
    let finishStart = (): void => undefined;
    const slow = service("a", { start: () => new Promise((resolve) => (finishStart = resolve)) });
    const started = run(slow, service("b"));
    host.signal("SIGTERM");
    finishStart();
    expect(await (await started).ended).toBe(0);
    expect(story).toEqual(["start a", "drain a", "stop a"]);
  });

  it("a stray rejection ends the process with 1 after a short drain", async () => {
    const { clock, host, service, run } = setUp();
    const running = await run(service("a", { drain: () => never }));
    const before = clock.now();
    host.stray(new Error("lost"), "unhandledRejection");
    expect(await advanceUntil(clock, running.ended)).toBe(1);
    expect(clock.now() - before).toBeLessThan(seconds(15));
    expect(host.exits).toEqual([1]);
  });
});

describe("readiness", () => {
  it("names the check that fails and the one that takes too long", async () => {
    const clock = new VirtualClock();
    const health = new Health(clock, seconds(2));
    health.enter("running");
    health.add("store", () => Promise.reject(new Error("no server")));
    health.add("queue", () => never);
    health.add("disk", async () => undefined);
    const report = await advanceUntil(clock, health.readiness());
    expect(report).toEqual({
      ok: false,
      checks: {
        lifecycle: { ok: true },
        store: { ok: false, reason: "no server" },
        queue: { ok: false, reason: "no answer within 2000 ms" },
        disk: { ok: true },
      },
    });
    expect(clock.pending).toBe(0);
  });
});
