import { describe, expect, it } from "@jest/globals";
import type { WakeOutcome } from "../../../../acs/wake/connection-request.ts";
import { createWake, wakeCollection } from "../../../../acs/wake/index.ts";
import type { DeviceDocument } from "../../../../fleet/devices/model.ts";
import type { EventInput, OperationQuery } from "../../../../fleet/door.ts";
import type { OperationDocument, OperationState } from "../../../../fleet/operations/model.ts";
import { hours, minutes, seconds } from "../../../../kernel/time.ts";
import { silentLogger } from "../../../../platform/log/logger.ts";
import { createMetrics } from "../../../../platform/metrics/metrics.ts";
import { VirtualClock } from "../../../support/virtual-clock.ts";
import { memoryStore } from "../../fleet/files/memory-store.ts";
import { ManualQueue } from "./manual-queue.ts";

const unreachable: WakeOutcome = { ok: false, reason: "unreachable", detail: "ECONNREFUSED" };
const accepted: WakeOutcome = { ok: true, status: 200 };

function start() {
  const clock = new VirtualClock();
  const queue = new ManualQueue(clock);
  const store = memoryStore();
  const events: EventInput[] = [];
  const calls: { url: string; username: string | undefined; at: number }[] = [];
  const startedAt = clock.now();
  const fleet = { open: ["queued"] as OperationState[], credentials: true, credentialKey: "cwmp:d1" };
  const device: Partial<DeviceDocument> = {
    _id: "d1",
    identity: { oui: "00D0FF", productClass: "GW", serialNumber: "SN-1" },
    endpoints: [{ key: "cwmp:d1", protocol: "cwmp", state: { connectionRequestUrl: "http://10.0.0.1:7547/cr" } }],
    contact: { firstAt: 0, lastAt: startedAt - hours(1), reasons: ["2 PERIODIC"], count: 1 },
  };
  const script = { outcome: unreachable as WakeOutcome };
  const options = {
    queue: queue.engine,
    store,
    fleet: () => ({
      devices: { get: async (id: string) => (id === "d1" ? (structuredClone(device) as DeviceDocument) : undefined) },
      credentials: {
        findForWaking: async (...keys: string[]) =>
          fleet.credentials && keys.includes(fleet.credentialKey) ? { username: "acs", secret: "pw" } : undefined,
      },
      events: { append: async (more: readonly EventInput[]) => void events.push(...more) },
      operations: {
        list: async ({ states = [] }: OperationQuery) => ({
          items: fleet.open.filter((state) => states.includes(state)).map((state) => ({ state }) as OperationDocument),
        }),
      },
    }),
    call: async (url: string, credentials: { username: string } | undefined) => {
      calls.push({ url, username: credentials?.username, at: clock.now() - startedAt });
      return script.outcome;
    },
    policy: { minInterval: seconds(20), maxBackoff: hours(1), maxAttempts: 24 },
    clock,
    log: silentLogger,
  };
  const wake = createWake({ ...options, metrics: createMetrics({ processMetrics: false }) });
  wake.process({ concurrency: 1 });
  const contact = (reasons: string[]): void => {
    device.contact = { firstAt: 0, lastAt: clock.now(), reasons, count: 1 };
  };
  const ask = (): Promise<void> => wake.requestContact("d1", { operationId: "o1", reason: "operation" });
  /** Lets time pass, working the queue every second. */
  const pass = async (time: number): Promise<void> => {
    for (let left = time; left > 0; left -= seconds(1)) {
      await clock.advance(seconds(1));
      await queue.run();
    }
  };
  return { clock, queue, store, events, calls, device, script, wake, contact, ask, pass, fleet };
}

