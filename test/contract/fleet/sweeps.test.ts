import { expect, it } from "@jest/globals";
import { fleetCollections } from "../../../fleet/schema.ts";
import { newId } from "../../../kernel/ids.ts";
import { hours, minutes } from "../../../kernel/time.ts";
import { contact, describeFleet } from "./fixture.ts";

/** More than a sweep looks at together. */
const MANY = 1_001;

describeFleet("sweeps", (fixture) => {
  const now = () => fixture.clock.now();
  const create = async (deviceId: string, expiresAt: number) =>
    (await fixture.fleet.operations.create(deviceId, { kind: "reboot" }, { expiresAt }, { name: "t" })).operation;
  /** Puts operations into the store as they are when many devices have them at once. */
  const insertMany = async (fields: Record<string, unknown>) => {
    const { _id, ...operation } = (await fixture.store.collection("operations").findOne({}))!;
    const all = Array.from({ length: MANY }, () => ({ ...operation, ...fields, _id: newId(now()) }));
    await fixture.store.collection("operations").insertMany(all);
  };

  it("expire what waits, however many others have the time that the device takes for them", async () => {
    const { device } = await contact(fixture, "W1");
    const waiting = await create(device._id, now() + minutes(1));
    const awaited = { state: "accepted", expiresAt: now() + minutes(1), completionDueAt: now() + hours(1) };
    await insertMany({ ...awaited, deviceId: "many", openFor: "many" });
    await fixture.clock.advance(minutes(2));
    expect(await fixture.runJob("operations.expire")).toBe(1);
    expect(await fixture.fleet.operations.get(waiting._id)).toMatchObject({ state: "expired" });
  });

  it("find what lost its conversation among however many that have theirs", async () => {
    const busy = await contact(fixture, "W2");
    await insertMany({ state: "active", attempt: 1, deviceId: busy.device._id, openFor: "many" });
    const { device, sessionId } = await contact(fixture, "W3");
    const lost = await create(device._id, now() + hours(9));
    const { work, contacts, operations } = fixture.fleet;
    await work.begin((await work.next(device, sessionId, now()))!, "{}", now());
    await contacts.close(device._id, sessionId, { at: now() });
    expect(await fixture.runJob("operations.recover")).toBe(1);
    expect(await operations.get(lost._id)).toMatchObject({ state: "unknown" });
  });

  it("append the event that a crash left out, however long it took until somebody started Steward again", async () => {
    const { device } = await contact(fixture, "W4");
    await fixture.runJob("operations.announce");
    const { _id: operationId } = await create(device._id, now() + hours(1));
    await fixture.fleet.operations.cancel(operationId, { name: "t" });
    const finished = { type: "operation.finished", operationId };
    const { events } = fleetCollections(fixture.store);
    expect(await events.deleteMany(finished)).toBe(1);
    await fixture.clock.advance(hours(10));
    await fixture.runJob("operations.announce");
    expect(await events.countDocuments(finished)).toBe(1);
  });
});
