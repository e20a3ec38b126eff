import { expect, it } from "@jest/globals";
import type { OperationRequest } from "../../../fleet/operations/model.ts";
import { minutes } from "../../../kernel/time.ts";
import { contact, describeFleet } from "./fixture.ts";

describeFleet("cancelling what a device has accepted", (fixture) => {
  const now = () => fixture.clock.now();

  /** An operation that the device has taken and finishes within ten minutes. */
  async function accepted(serial: string, request: OperationRequest) {
    const { device, sessionId } = await contact(fixture, serial);
    const { operations, work } = fixture.fleet;
    const { operation } = await operations.create(device._id, request, {}, { name: "t" });
    await work.begin((await work.next(device, sessionId, now()))!, "{}", now());
    const completionDueAt = now() + minutes(10);
    await work.settle(operation._id, { state: "accepted", progress: "{}", completionDueAt }, now());
    return { id: operation._id, device, sessionId, completionDueAt, acceptedAt: now() };
  }

  it("waits for what nobody can take back, says so and until when, and who asked", async () => {
    const { id, completionDueAt, acceptedAt } = await accepted("K1", { kind: "factoryReset" });
    const { operations } = fixture.fleet;
    await fixture.clock.advance(minutes(1));
    const asked = await operations.cancel(id, { name: "eve" });
    expect(asked).toMatchObject({ state: "accepted", cancelRequested: true });
    expect(asked.history.at(-1)).toEqual({ at: now(), state: "accepted", note: "cancellation asked for by eve" });
    expect(await operations.get(id)).toEqual(asked);
    expect(await operations.why(asked)).toEqual([
      {
        code: "awaitingCompletion",
        since: acceptedAt,
        until: completionDueAt,
        remedy: expect.stringContaining("Cancellation was asked for"),
      },
    ]);
    expect((await operations.cancel(id, { name: "eve" })).history).toEqual(asked.history);
    await fixture.clock.advance(minutes(9));
    await fixture.runJob("operations.recover");
    expect(await operations.get(id)).toMatchObject({ state: "cancelled" });
  });

  it("is done all the same when the device reports its end", async () => {
    const { id } = await accepted("K2", { kind: "reboot" });
    await fixture.fleet.operations.cancel(id, { name: "t" });
    expect(await fixture.fleet.work.settle(id, { state: "done" }, now())).toMatchObject({ state: "done" });
  });

  it("does not claim to know what became of one whose answer was lost", async () => {
    const { device, sessionId } = await contact(fixture, "K5");
    const { operations, work } = fixture.fleet;
    const { operation } = await operations.create(device._id, { kind: "factoryReset" }, {}, { name: "t" });
    await work.begin((await work.next(device, sessionId, now()))!, "{}", now());
    await work.settle(operation._id, { state: "unknown", note: "connection lost" }, now());
    const { state, history } = await operations.cancel(operation._id, { name: "eve" });
    expect(state).toBe("cancelled");
    expect(history.at(-1)!.note).toBe("by eve; whether the device carried it out is not known");
  });

  it("does not wait for a contact that was only scheduled", async () => {
    const { id } = await accepted("K3", { kind: "scheduleContact", delaySeconds: 86_400 });
    expect(await fixture.fleet.operations.cancel(id, { name: "eve" })).toMatchObject({ state: "cancelled" });
    const { device, sessionId } = await contact(fixture, "K3");
    const { operations, work } = fixture.fleet;
    const request = { kind: "scheduleContact", delaySeconds: 86_400 } as const;
    const { operation } = await operations.create(device._id, request, {}, { name: "t" });
    await work.begin((await work.next(device, sessionId, now()))!, "{}", now());
    await operations.cancel(operation._id, { name: "eve" });
    const taken = await work.settle(operation._id, { state: "accepted", progress: "{}" }, now());
    expect(taken).toMatchObject({ state: "cancelled" });
  });

  it("asks the device to drop a transfer, once, which cancels it", async () => {
    const request = { kind: "download", fileType: "1 Firmware Upgrade Image", url: "http://192.0.2.9/f" } as const;
    const { id, device, sessionId } = await accepted("K4", request);
    const { operations, work } = fixture.fleet;
    expect(await operations.cancel(id, { name: "eve" })).toMatchObject({ state: "accepted", cancelRequested: true });
    await operations.cancel(id, { name: "eve" });
    const { items } = await operations.list({ deviceId: device._id, kinds: ["cancelTransfer"], limit: 9 });
    expect(items).toMatchObject([{ request: { operationId: id }, state: "queued", createdBy: "eve" }]);
    expect(await work.next(device, sessionId, now())).toMatchObject({ _id: items[0]!._id });
    const dropped = await work.settle(id, { state: "cancelled", note: "dropped" }, now());
    expect(dropped).toMatchObject({ state: "cancelled", finishedAt: now() });
  });
});
