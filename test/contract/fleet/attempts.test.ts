import { expect, it } from "@jest/globals";
import type { OperationOptions } from "../../../fleet/door.ts";
import type { OperationRequest } from "../../../fleet/operations/model.ts";
import { hours, minutes, seconds } from "../../../kernel/time.ts";
import { contact, describeFleet } from "./fixture.ts";

const write = (value: string): OperationRequest => ({
  kind: "write",
  values: [{ path: "Device.Time.NTPServer1", value }],
});
const fault = { code: "device.internalError", message: "9002" };

describeFleet("attempts", (fixture) => {
  const now = () => fixture.clock.now();
  const create = async (deviceId: string, request: OperationRequest, options: OperationOptions = {}) =>
    (await fixture.fleet.operations.create(deviceId, request, options, { name: "t" })).operation;

  it("are not failed by sessions that reach their limit, however many it takes, and let others pass", async () => {
    const { device, sessionId } = await contact(fixture, "O5d");
    const long = await create(device._id, { kind: "discover", path: "Device." });
    const { work, operations } = fixture.fleet;
    for (let i = 0; i < 9; i++) {
      await work.begin((await work.next(device, sessionId, now()))!, "{}", now());
      const parked = { state: "unknown", note: "the session's limit", progress: `${i}`, parked: true } as const;
      expect(await work.settle(long._id, parked, now())).toMatchObject({ state: "unknown", progress: `${i}` });
    }
    const passing = await create(device._id, write("a"));
    expect((await work.next(device, sessionId, now()))?._id).toBe(passing._id);
    await operations.cancel(passing._id, { name: "t" });
    await work.begin((await work.next(device, sessionId, now()))!, "{}", now());
    expect(await work.settle(long._id, { state: "retry", fault }, now())).toMatchObject({
      state: "queued",
      nextAttemptAt: now() + seconds(30),
    });
  });

  it("fail with the code that their adapter has for it when they are left without an answer too often", async () => {
    const { device, sessionId } = await contact(fixture, "O5c");
    const operation = await create(device._id, write("a"), { maxAttempts: 1 });
    const { work } = fixture.fleet;
    const states: string[] = [];
    for (let i = 0; i < 3; i++) {
      await work.begin((await work.next(device, sessionId, now()))!, "{}", now());
      const silence = { state: "unknown", note: "no answer", failsAs: "device.silent" } as const;
      states.push((await work.settle(operation._id, silence, now()))!.state);
    }
    expect(states).toEqual(["unknown", "unknown", "failed"]);
    expect(await fixture.fleet.operations.get(operation._id)).toMatchObject({ fault: { code: "device.silent" } });
  });

  it("that are to be repeated may still be finished by what the device reports late", async () => {
    const { device, sessionId } = await contact(fixture, "O22");
    const transfer = await create(device._id, { kind: "download", fileType: "1", url: "http://192.0.2.9/f" });
    const { work, operations } = fixture.fleet;
    await work.begin((await work.next(device, sessionId, now()))!, "{}", now());
    await work.settle(transfer._id, { state: "accepted", progress: "{}", completionDueAt: now() + hours(1) }, now());
    const repeated = await work.settle(transfer._id, { state: "retry", fault }, now());
    expect(repeated).toMatchObject({ state: "queued", nextAttemptAt: now() + seconds(30) });
    expect(repeated).not.toHaveProperty("completionDueAt");
    const behind = await create(device._id, { kind: "upload", fileType: "2" });
    expect(await operations.why(behind)).toContainEqual(
      expect.objectContaining({ code: "behindOperation", until: now() + seconds(30) }),
    );
    expect(await work.settle(transfer._id, { state: "done" }, now())).toMatchObject({ state: "done", attempt: 1 });
    expect((await operations.get(transfer._id))!.history.map(({ state }) => state).slice(-3)).toEqual([
      "queued",
      "active",
      "done",
    ]);
  });

  it("give up an operation whose link drops each time, after as many attempts as they tell", async () => {
    const { device } = await contact(fixture, "O21");
    const operation = await create(device._id, write("a"));
    const { work, operations } = fixture.fleet;
    const told: unknown[] = [];
    for (let i = 0; i < 12 && (await operations.get(operation._id))!.state !== "failed"; i++) {
      const offered = await work.next(device, device.lease!.sessionId, now());
      if (offered !== undefined) {
        await work.begin(offered, "{}", now());
        await work.settle(operation._id, { state: "unknown", note: "connection lost" }, now());
      }
      const reasons = await operations.why(operation);
      told.push(...reasons.filter(({ code }) => code === "backingOff").map(({ params }) => params));
      await fixture.clock.advance(minutes(20));
    }
    expect(told).toEqual([
      { attempt: 3, maxAttempts: 5 },
      { attempt: 4, maxAttempts: 5 },
    ]);
    expect(await operations.get(operation._id)).toMatchObject({
      state: "failed",
      attempt: 5,
      fault: { code: "outcome.unknown", message: "given up after 5 attempts, the last one: connection lost" },
    });
  });
});