describe("a request for a contact", () => {
  it("calls the device with its credentials, and is not done by being heard", async () => {
    const { ask, queue, calls, script, wake, events } = start();
    script.outcome = accepted;
    await ask();
    await queue.run();
    expect(calls).toEqual([{ url: "http://10.0.0.1:7547/cr", username: "acs", at: 0 }]);
    expect(await wake.state("d1")).toMatchObject({ attempts: 1 });
    expect(events).toEqual([]);
  });

  it("finds credentials that were stored under the key without percent-encoding", async () => {
    const { ask, queue, calls, fleet } = start();
    fleet.credentialKey = "cwmp:00D0FF-GW-SN-1";
    await ask();
    await queue.run();
    expect(calls).toMatchObject([{ username: "acs" }]);
  });

  it("is done by the contact that the call led to", async () => {
    const { ask, queue, script, wake, events, contact, pass, store, calls } = start();
    script.outcome = accepted;
    await ask();
    await queue.run();
    await pass(seconds(5));
    contact(["6 CONNECTION REQUEST"]);
    await wake.contacted("d1");
    expect(events).toMatchObject([{ type: "wake.succeeded", deviceId: "d1", data: { attempts: 1 } }]);
    expect(store.documents(wakeCollection)).toEqual([]);
    await pass(minutes(5));
    expect([calls.length, events.length]).toEqual([1, 1]);
  });

  it("is done by any other contact as well, noticed before the next attempt", async () => {
    const { ask, queue, wake, contact, pass, calls, store } = start();
    await ask();
    await queue.run();
    await pass(seconds(5));
    contact(["2 PERIODIC"]);
    expect(await wake.state("d1")).toBeUndefined();
    await pass(minutes(2));
    expect([calls.length, store.documents(wakeCollection)]).toEqual([1, []]);
  });

  it("is one with others made meanwhile", async () => {
    const { ask, queue, calls, pass } = start();
    for (let i = 0; i < 10; i++) await ask();
    await queue.run();
    for (let i = 0; i < 10; i++) await ask();
    await queue.run();
    expect(calls).toHaveLength(1);
    await pass(seconds(29));
    expect(calls).toHaveLength(1);
    await pass(seconds(1));
    expect(calls).toHaveLength(2);
  });

  it("for a device that is unknown is nothing", async () => {
    const { wake, queue } = start();
    await wake.requestContact("d2", { reason: "test" });
    expect(queue.waiting).toEqual([]);
    expect(await wake.state("d2")).toBeUndefined();
  });
});

describe("a device that does not come", () => {
  it("is called again with growing pauses, each failure an event with its reason", async () => {
    const { ask, queue, pass, calls, events, wake } = start();
    await ask();
    await queue.run();
    await pass(seconds(460));
    expect(calls.map(({ at }) => at / 1000)).toEqual([0, 30, 90, 210, 450]);
    expect(events).toHaveLength(5);
    expect(events[4]).toMatchObject({
      type: "wake.failed",
      severity: "warning",
      data: { reason: "unreachable", attempts: 5 },
    });
    expect(await wake.state("d1")).toMatchObject({
      attempts: 5,
      lastError: "the device cannot be reached (address, NAT or firewall) (ECONNREFUSED)",
    });
  });

  it("although it heard us is called again after a minute, and that is a failure too", async () => {
    const { ask, queue, pass, calls, events, script } = start();
    script.outcome = accepted;
    await ask();
    await queue.run();
    await pass(seconds(61));
    expect(calls.map(({ at }) => at / 1000)).toEqual([0, 60]);
    expect(events).toMatchObject([{ type: "wake.failed", data: { reason: "noContact" } }]);
  });

  it("is not called for ever; a new request begins anew", async () => {
    const { ask, queue, clock, calls, wake } = start();
    await ask();
    for (let i = 0; i < 40; i++) {
      await queue.run();
      await clock.advance(hours(1));
    }
    expect([calls.length, queue.waiting]).toEqual([24, []]);
    expect(await wake.state("d1")).not.toHaveProperty("nextTryAt");
    await ask();
    await queue.run();
    expect(calls).toHaveLength(25);
    expect(await wake.state("d1")).toMatchObject({ attempts: 1 });
  });

  it("that wanted credentials is called at once when it is asked for again and there are some", async () => {
    const { ask, queue, calls, script, fleet, pass } = start();
    fleet.credentials = false;
    script.outcome = { ok: false, reason: "noCredentials", detail: "401" };
    await ask();
    await queue.run();
    await pass(seconds(5));
    await ask();
    await queue.run();
    expect(calls).toHaveLength(1);
    fleet.credentials = true;
    script.outcome = accepted;
    await ask();
    await queue.run();
    expect(calls.map(({ username }) => username)).toEqual([undefined, "acs"]);
  });

  it("has its past forgotten once it makes contact", async () => {
    const { ask, queue, pass, contact, calls, wake } = start();
    await ask();
    await queue.run();
    await pass(seconds(100));
    contact(["1 BOOT"]);
    await pass(seconds(30));
    const before = calls.length;
    await ask();
    await queue.run();
    expect(calls).toHaveLength(before + 1);
    expect(await wake.state("d1")).toMatchObject({ attempts: 1 });
  });
});

