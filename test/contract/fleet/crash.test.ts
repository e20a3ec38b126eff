import { expect, it } from "@jest/globals";
import { fleetCollections } from "../../../fleet/schema.ts";
import { minutes, seconds } from "../../../kernel/time.ts";
import { contact, describeFleet } from "./fixture.ts";

describeFleet("after a crash", (fixture) => {
  const now = () => fixture.clock.now();

  it("everything that was acknowledged is there", async () => {
    const devices = await Promise.all(Array.from({ length: 20 }, (_, i) => contact(fixture, `X${i}`)));
    const made = await Promise.all(
      devices.map(({ device }) =>
        fixture.fleet.operations
          .create(device._id, { kind: "reboot" }, {}, { name: "t" })
          .then(({ operation }) => operation),
      ),
    );
    const large = Array.from({ length: 100 }, (_, i) => ({ path: `Device.T.${i}.V`, value: "v" }));
    await fixture.fleet.contacts.observe(devices[0]!.device._id, { at: now(), source: "read", observations: large });
    await fixture.fleet.idle();
    await fixture.reopen();
    for (const [i, { device, sessionId }] of devices.entries()) {
      expect(await fixture.fleet.contacts.resume(device._id, sessionId)).toEqual(device);
      expect(await fixture.fleet.operations.get(made[i]!._id)).toEqual(made[i]);
      const { items } = await fixture.fleet.events.list({ deviceId: device._id, limit: 9, order: "oldestFirst" });
      expect(items.map(({ type }) => type)).toEqual(["device.created", "device.contacted", "operation.created"]);
    }
    expect(await fixture.fleet.parameters.read(devices[0]!.device, ["Device.T."])).toHaveLength(100);
  });

  it("a wake that the queue never took is asked for again, once", async () => {
    const { device } = await contact(fixture, "W1");
    fixture.wake.down = true;
    const { operation } = await fixture.fleet.operations.create(device._id, { kind: "reboot" }, {}, { name: "t" });
    fixture.wake.down = false;
    await fixture.reopen();
    fixture.wake.requests.length = 0;
    await fixture.runJob("operations.wake");
    await fixture.runJob("operations.wake");
    expect(fixture.wake.requests.filter(({ operationId }) => operationId === operation._id)).toHaveLength(1);
  });

  it("what the device was busy with is unknown, as soon as its session is over", async () => {
    const { device, sessionId } = await contact(fixture, "W2");
    const { operation } = await fixture.fleet.operations.create(device._id, { kind: "reboot" }, {}, { name: "t" });
    await fixture.fleet.work.begin((await fixture.fleet.work.next(device, sessionId, now()))!, "sent", now());
    await fixture.reopen();
    await fixture.runJob("operations.recover");
    expect(await fixture.fleet.operations.get(operation._id)).toMatchObject({ state: "active" });
    await fixture.clock.advance(minutes(2));
    await fixture.runJob("operations.recover");
    expect(await fixture.fleet.operations.get(operation._id)).toMatchObject({
      state: "unknown",
      progress: "sent",
      attempt: 1,
    });
    fixture.wake.requests.length = 0;
    await fixture.runJob("operations.wake");
    expect(fixture.wake.requests.at(-1)).toMatchObject({ operationId: operation._id });
  });

  it("an operation says what happened, and not more: a new session came, or the one that had it failed", async () => {
    const noteAfter = async (serial: string, end: (deviceId: string, sessionId: string) => Promise<unknown>) => {
      const { device, sessionId } = await contact(fixture, serial);
      const { operation } = await fixture.fleet.operations.create(device._id, { kind: "reboot" }, {}, { name: "t" });
      await fixture.fleet.work.begin((await fixture.fleet.work.next(device, sessionId, now()))!, "sent", now());
      await end(device._id, sessionId);
      return (await fixture.fleet.operations.get(operation._id))!.history.at(-1)!;
    };
    const killed = await noteAfter("W5", async () => {
      await fixture.reopen();
      await contact(fixture, "W5");
    });
    expect(killed).toMatchObject({
      state: "unknown",
      note: "the device began a new session, and no answer from before is known",
    });
    const failed = await noteAfter("W6", (deviceId, sessionId) =>
      fixture.fleet.contacts.close(deviceId, sessionId, { at: now(), failed: "the device fell silent" }),
    );
    expect(failed).toMatchObject({ state: "unknown", note: "the session failed: the device fell silent" });
  });

  it("the session goes on in another process, with the operation that it had begun", async () => {
    const { device, sessionId } = await contact(fixture, "W3");
    const { operation } = await fixture.fleet.operations.create(device._id, { kind: "reboot" }, {}, { name: "t" });
    await fixture.fleet.work.begin((await fixture.fleet.work.next(device, sessionId, now()))!, "sent", now());
    await fixture.fleet.contacts.keep(device._id, { sessionId, until: now() + minutes(1), session: "state" });
    await fixture.reopen();
    const resumed = await fixture.fleet.contacts.resume(device._id, sessionId);
    expect(resumed?.lease?.session).toBe("state");
    expect(await fixture.fleet.work.settle(operation._id, { state: "done" }, now())).toMatchObject({
      state: "done",
      progress: "sent",
    });
  });

  it("the events of operations that were written without are appended, once", async () => {
    const { device, sessionId } = await contact(fixture, "W4");
    const { operation } = await fixture.fleet.operations.create(device._id, { kind: "reboot" }, {}, { name: "t" });
    await fixture.fleet.work.begin((await fixture.fleet.work.next(device, sessionId, now()))!, "sent", now());
    await fixture.fleet.work.settle(operation._id, { state: "done" }, now());
    const { events } = fleetCollections(fixture.store);
    expect(await events.deleteMany({ operationId: operation._id })).toBe(2);
    await fixture.reopen();
    await fixture.clock.advance(seconds(30));
    await fixture.runJob("operations.announce");
    await fixture.runJob("operations.announce");
    const { items } = await fixture.fleet.events.list({ deviceId: device._id, limit: 9, order: "oldestFirst" });
    const told = items.filter(({ operationId }) => operationId === operation._id).map(({ type }) => type);
    expect(told).toEqual(["operation.created", "operation.finished"]);
  });

  it("preparing the store again changes nothing", async () => {
    const before = await fixture.fleet.devices.count(undefined, 1000);
    await fixture.reopen();
    await fixture.reopen();
    expect(await fixture.fleet.devices.count(undefined, 1000)).toBe(before);
  });
});
