import { expect, it } from "@jest/globals";
import type { ValidationPort } from "../../../fleet/door.ts";
import type { OperationRequest } from "../../../fleet/operations/model.ts";
import { fleetCollections } from "../../../fleet/schema.ts";
import { hours, minutes, seconds } from "../../../kernel/time.ts";
import { contact, describeFleet } from "./fixture.ts";

const write = (value: string, path = "Device.WiFi.SSID.1.SSID"): OperationRequest => ({
  kind: "write",
  values: [{ path, value }],
});
const fault = { code: "device.internal", message: "9002" };

describeFleet("operations", (fixture) => {
  const now = () => fixture.clock.now();
  const create = async (deviceId: string, request: OperationRequest, options = {}) =>
    (await fixture.fleet.operations.create(deviceId, request, options, { name: "t" })).operation;
  const known = async (serial: string) => (await contact(fixture, serial)).device;

  it("are durable, announced and owed a wake before their creator gets an answer", async () => {
    const { _id } = await known("O1");
    const operation = await create(_id, write("a"));
    expect(await fixture.fleet.operations.get(operation._id)).toEqual(operation);
    expect(operation).toMatchObject({
      state: "queued",
      priority: 50,
      attempt: 0,
      wake: "now",
      correlator: operation._id,
    });
    expect(operation.correlator.length).toBeLessThanOrEqual(32);
    expect(fixture.wake.requests.at(-1)).toEqual({ deviceId: _id, operationId: operation._id, reason: "write" });
    const { items } = await fixture.fleet.events.list({ deviceId: _id, types: ["operation.created"], limit: 5 });
    expect(items).toMatchObject([{ operationId: operation._id, data: { kind: "write", createdBy: "t" } }]);
  });

  it("start in the order of priority, then of creation, one at a time", async () => {
    const device = await known("O2");
    const second = await create(device._id, write("2"));
    const third = await create(device._id, write("3"));
    const first = await create(device._id, write("1"), { priority: 10 });
    const { work } = fixture.fleet;
    const { sessionId } = device.lease!;
    const ran: string[] = [];
    for (;;) {
      const operation = await work.next(device, sessionId, now());
      if (operation === undefined) break;
      expect(await work.begin(operation, "{}", now())).toBe(true);
      await work.advance(operation._id, "sent", now());
      const settled = await work.settle(operation._id, { state: "done", result: { status: 0 } }, now());
      expect(settled).toMatchObject({ state: "done", attempt: 1, progress: "sent", result: { status: 0 } });
      ran.push(operation._id);
    }
    expect(ran).toEqual([first, second, third].map(({ _id }) => _id));
    const { items } = await fixture.fleet.events.list({
      deviceId: device._id,
      types: ["operation.finished"],
      limit: 9,
    });
    expect(items.map(({ operationId }) => operationId)).toEqual([third, second, first].map(({ _id }) => _id));
  });

  it("are begun once, by the session that holds the device, however many try", async () => {
    const device = await known("O3");
    await create(device._id, write("a"));
    const { work } = fixture.fleet;
    const offers = await Promise.all(
      Array.from({ length: 4 }, () => work.next(device, device.lease!.sessionId, now())),
    );
    const begun = await Promise.all(offers.map((offer) => work.begin(offer!, "{}", now())));
    expect(begun.filter(Boolean)).toHaveLength(1);
    const late = await create((await known("O4"))._id, write("b"));
    const holder = (await fixture.fleet.devices.get(late.deviceId))!;
    const offered = await work.next(holder, holder.lease!.sessionId, now());
    await contact(fixture, "O4");
    expect(await work.begin(offered!, "{}", now())).toBe(false);
  });

  it("are settled as they are, whatever became of them in another process meanwhile", async () => {
    const other = fixture.another();
    const { work } = fixture.fleet;
    const device = await known("O4b");
    const first = await create(device._id, write("a"));
    await work.begin((await work.next(device, device.lease!.sessionId, now()))!, "{}", now());
    await other.work.settle(first._id, { state: "failed", fault }, now());
    expect(await work.settle(first._id, { state: "done" }, now())).toBeUndefined();
    const second = await create(device._id, write("b"));
    await work.begin((await work.next(device, device.lease!.sessionId, now()))!, "{}", now());
    await other.work.settle(second._id, { state: "retry", fault, delay: 0 }, now());
    await other.work.begin((await other.work.next(device, device.lease!.sessionId, now()))!, "again", now());
    expect(await work.settle(second._id, { state: "done" }, now())).toMatchObject({ state: "done", attempt: 2 });
    const { items } = await fixture.fleet.events.list({
      deviceId: device._id,
      types: ["operation.finished"],
      limit: 9,
    });
    expect(items.map(({ operationId }) => operationId)).toEqual([second._id, first._id]);
  });

  it("become unknown when another conversation takes the device, and come first then", async () => {
    const device = await known("O5");
    const dropped = await create(device._id, write("a"));
    const { work, operations } = fixture.fleet;
    await work.begin((await work.next(device, device.lease!.sessionId, now()))!, "sent", now());
    const again = await contact(fixture, "O5");
    expect(again.supersededLease?.sessionId).toBe(device.lease!.sessionId);
    expect(await operations.get(dropped._id)).toMatchObject({ state: "unknown", progress: "sent" });
    await create(device._id, write("b"), { priority: 1 });
    expect((await work.awaiting(device._id)).map(({ _id }) => _id)).toEqual([dropped._id]);
    const resumed = await work.next(again.device, again.sessionId, now());
    expect(resumed).toMatchObject({ _id: dropped._id, state: "unknown" });
    expect(await work.begin(resumed!, "reread", now())).toBe(true);
    await expect(work.advance(dropped._id, "more", now())).resolves.toBeUndefined();
  });

  it("end when each of their conversations is taken over, and do not hold the device for ever", async () => {
    const operation = await create((await known("O5b"))._id, write("a"), { maxAttempts: 1 });
    const { work, operations } = fixture.fleet;
    for (let drops = 0; drops < 3; drops++) {
      const { device, sessionId } = await contact(fixture, "O5b");
      expect(await work.begin((await work.next(device, sessionId, now()))!, "{}", now())).toBe(true);
      await contact(fixture, "O5b");
      await fixture.clock.advance(minutes(30));
    }
    expect(await operations.get(operation._id)).toMatchObject({
      state: "failed",
      fault: { code: "outcome.unknown", message: expect.stringContaining("no answer from before is known") },
    });
  });

  it("are tried again after a back-off, until the attempts are used up", async () => {
    const device = await known("O6");
    const operation = await create(device._id, write("a"), { maxAttempts: 2 });
    const { work, operations } = fixture.fleet;
    const { sessionId } = device.lease!;
    await work.begin((await work.next(device, sessionId, now()))!, "{}", now());
    expect(await work.settle(operation._id, { state: "retry", fault }, now())).toMatchObject({
      state: "queued",
      fault,
      nextAttemptAt: now() + seconds(30),
    });
    expect(await work.next(device, sessionId, now())).toBeUndefined();
    expect((await operations.why(operation)).map(({ code }) => code)).toContain("backingOff");
    const asked = fixture.wake.requests.length;
    expect(await fixture.runJob("operations.wake")).toBe(0);
    await fixture.clock.advance(seconds(31));
    expect(await fixture.runJob("operations.wake")).toBe(1);
    expect(fixture.wake.requests.slice(asked)).toEqual([
      { deviceId: device._id, operationId: operation._id, reason: "write" },
    ]);
    await work.begin((await work.next(device, sessionId, now()))!, "{}", now());
    expect(await work.settle(operation._id, { state: "retry", fault }, now())).toMatchObject({
      state: "failed",
      attempt: 2,
      fault,
    });
    const told = { deviceId: device._id, types: ["operation.finished" as const], limit: 5 };
    expect((await fixture.fleet.events.list(told)).items).toMatchObject([{ severity: "error", data: { fault } }]);
  });

  it("finish in another session when the device accepted them; a report that comes twice changes nothing", async () => {
    const device = await known("O7");
    const operation = await create(device._id, {
      kind: "download",
      fileType: "1 Firmware Upgrade Image",
      url: "http://192.0.2.9/f",
    });
    const { work } = fixture.fleet;
    await work.begin((await work.next(device, device.lease!.sessionId, now()))!, "{}", now());
    const completionDueAt = now() + minutes(60);
    await work.settle(operation._id, { state: "accepted", progress: "sent", completionDueAt }, now());
    const other = await create(device._id, { kind: "upload", fileType: "2 Vendor Log File" });
    expect(await work.next(device, device.lease!.sessionId, now())).toBeUndefined();
    expect(await fixture.fleet.operations.why(other)).toMatchObject([
      { code: "behindOperation", until: completionDueAt },
      { code: "inSession" },
    ]);
    expect(await work.findByCorrelator(device._id, "", ["upload"])).toBeUndefined();
    expect((await work.findByCorrelator(device._id, "", ["download"]))?._id).toBe(operation._id);
    expect(await work.findByCorrelator((await known("O8"))._id, operation.correlator, ["download"])).toBeUndefined();
    const found = await work.findByCorrelator(device._id, operation.correlator, ["download"]);
    expect(await work.settle(found!._id, { state: "done" }, now())).toMatchObject({ state: "done" });
    expect(await work.settle(found!._id, { state: "failed", fault }, now())).toBeUndefined();
    expect(await fixture.fleet.operations.get(operation._id)).toMatchObject({ state: "done" });
    expect((await work.next(device, device.lease!.sessionId, now()))?._id).toBe(other._id);
  });

  it("leave accepted when the completion does not come, and end when their time is over", async () => {
    const device = await known("O9");
    const transfer = await create(
      device._id,
      { kind: "download", fileType: "1", url: "http://192.0.2.9/f" },
      { expiresAt: now() + minutes(30) },
    );
    const { work, operations } = fixture.fleet;
    await work.begin((await work.next(device, device.lease!.sessionId, now()))!, "{}", now());
    await work.settle(transfer._id, { state: "accepted", progress: "{}", completionDueAt: now() + minutes(60) }, now());
    const later = await create(device._id, write("a"), { expiresAt: now() + minutes(5) });
    await fixture.clock.advance(minutes(40));
    expect(await fixture.runJob("operations.expire")).toBe(1);
    expect(await operations.get(later._id)).toMatchObject({
      state: "expired",
      fault: { code: "expired", message: "not carried out in time" },
    });
    expect(await operations.get(transfer._id)).toMatchObject({ state: "accepted" });
    await fixture.clock.advance(minutes(25));
    await fixture.runJob("operations.recover");
    expect(await operations.get(transfer._id)).toMatchObject({ state: "unknown" });
    await fixture.runJob("operations.expire");
    expect(await operations.get(transfer._id)).toMatchObject({
      state: "expired",
      fault: { message: "not known to be carried out in time" },
    });
  });

  it("that are expired are not started, also before the sweep has met them", async () => {
    const device = await known("O10");
    const operation = await create(device._id, write("a"), { expiresAt: now() + seconds(5) });
    await fixture.clock.advance(seconds(6));
    expect(await fixture.fleet.operations.why(operation)).toEqual([]);
    expect(await fixture.fleet.work.next(device, device.lease!.sessionId, now())).toBeUndefined();
    expect(await fixture.fleet.operations.get(operation._id)).toMatchObject({ state: "expired" });
  });

  it("wait for their time", async () => {
    const device = await known("O11");
    const asked = fixture.wake.requests.length;
    const operation = await create(device._id, write("a"), { notBefore: now() + minutes(10) });
    expect(fixture.wake.requests).toHaveLength(asked);
    expect(await fixture.fleet.work.next(device, device.lease!.sessionId, now())).toBeUndefined();
    expect((await fixture.fleet.operations.why(operation))[0]).toMatchObject({
      code: "notBefore",
      until: operation.notBefore,
    });
    await fixture.clock.advance(minutes(10));
    await fixture.runJob("operations.wake");
    expect(fixture.wake.requests.at(-1)).toMatchObject({ operationId: operation._id });
    expect((await fixture.fleet.work.next(device, device.lease!.sessionId, now()))?._id).toBe(operation._id);
  });

  it("given twice under one idempotency key are one; a different request under it conflicts", async () => {
    const { _id } = await known("O12");
    const options = { idempotencyKey: "k1" };
    const { operations } = fixture.fleet;
    const made = await Promise.all(
      Array.from({ length: 4 }, () => operations.create(_id, write("a"), options, { name: "t" })),
    );
    expect(new Set(made.map(({ operation }) => operation._id)).size).toBe(1);
    expect(made.filter(({ created }) => created)).toHaveLength(1);
    await expect(operations.create(_id, write("b"), options, { name: "t" })).rejects.toMatchObject({
      code: "idempotency.conflict",
    });
    expect((await operations.create(_id, write("b"), options, { name: "somebody else" })).created).toBe(true);
  });

  it("that only read or wake are shared while they are queued", async () => {
    const device = await known("O13");
    const { operations, work } = fixture.fleet;
    const read: OperationRequest = { kind: "read", paths: ["Device.DeviceInfo."] };
    const made = await Promise.all(
      Array.from({ length: 4 }, () => operations.create(device._id, read, { wake: "nextContact" }, { name: "t" })),
    );
    const first = made[0]!.operation;
    expect(new Set(made.map(({ operation }) => operation._id)).size).toBe(1);
    const woken = await operations.create(device._id, read, { wake: "now" }, { name: "t" });
    expect(woken).toMatchObject({ created: false, operation: { _id: first._id, wake: "now" } });
    expect(fixture.wake.requests.at(-1)).toMatchObject({ operationId: first._id });
    await work.begin((await work.next(device, device.lease!.sessionId, now()))!, "{}", now());
    expect((await operations.create(device._id, read, {}, { name: "t" })).created).toBe(true);
    const writes = [write("a"), write("a")].map((one) => operations.create(device._id, one, {}, { name: "t" }));
    expect((await Promise.all(writes)).map(({ created }) => created)).toEqual([true, true]);
  });

  it("are cancelled at once while queued, and asked for while the device has them", async () => {
    const device = await known("O14");
    const { operations, work } = fixture.fleet;
    const queued = await create(device._id, write("a"));
    expect(await operations.cancel(queued._id, { name: "t" })).toMatchObject({ state: "cancelled" });
    const active = await create(device._id, write("b"));
    const offered = await work.next(device, device.lease!.sessionId, now());
    await work.begin(offered!, "{}", now());
    expect(await operations.cancel(active._id, { name: "t" })).toMatchObject({
      state: "active",
      cancelRequested: true,
    });
    expect(await work.settle(active._id, { state: "retry", fault }, now())).toMatchObject({ state: "cancelled" });
    await expect(operations.cancel((await done(device._id))._id, { name: "t" })).rejects.toMatchObject({
      code: "state.conflict",
    });
  });

  it("whose cancellation was asked for are cancelled when the link drops, and hold nothing back", async () => {
    const device = await known("O14b");
    const { operations, work } = fixture.fleet;
    const dropped = await create(device._id, write("a"));
    const next = await create(device._id, write("b"));
    await work.begin((await work.next(device, device.lease!.sessionId, now()))!, "{}", now());
    await operations.cancel(dropped._id, { name: "t" });
    const { device: again } = await contact(fixture, "O14b");
    expect(await operations.get(dropped._id)).toMatchObject({ state: "cancelled" });
    expect((await work.next(again, again.lease!.sessionId, now()))!._id).toBe(next._id);
  });

  const done = async (deviceId: string) => {
    const device = (await fixture.fleet.devices.get(deviceId))!;
    const operation = await create(deviceId, write("done"));
    await fixture.fleet.work.begin(
      (await fixture.fleet.work.next(device, device.lease!.sessionId, now()))!,
      "{}",
      now(),
    );
    return (await fixture.fleet.work.settle(operation._id, { state: "done" }, now()))!;
  };

  it("cannot be begun when they were cancelled after they were offered", async () => {
    const device = await known("O15");
    const operation = await create(device._id, write("a"));
    const offered = await fixture.fleet.work.next(device, device.lease!.sessionId, now());
    await fixture.fleet.operations.cancel(operation._id, { name: "t" });
    expect(await fixture.fleet.work.begin(offered!, "{}", now())).toBe(false);
    await expect(fixture.fleet.work.advance(operation._id, "x", now())).rejects.toMatchObject({
      code: "state.conflict",
    });
  });

  it("that failed can be given again, with their secrets", async () => {
    const device = await known("O16");
    const { operations, work } = fixture.fleet;
    const failed = await create(device._id, write("geheim", "Device.WiFi.AccessPoint.1.Security.KeyPassphrase"));
    expect(failed.request).toMatchObject({ values: [{ value: "********" }] });
    await expect(operations.retry(failed._id, { name: "t" })).rejects.toMatchObject({ code: "state.conflict" });
    const offered = await work.next(device, device.lease!.sessionId, now());
    expect(offered!.request).toMatchObject({ values: [{ value: "geheim" }] });
    await work.begin(offered!, "{}", now());
    await work.settle(failed._id, { state: "failed", fault }, now());
    const again = await operations.retry(failed._id, { name: "t" });
    expect(again._id).not.toBe(failed._id);
    expect((await work.next(device, device.lease!.sessionId, now()))!.request).toMatchObject({
      values: [{ value: "geheim" }],
    });
  });

  it("leave no secret in the store, the listing or the log", async () => {
    const device = await known("O17");
    const { _id } = await create(device._id, {
      kind: "download",
      fileType: "1",
      url: "http://u:geheim@192.0.2.9/f",
      password: "geheim",
    });
    const stored = await fleetCollections(fixture.store).operations.findOne({ _id });
    expect(stored!.sealed).toEqual(expect.any(String));
    expect(JSON.stringify(stored)).not.toContain("geheim");
    const { items } = await fixture.fleet.operations.list({ deviceId: device._id, limit: 5 });
    expect(Object.keys(items[0]!)).not.toContain("sealed");
    const offered = await fixture.fleet.work.next(device, device.lease!.sessionId, now());
    expect(offered!.request).toMatchObject({ url: "http://u:geheim@192.0.2.9/f", password: "geheim" });
  });

  it("are refused with the findings of the data model, and for an unknown device", async () => {
    const device = await known("O18");
    const finding = { path: "Device.X", severity: "error" as const, code: "range", rule: "range 1..5" };
    const validation: ValidationPort = {
      examine: async (_device, request) => ({ findings: request.kind === "write" ? [finding] : [] }),
    };
    const { operations } = fixture.another({ validation });
    await expect(operations.create(device._id, write("9"), {}, { name: "t" })).rejects.toMatchObject({
      code: "validation.failed",
      details: { findings: [finding] },
    });
    expect((await operations.create(device._id, { kind: "reboot" }, {}, { name: "t" })).created).toBe(true);
    await expect(operations.create("nobody", write("a"), {}, { name: "t" })).rejects.toMatchObject({
      code: "resource.notFound",
    });
    await expect(operations.create(device._id, write("a"), { priority: 0 }, { name: "t" })).rejects.toMatchObject({
      code: "argument.invalid",
    });
  });

  it("keep what the data model warned of and knew of their values, whose secrets are sealed", async () => {
    const device = await known("O23");
    const warning = { path: "Device.X", severity: "warning" as const, code: "path.unknownVendor", rule: "a vendor's" };
    const typing = [{ type: "string", opaque: "secret" }] as const;
    const { operations } = fixture.another({ validation: { examine: async () => ({ findings: [warning], typing }) } });
    const { operation } = await operations.create(device._id, write("geheim"), {}, { name: "t" });
    expect(await operations.get(operation._id)).toMatchObject({ warnings: [warning], typing });
    const stored = await fleetCollections(fixture.store).operations.findOne({ _id: operation._id });
    expect(JSON.stringify(stored)).not.toContain("geheim");
    const offered = await fixture.fleet.work.next(device, device.lease!.sessionId, now());
    expect(offered).toMatchObject({ _id: operation._id, request: write("geheim"), typing });
  });

  it("are waited for: until they finish, here or in another process, or until the deadline", async () => {
    const device = await known("O19");
    const { operations, work } = fixture.fleet;
    const operation = await create(device._id, write("a"));
    const here = operations.wait(operation._id, now() + minutes(1));
    const elsewhere = fixture.another().operations.wait(operation._id, now() + hours(10));
    await work.begin((await work.next(device, device.lease!.sessionId, now()))!, "{}", now());
    await work.settle(operation._id, { state: "done" }, now());
    expect(await here).toMatchObject({ state: "done" });
    const outcome = { state: undefined as string | undefined };
    void elsewhere.then((finished) => (outcome.state = finished?.state));
    for (let i = 0; i < 1000 && outcome.state === undefined; i++) {
      await fixture.clock.advance(seconds(1));
      await operations.get(operation._id);
    }
    expect(outcome.state).toBe("done");
    const never = await create(device._id, write("b"));
    const waiting = operations.wait(never._id, now());
    expect(await waiting).toMatchObject({ state: "queued" });
    expect(fixture.clock.pending).toBe(0);
  });

  it("that waited for their device to be released or admitted want its contact then", async () => {
    const device = await known("O22");
    const holdUntil = now() + minutes(5);
    await fixture.fleet.devices.update(device._id, { holdUntil }, "t");
    const operation = await create(device._id, write("a"));
    expect((await fixture.fleet.operations.why(operation))[0]).toMatchObject({ code: "deviceHeld", until: holdUntil });
    const wakes = () => fixture.wake.requests.filter(({ operationId }) => operationId === operation._id).length;
    const wakesAfter = async (wait = 0) => {
      await fixture.clock.advance(wait);
      await fixture.runJob("operations.wake");
      return wakes();
    };
    expect(await wakesAfter()).toBe(0);
    expect(await wakesAfter(minutes(5))).toBe(1);
    await fixture.fleet.devices.update(device._id, { holdUntil: now() + minutes(5) }, "t");
    expect(await wakesAfter()).toBe(1);
    await fixture.fleet.devices.update(device._id, { holdUntil: null }, "t");
    expect(await wakesAfter()).toBe(2);
  });

  it("call no device that is not admitted, until it is", async () => {
    const { device } = await contact(fixture, "O22q", { unknownPolicy: "quarantine" });
    const operation = await create(device._id, write("a"));
    const wakes = () => fixture.wake.requests.filter(({ operationId }) => operationId === operation._id).length;
    expect(wakes()).toBe(0);
    await fixture.fleet.devices.update(device._id, { admission: "active" }, "t");
    await fixture.runJob("operations.wake");
    expect(wakes()).toBe(1);
  });

  it("list by device, state and kind, newest first, page by page", async () => {
    const { _id } = await known("O20");
    const made: string[] = [];
    for (let i = 0; i < 5; i++) made.unshift((await create(_id, write(String(i))))._id);
    const first = await fixture.fleet.operations.list({
      deviceId: _id,
      states: ["queued"],
      kinds: ["write"],
      limit: 3,
    });
    const second = await fixture.fleet.operations.list({
      deviceId: _id,
      states: ["queued"],
      limit: 3,
      cursor: first.next!,
    });
    expect([...first.items, ...second.items].map((operation) => operation._id)).toEqual(made);
    expect(second.next).toBeUndefined();
    expect((await fixture.fleet.operations.list({ deviceId: _id, states: ["done"], limit: 3 })).items).toEqual([]);
  });
});