describe("no call is made", () => {
  it("while a session is live, but after it when there is still something to do", async () => {
    const { ask, queue, device, clock, calls, pass } = start();
    device.lease = { sessionId: "s", until: clock.now() + seconds(40) };
    await ask();
    await queue.run();
    await pass(seconds(39));
    expect(calls).toEqual([]);
    await pass(seconds(2));
    expect(calls).toHaveLength(1);
  });

  it("when nothing is left to do", async () => {
    const { ask, queue, fleet, calls, store } = start();
    await ask();
    fleet.open = ["accepted"];
    await queue.run();
    expect([calls, store.documents(wakeCollection)]).toEqual([[], []]);
  });

  it("but for an operation of which nobody knows whether it was carried out", async () => {
    const { ask, queue, fleet, calls } = start();
    fleet.open = ["unknown"];
    await ask();
    await queue.run();
    expect(calls).toHaveLength(1);
  });

  it("unless the contact itself is wanted", async () => {
    const { wake, queue, fleet, calls } = start();
    fleet.open = [];
    await wake.requestContact("d1", { reason: "operator" });
    await queue.run();
    expect(calls).toHaveLength(1);
  });

  it("without a URL: the failure says so and waits for the next contact", async () => {
    const { ask, queue, device, calls, events, wake } = start();
    device.endpoints = [{ key: "cwmp:d1", protocol: "cwmp", state: {} }];
    await ask();
    await queue.run();
    expect([calls, queue.waiting]).toEqual([[], []]);
    expect(events).toMatchObject([{ type: "wake.failed", data: { reason: "invalidUrl" } }]);
    expect(await wake.state("d1")).not.toHaveProperty("nextTryAt");
  });

  it("right after a contact that a call has led to", async () => {
    const { ask, queue, contact, pass, calls } = start();
    contact(["6 CONNECTION REQUEST"]);
    await pass(seconds(1));
    await ask();
    await queue.run();
    expect(calls).toEqual([]);
    await pass(seconds(20));
    expect(calls).toHaveLength(1);
  });

  it("twice when a job is delivered twice", async () => {
    const { ask, queue, calls } = start();
    await ask();
    await queue.run();
    queue.redeliver({ deviceId: "d1" });
    await queue.run();
    expect(calls).toHaveLength(1);
    expect(queue.waiting).toHaveLength(1);
  });

  it("twice when two workers have the job at once", async () => {
    const { ask, queue, calls } = start();
    await ask();
    queue.redeliver({ deviceId: "d1" });
    expect(await queue.run()).toBe(2);
    expect(calls).toHaveLength(1);
  });
});

describe("a queue that lost the job of a call", () => {
  it("is asked again by the sweep, once the call is long due", async () => {
    const { ask, queue, calls, wake, clock } = start();
    await ask();
    queue.waiting.splice(0);
    expect(await wake.sweep(clock.now())).toBe(0);
    await clock.advance(minutes(2));
    expect(await wake.sweep(clock.now())).toBe(1);
    await queue.run();
    expect(calls).toHaveLength(1);
    expect(await wake.sweep(clock.now())).toBe(0);
  });
});
