import { expect, it } from "@jest/globals";
import fc from "fast-check";
import { Compactor } from "../../../fleet/parameters/compaction.ts";
import type { ParameterPatch } from "../../../fleet/parameters/model.ts";
import { sortPaths } from "../../../fleet/parameters/tree-order.ts";
import { fleetCollections } from "../../../fleet/schema.ts";
import { hours, minutes } from "../../../kernel/time.ts";
import { silentLogger } from "../../../platform/log/logger.ts";
import { patches } from "../../unit/fleet/parameters/arbitrary-patches.ts";
import { naiveTree } from "../../unit/fleet/parameters/naive-tree.ts";
import { contact, describeFleet, type Fixture, report } from "./fixture.ts";

const compactorOf = ({ store, clock }: Fixture): Compactor =>
  new Compactor({ ...fleetCollections(store), clock, log: silentLogger });

describeFleet("parameters", (fixture) => {
  let serial = 0;
  const blank = async () =>
    (
      await contact(fixture, `P${(serial += 1)}`, {
        values: { at: fixture.clock.now(), source: "inform", observations: [] },
      })
    ).device;
  const read = async (device: { _id: string }, selectors: string[] = []) =>
    fixture.fleet.parameters.read((await fixture.fleet.devices.get(device._id))!, selectors);
  const values = async (device: { _id: string }, selectors: string[] = []) =>
    Object.fromEntries((await read(device, selectors)).map(({ path, value }) => [path, value]));
  const seen = (paths: Record<string, string>, over: Partial<ParameterPatch> = {}): ParameterPatch => ({
    at: fixture.clock.now(),
    source: "read",
    observations: Object.entries(paths).map(([path, value]) => ({ path, type: "string" as const, value })),
    ...over,
  });

  it("read as the naive model says, whatever is folded in between", async () => {
    await fc.assert(
      fc.asyncProperty(patches, fc.array(fc.boolean()), async (list, folds) => {
        const device = await blank();
        for (const [i, patch] of list.entries()) {
          await fixture.fleet.contacts.observe(device._id, patch);
          if (folds[i]) await compactorOf(fixture).compact(device._id);
        }
        const records = await read(device);
        const rows = naiveTree(list);
        expect(records.map(({ path }) => path)).toEqual(sortPaths(rows.map(({ path }) => path)));
        const shown = records.map(({ state: _state, readAt: _readAt, ...record }) => record);
        const expected = new Map(rows.map(({ at: _at, unconfirmed: _unconfirmed, ...row }) => [row.path, row]));
        expect(shown).toEqual(shown.map(({ path }) => expected.get(path)));
      }),
      { numRuns: 20 },
    );
  }, 60_000);

  it("come with a contact, and say when they were read, from where and in which state", async () => {
    const { device } = await contact(fixture, "PV");
    const at = fixture.clock.now();
    await fixture.fleet.contacts.observe(
      device._id,
      seen({ "Device.A": "new" }, { source: "written", unconfirmed: true }),
    );
    await fixture.fleet.contacts.observe(device._id, {
      at,
      source: "discover",
      observations: [{ path: "Device.B", writable: true }, { path: "Device.C." }],
    });
    expect(await read(device)).toEqual([
      { path: "Device.A", type: "string", value: "new", readAt: at, source: "written", state: "unconfirmed" },
      { path: "Device.B", writable: true, source: "discover", state: "never" },
      { path: "Device.C.", readAt: at, source: "discover", state: "seen" },
      {
        path: "Device.DeviceInfo.SoftwareVersion",
        type: "string",
        value: "V5R19",
        readAt: at,
        source: "inform",
        state: "seen",
      },
      {
        path: "Device.DeviceInfo.UpTime",
        type: "unsignedInt",
        value: "42",
        readAt: at,
        source: "inform",
        state: "seen",
      },
    ]);
    await fixture.fleet.contacts.observe(device._id, seen({ "Device.A": "new" }));
    expect((await read(device, ["Device.A"]))[0]).toMatchObject({ source: "read", state: "seen" });
  });

  it("are kept from every process that tells of a device, whoever wrote it last", async () => {
    const other = fixture.another();
    const { device, sessionId } = await contact(fixture, "PM");
    const memory = { sessionId, key: device.endpoints[0]!.key, state: { root: "Device." } };
    await fixture.fleet.contacts.observe(device._id, seen({ "Device.A": "here" }));
    await other.contacts.observe(device._id, seen({ "Device.B": "there" }));
    await fixture.fleet.contacts.observe(device._id, seen({ "Device.A": "here again" }), { memory });
    await other.contacts.observe(device._id, seen({ "Device.B": "there again" }));
    await fixture.fleet.contacts.observe(device._id, seen({ "Device.C": "here" }));
    expect(await values(device, ["Device.A", "Device.B", "Device.C"])).toEqual({
      "Device.A": "here again",
      "Device.B": "there again",
      "Device.C": "here",
    });
    await contact(fixture, "PM");
    await other.contacts.observe(device._id, seen({ "Device.D": "d" }), {
      memory: { ...memory, state: { root: "lost" } },
    });
    expect((await fixture.fleet.devices.get(device._id))?.endpoints[0]?.state).toMatchObject({ root: "Device." });
  });

  it("are stale after a day, and after a boot", async () => {
    const { device } = await contact(fixture, "PS");
    const states = async () => new Set((await read(device)).map(({ state }) => state));
    await fixture.clock.advance(hours(24));
    expect(await states()).toEqual(new Set(["seen"]));
    await fixture.clock.advance(1);
    expect(await states()).toEqual(new Set(["stale"]));
    await contact(fixture, "PS");
    await fixture.clock.advance(minutes(1));
    const inform = {
      at: fixture.clock.now(),
      source: "inform" as const,
      observations: [{ path: "Device.X", value: "1" }],
    };
    await contact(fixture, "PS", { events: [{ type: "device.booted" }], values: inform });
    expect((await read(device)).map(({ state }) => state)).toEqual(["stale", "stale", "seen"]);
  });

  it("are selected by path, by object and by joker", async () => {
    const device = await blank();
    await fixture.fleet.contacts.observe(
      device._id,
      seen({ "D.S.1.Name": "a", "D.S.2.Name": "b", "D.S.10.Name": "c", "D.T": "d" }),
    );
    expect(Object.keys(await values(device))).toEqual(["D.S.1.Name", "D.S.2.Name", "D.S.10.Name", "D.T"]);
    expect(await values(device, ["D.S.2."])).toEqual({ "D.S.2.Name": "b" });
    expect(await values(device, ["D.S.*.Name", "D.T"])).toEqual({
      "D.S.1.Name": "a",
      "D.S.2.Name": "b",
      "D.S.10.Name": "c",
      "D.T": "d",
    });
    expect(await values(device, ["D.Nothing"])).toEqual({});
  });

  it("do not hold secrets that were written", async () => {
    const device = await blank();
    await fixture.fleet.contacts.observe(
      device._id,
      seen({ "D.KeyPassphrase": "geheim" }, { source: "written", unconfirmed: true }),
    );
    expect(await read(device)).toMatchObject([{ path: "D.KeyPassphrase", state: "unconfirmed" }]);
    expect(JSON.stringify(await fixture.fleet.devices.get(device._id))).not.toContain("geheim");
  });

  it("of many patches are folded in the background, and nothing is lost by it", async () => {
    const device = await blank();
    const { segments } = fleetCollections(fixture.store);
    const expected: Record<string, string> = {};
    for (let batch = 0; batch < 24; batch++) {
      const some = Object.fromEntries(
        Array.from({ length: 100 }, (_, i) => [`D.T.${batch * 60 + i + 1}.V`, `${batch}`]),
      );
      Object.assign(expected, some);
      await fixture.fleet.contacts.observe(device._id, seen(some));
    }
    await fixture.fleet.idle();
    expect(await values(device)).toEqual(expected);
    expect((await segments.find({ deviceId: device._id }).toArray()).length).toBeLessThan(24);
  });

  it("of many contacts at once and a folding in between are all there", async () => {
    const device = await blank();
    const writers = Array.from({ length: 12 }, (_, i) =>
      fixture.fleet.contacts.observe(device._id, seen({ [`D.W${i}`]: `${i}` })).catch(() => undefined),
    );
    const folding = [compactorOf(fixture).compact(device._id), compactorOf(fixture).compact(device._id)];
    const large = Object.fromEntries(Array.from({ length: 70 }, (_, i) => [`D.L${i}`, "l"]));
    await Promise.all([...writers, ...folding, fixture.fleet.contacts.observe(device._id, seen(large))]);
    await compactorOf(fixture).compact(device._id);
    const found = await values(device);
    expect(Object.keys(found).filter((path) => path.startsWith("D.L"))).toHaveLength(70);
    expect(Object.keys(found).filter((path) => path.startsWith("D.W")).length).toBeGreaterThan(0);
  });

  it("survive a crash at each step of a folding", async () => {
    const device = await blank();
    const { devices, segments } = fleetCollections(fixture.store);
    const large = Object.fromEntries(Array.from({ length: 70 }, (_, i) => [`D.L${i}`, "l"]));
    await fixture.fleet.contacts.observe(device._id, seen(large));
    await fixture.fleet.contacts.observe(device._id, seen({ "D.L1": "newer" }));
    const before = await values(device);
    const patchesBefore = await segments.find({ deviceId: device._id }).toArray();
    const stored = (await devices.findOne({ _id: device._id }))!;
    await compactorOf(fixture).compact(device._id);
    expect(await values(device)).toEqual(before);
    const [base] = await segments.find({ deviceId: device._id }).toArray();
    // Crashed after the switch: what it had folded is still there.
    await segments.insertMany(patchesBefore);
    expect(await values(device)).toEqual(before);
    // Crashed before the switch: the base is there, and nobody has named it.
    await devices.replaceOne({ _id: device._id }, stored);
    expect(await values(device)).toEqual(before);
    await compactorOf(fixture).compact(device._id);
    expect(await values(device)).toEqual(before);
    await fixture.clock.advance(minutes(11));
    await fixture.fleet.contacts.observe(device._id, seen({ "D.L2": "newest" }));
    await compactorOf(fixture).compact(device._id);
    expect(await values(device)).toEqual({ ...before, "D.L2": "newest" });
    const left = await segments.find({ deviceId: device._id }).toArray();
    expect(left.map(({ kind }) => kind)).toEqual(["base"]);
    expect(left[0]!._id).not.toBe(base!._id);
  });

  it("that are searchable find their device, by the values from before and from now on", async () => {
    const device = await blank();
    const path = "Device.WiFi.SSID.{i}.SSID";
    await fixture.fleet.contacts.observe(
      device._id,
      seen({ "Device.WiFi.SSID.1.SSID": "Guest", "Device.WiFi.SSID.2.SSID": "home" }),
    );
    await fixture.fleet.parameters.makeSearchable(path);
    expect(await fixture.fleet.parameters.searchable()).toEqual([path]);
    const finds = async (filter: string) =>
      (await fixture.fleet.devices.list({ filter, limit: 5 })).items.some(({ _id }) => _id === device._id);
    expect(await finds("Device.WiFi.SSID.*.SSID:guest")).toBe(true);
    expect(await finds('Device.WiFi.SSID.*.SSID="guest"')).toBe(false);
    expect(await finds('Device.WiFi.SSID.*.SSID="Guest"')).toBe(true);
    expect(await finds("Device.WiFi.SSID.*.SSID:ho*e")).toBe(true);
    expect(await finds("has:Device.WiFi.SSID.*.SSID")).toBe(true);
    await fixture.fleet.contacts.observe(device._id, seen({ "Device.WiFi.SSID.1.SSID": "Lobby" }));
    expect([await finds("Device.WiFi.SSID.*.SSID:guest"), await finds("Device.WiFi.SSID.*.SSID:lobby")]).toEqual([
      false,
      true,
    ]);
    await fixture.fleet.contacts.observe(device._id, {
      at: fixture.clock.now(),
      source: "read",
      observations: [],
      removed: ["Device.WiFi.SSID.2."],
    });
    expect(await finds("Device.WiFi.SSID.*.SSID:home")).toBe(false);
    await fixture.fleet.parameters.stopSearchable(path);
    await expect(finds("Device.WiFi.SSID.*.SSID:lobby")).rejects.toMatchObject({
      code: "filter.invalid",
      details: { parameter: path },
    });
  });

  it("that are searchable are taken in from all contacts at once that a process begins with", async () => {
    const path = "Device.DeviceInfo.Burst";
    await fixture.fleet.parameters.makeSearchable(path);
    const { contacts, devices } = fixture.another();
    const at = fixture.clock.now();
    const values = { at, source: "inform" as const, observations: [{ path, type: "string" as const, value: "b" }] };
    const serials = ["B1", "B2", "B3"];
    await Promise.all(serials.map((serialNumber) => contacts.open(report(fixture, serialNumber, { values }))));
    expect(await devices.count(`${path}="b"`, 10)).toBe(serials.length);
    await fixture.fleet.parameters.stopSearchable(path);
  });

  it("that one process has made searchable are so at once for another", async () => {
    const other = fixture.another();
    expect(await other.parameters.searchable()).toEqual([]);
    await fixture.fleet.parameters.makeSearchable("Device.Time.NTPServer1");
    expect((await other.devices.list({ filter: "Device.Time.NTPServer1:none", limit: 1 })).items).toEqual([]);
    await fixture.fleet.parameters.stopSearchable("Device.Time.NTPServer1");
    expect(await other.parameters.searchable()).toEqual([]);
  });

  it("that are searchable compare as numbers", async () => {
    const power = "Device.Optical.Interface.{i}.OpticalSignalLevel";
    await fixture.fleet.parameters.makeSearchable(power);
    const device = await blank();
    const level = (value: string) => ({
      path: "Device.Optical.Interface.1.OpticalSignalLevel",
      type: "int" as const,
      value,
    });
    await contact(fixture, `P${serial}`, {
      values: { at: fixture.clock.now(), source: "inform", observations: [level("-27")] },
    });
    const finds = async (term: string) =>
      (
        await fixture.fleet.devices.list({ filter: `Device.Optical.Interface.*.OpticalSignalLevel${term}`, limit: 5 })
      ).items.some(({ _id }) => _id === device._id);
    expect(await Promise.all([">=-27", "<=-27", ">-27", "<-27", ">-100", "<5", "=-27", "!=-27"].map(finds))).toEqual([
      true,
      true,
      false,
      false,
      true,
      true,
      true,
      false,
    ]);
    await fixture.fleet.parameters.stopSearchable(power);
  });

  it("are indexed for all devices by the job, where it stopped", async () => {
    const device = await blank();
    const { searchables, devices } = fleetCollections(fixture.store);
    await fixture.fleet.contacts.observe(device._id, seen({ "Device.Z": "zz" }));
    await searchables.insertOne({ _id: "Device.Z", createdAt: fixture.clock.now() });
    expect(await fixture.runJob("parameters.backfill")).toBe(0);
    await fixture.clock.advance(minutes(1));
    for (let i = 0; i < 5 && (await fixture.runJob("parameters.backfill")) > 0; i++);
    expect((await devices.findOne({ _id: device._id }))!.searchable).toEqual(["Device.Z\t=zz", "Device.Z\t~zz"]);
    expect(await searchables.findOne({ _id: "Device.Z" })).toMatchObject({ done: true });
  });

  it("refuse a searchable name that is no generic path", async () => {
    for (const path of ["Device.WiFi.SSID.1.SSID", "Device.WiFi.", "", "Device.*.X", "Device..X"]) {
      await expect(fixture.fleet.parameters.makeSearchable(path)).rejects.toMatchObject({ code: "argument.invalid" });
    }
  });
});
