import { expect, it } from "@jest/globals";
import { onlineState } from "../../../fleet/devices/online.ts";
import type { DeviceQuery } from "../../../fleet/door.ts";
import { fleetCollections } from "../../../fleet/schema.ts";
import { hours, minutes } from "../../../kernel/time.ts";
import { contact, describeFleet } from "./fixture.ts";

describeFleet("devices", (fixture) => {
  const known = async (serial: string, over: Parameters<typeof contact>[2] = {}) =>
    (await contact(fixture, serial, over)).device;
  const provision = (serialNumber: string, tags: string[] = []) =>
    fixture.fleet.devices.create(
      { identity: { oui: "ABCDEF", productClass: "X", serialNumber }, protocol: "cwmp", tags },
      "t",
    );
  const found = async (filter: string) =>
    (await fixture.fleet.devices.list({ filter, limit: 100 })).items.map(({ identity }) => identity.serialNumber);

  it("are changed by their version; a lost update is refused", async () => {
    const { _id } = await known("D1");
    const { devices } = fixture.fleet;
    const changed = await devices.update(_id, { alias: "Shop", tags: ["vip"] }, "t", 1);
    expect(changed).toMatchObject({ alias: "Shop", tags: ["vip"], version: 2 });
    expect(await devices.get(_id)).toEqual(changed);
    await expect(devices.update(_id, { alias: "Other" }, "t", 1)).rejects.toMatchObject({
      code: "precondition.failed",
      details: { version: 2 },
    });
    const cleared = await devices.update(_id, { alias: null, tags: null }, "t");
    expect([cleared.alias, cleared.tags]).toEqual([undefined, []]);
    await expect(devices.update("nobody", { alias: "x" }, "t")).rejects.toMatchObject({ code: "resource.notFound" });
  });

  it("keep an operator's change when a contact comes at the same time", async () => {
    const { _id } = await known("D2");
    await Promise.all([
      fixture.fleet.devices.update(_id, { tags: ["kept"] }, "t"),
      known("D2", { remoteAddress: "192.0.2.77" }),
      known("D2", { remoteAddress: "192.0.2.78" }),
    ]);
    expect(await found("kept")).toEqual(["D2"]);
    expect((await fixture.fleet.devices.get(_id))!.tags).toEqual(["kept"]);
  });

  it("leave no operation behind that was made while they were removed", async () => {
    const { _id } = await provision("GOING");
    const { devices, operations } = fixture.fleet;
    const create = () =>
      operations.create(_id, { kind: "reboot" }, {}, { name: "t" }).catch((error: { code: string }) => error.code);
    const early = Array.from({ length: 20 }, create);
    const removing = devices.remove(_id, "t");
    const made = await Promise.all([...early, ...Array.from({ length: 20 }, create), removing]);
    expect(made.filter((each) => typeof each === "string" && each !== "resource.notFound")).toEqual([]);
    expect(await fleetCollections(fixture.store).operations.find({ deviceId: _id }).toArray()).toEqual([]);
  });

  it("are removed with everything that is theirs, but for their events", async () => {
    const { _id } = await known("D3");
    const { devices, operations, credentials, events } = fixture.fleet;
    const { operation } = await operations.create(_id, { kind: "reboot" }, {}, { name: "t" });
    await credentials.put(
      { scope: { endpointKey: "cwmp:00259E-HG8245-D3" }, purpose: "authentication", username: "d3" },
      "s",
    );
    const many = Array.from({ length: 70 }, (_, i) => ({ path: `D.${i}`, value: "v" }));
    await fixture.fleet.contacts.observe(_id, { at: 0, source: "read", observations: many });
    expect(await devices.remove(_id, "t")).toBe(true);
    expect(await devices.remove(_id, "t")).toBe(false);
    expect(await operations.get(operation._id)).toBeUndefined();
    expect(await credentials.findForAuthentication("d3")).toEqual([]);
    expect(await fleetCollections(fixture.store).segments.countDocuments({ deviceId: _id })).toBe(0);
    expect((await events.list({ deviceId: _id, limit: 9 })).items[0]).toMatchObject({ type: "device.deleted" });
  });

  it("are found by what they are, who they are and when they came", async () => {
    await known("F1", { facts: { softwareVersion: "V1", modelName: "HG8245Q2" }, remoteAddress: "203.0.113.5" });
    const old = await known("00:25:9E:AA:BB:CC", { facts: { softwareVersion: "V2" } });
    await provision("F3", ["lab"]);
    await fixture.fleet.devices.update(old._id, { alias: "Old One" }, "t");
    const answers: Record<string, string[]> = {
      "serial:f1": ["F1"],
      "model:hg8245Q*": ["F1"],
      "model:HG8245 serial:0*": ["00:25:9E:AA:BB:CC"],
      'firmware="V2"': ["00:25:9E:AA:BB:CC"],
      "oui=ABCDEF": ["F3"],
      "tag:(vip,lab)": ["F3"],
      "-has:firmware": ["F3"],
      "203.0.113.5": ["F1"],
      "f1 or f3": ["F1", "F3"],
      "0025.9eaa.bbcc": ["00:25:9E:AA:BB:CC"],
      '"old one"': ["00:25:9E:AA:BB:CC"],
      "state:never": ["F3"],
      "admission:preprovisioned created>now-1h": ["F3"],
      "serial:f* lastContact>now-1h": ["F1"],
      "serial:f* informInterval<=5m": [],
      "serial:f1 informInterval<1h": [],
    };
    for (const [filter, serials] of Object.entries(answers))
      expect([filter, await found(filter)]).toEqual([filter, serials]);
  });

  it("refuse a filter with the place and what was expected there", async () => {
    const refused = async (filter: string) => {
      const error: unknown = await fixture.fleet.devices.list({ filter, limit: 1 }).catch((caught: unknown) => caught);
      expect(error).toMatchObject({ code: "filter.invalid" });
      return (error as { details: { offset: number } }).details.offset;
    };
    expect(await refused("serial:x colour:red")).toBe(9);
    expect(await refused("state:asleep")).toBe(0);
    expect(await refused("x lastContact:today")).toBe(2);
    expect(await refused("serial<5")).toBe(0);
    expect(await refused("x and informInterval>soon")).toBe(6);
    expect(await refused("Device.X:1")).toBe(0);
    expect(await refused("(serial:x")).toBeGreaterThan(0);
  });

  it("are online until they are late, and offline then; the filter agrees", async () => {
    const { _id, lease } = await known("N1");
    await fixture.fleet.contacts.close(_id, lease!.sessionId, { at: fixture.clock.now() });
    const state = async () => onlineState((await fixture.fleet.devices.get(_id))!, fixture.clock.now());
    expect([await state(), await found("serial:N1 state:online"), await found("serial:N1 state:offline")]).toEqual([
      "online",
      ["N1"],
      [],
    ]);
    await fixture.clock.advance(minutes(10) + 1);
    expect([await state(), await found("serial:N1 state:online"), await found("serial:N1 state:offline")]).toEqual([
      "offline",
      [],
      ["N1"],
    ]);
    const { _id: quiet, lease: held } = await known("N2", { facts: {} });
    await fixture.fleet.contacts.close(quiet, held!.sessionId, { at: fixture.clock.now() });
    await fixture.clock.advance(hours(24));
    expect(await found("serial:N2 state:online")).toEqual(["N2"]);
    await fixture.clock.advance(hours(2));
    expect(await found("serial:N2 state:offline")).toEqual(["N2"]);
  });

  it("come page by page in each order, those that never came included", async () => {
    for (let i = 0; i < 7; i++) {
      await fixture.clock.advance(1000);
      if (i % 3 === 2) await provision(`L${i}`, ["paged"]);
      else await fixture.fleet.devices.update((await known(`L${6 - i}`))._id, { tags: ["paged"] }, "t");
    }
    for (const sort of ["lastContact", "-lastContact", "serialNumber", "createdAt", "-createdAt"] as const) {
      const whole = await fixture.fleet.devices.list({ filter: "tag:paged", limit: 100, sort });
      const paged: string[] = [];
      let cursor: string | undefined;
      do {
        const query: DeviceQuery = { filter: "tag:paged", limit: 2, sort, ...(cursor !== undefined && { cursor }) };
        const page = await fixture.fleet.devices.list(query);
        paged.push(...page.items.map(({ _id }) => _id));
        cursor = page.next;
      } while (cursor !== undefined);
      expect(whole.items).toHaveLength(7);
      expect([sort, paged]).toEqual([sort, whole.items.map(({ _id }) => _id)]);
    }
    await expect(fixture.fleet.devices.list({ limit: 1, cursor: "nonsense" })).rejects.toMatchObject({
      code: "argument.invalid",
    });
  });

  it("are counted up to a limit", async () => {
    expect(await fixture.fleet.devices.count("tag:paged", 100)).toBe(7);
    expect(await fixture.fleet.devices.count("tag:paged", 3)).toBe(3);
    expect(await fixture.fleet.devices.count(undefined, 1000)).toBeGreaterThan(7);
  });
});
