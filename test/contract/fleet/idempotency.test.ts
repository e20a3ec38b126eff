import { expect, it } from "@jest/globals";
import { scopeKeysByToken } from "../../../fleet/operations/keys-by-token.ts";
import { fleetCollections } from "../../../fleet/schema.ts";
import { minutes } from "../../../kernel/time.ts";
import { contact, describeFleet } from "./fixture.ts";

describeFleet("idempotency keys", (fixture) => {
  const now = () => fixture.clock.now();
  const reboot = { kind: "reboot" } as const;
  const token = async (name: string) => {
    const { token: made } = await fixture.fleet.access.tokens.create({ name, permissions: ["*"] }, "root");
    return { name, tokenId: made.id };
  };

  it("belong to a token: another of the same name has its own, and the operation tells them apart", async () => {
    const { device } = await contact(fixture, "I1");
    const { operations, events } = fixture.fleet;
    const [first, second] = [await token("oss"), await token("oss")];
    const options = { idempotencyKey: "order-1" };
    const one = await operations.create(device._id, reboot, options, first);
    expect((await operations.create(device._id, reboot, options, first)).operation._id).toBe(one.operation._id);
    const other = await operations.create(device._id, { kind: "wake" }, options, second);
    expect(other).toMatchObject({ created: true, operation: { createdBy: "oss", createdByToken: second.tokenId } });
    const { items } = await events.list({ deviceId: device._id, types: ["operation.created"], limit: 9 });
    expect(items.map(({ data }) => data["createdByToken"])).toEqual([second.tokenId, first.tokenId]);
  });

  /** As schema version 1 stored it: under the name. */
  async function old(deviceId: string, key: string, name: string) {
    const { operation } = await fixture.fleet.operations.create(deviceId, reboot, { idempotencyKey: key }, { name });
    const set = { idempotencyId: `digest-of-${name}-and-${key}` };
    await fleetCollections(fixture.store).operations.updateOne({ _id: operation._id }, { $set: set });
    return operation._id;
  }
  const again = async (deviceId: string, idempotencyKey: string, by: { name: string; tokenId: string }) =>
    (await fixture.fleet.operations.create(deviceId, reboot, { idempotencyKey }, by)).operation._id;

  it("of older data are taken over to the only token of their creator's name in its time", async () => {
    const { device } = await contact(fixture, "I2");
    const gone = await token("billing");
    await fixture.clock.advance(minutes(1));
    await fixture.fleet.access.tokens.revoke(gone.tokenId, "root");
    const current = await token("billing");
    const id = await old(device._id, "k", "billing");
    await fixture.clock.advance(minutes(1));
    await token("billing");
    await scopeKeysByToken(fixture.store);
    await scopeKeysByToken(fixture.store);
    expect(await fixture.fleet.operations.get(id)).toMatchObject({ createdByToken: current.tokenId });
    expect(await again(device._id, "k", current)).toBe(id);
  });

  it("of older data are told apart by the audit log where several had one name, else given up", async () => {
    const { device } = await contact(fixture, "I3");
    const [first, second] = [await token("twin"), await token("twin")];
    const audited = await old(device._id, "k", "twin");
    const details = { operationId: audited, kind: "reboot", created: true };
    const entry = { action: "operations.create", target: device._id, outcome: "done", details } as const;
    await fixture.fleet.access.audit.append({ ...entry, at: now(), by: "twin", tokenId: second.tokenId });
    const unknown = await old(device._id, "l", "twin");
    await scopeKeysByToken(fixture.store);
    expect(await again(device._id, "k", second)).toBe(audited);
    expect(await again(device._id, "k", first)).not.toBe(audited);
    expect(await fixture.fleet.operations.get(unknown)).not.toHaveProperty("createdByToken");
    expect(await again(device._id, "l", first)).not.toBe(unknown);
  });
});

describeFleet("shared reads", (fixture) => {
  it("are not shared across what changes the device: who reads after a write sees what was written", async () => {
    const { device } = await contact(fixture, "D1");
    const { operations, work } = fixture.fleet;
    const by = { name: "t" };
    const read = async (priority = 50) => {
      const request = { kind: "read", paths: ["Device.Time.NTPServer1"] } as const;
      return (await operations.create(device._id, request, { priority, wake: "nextContact" }, by)).operation._id;
    };
    const write = { kind: "write", values: [{ path: "Device.Time.NTPServer1", value: "x" }] } as const;
    const before = await read();
    await operations.create(device._id, { kind: "discover", path: "Device." }, {}, by);
    expect(await read()).toBe(before);
    await operations.create(device._id, write, { priority: 90 }, by);
    expect(await read()).toBe(before);
    await operations.create(device._id, write, {}, by);
    const after = await read();
    expect(after).not.toBe(before);
    expect(await read()).toBe(after);
    const order: string[] = [];
    for (let i = 0; i < 5; i++) {
      const next = (await work.next(device, device.lease!.sessionId, fixture.clock.now()))!;
      order.push(next.request.kind);
      await work.begin(next, "{}", fixture.clock.now());
      await work.settle(next._id, { state: "done" }, fixture.clock.now());
    }
    expect(order).toEqual(["read", "discover", "write", "read", "write"]);
  });
});
