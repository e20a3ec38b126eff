import { expect, it } from "@jest/globals";
import { minutes, seconds } from "../../../kernel/time.ts";
import { contact, describeFleet, report } from "./fixture.ts";

describeFleet("contacts", (fixture) => {
  const eventsOf = async (deviceId: string, order: "oldestFirst" | "newestFirst" = "oldestFirst") =>
    (await fixture.fleet.events.list({ deviceId, limit: 50, order })).items.map(({ type }) => type);

  it("makes a device of an unknown one, with its facts, values and events", async () => {
    const { device, created } = await contact(fixture, "C1", {
      reasons: ["0 BOOTSTRAP", "1 BOOT"],
      events: [{ type: "device.bootstrapped" }, { type: "device.booted" }],
      endpointState: { connectionRequestUrl: "http://192.0.2.1:7547/", gone: undefined },
    });
    expect(created).toBe(true);
    const stored = await fixture.fleet.contacts.byEndpoint("cwmp:00259E-HG8245-C1");
    expect(stored).toEqual(device);
    expect(stored).toMatchObject({
      identity: { oui: "00259E", serialNumber: "C1" },
      admission: "active",
      softwareVersion: "V5R19",
      bootedAt: fixture.clock.now(),
      endpoints: [{ protocol: "cwmp", state: { connectionRequestUrl: "http://192.0.2.1:7547/" } }],
      contact: { reasons: ["0 BOOTSTRAP", "1 BOOT"], nextExpectedAt: fixture.clock.now() + minutes(5) },
    });
    expect(await eventsOf(device._id)).toEqual([
      "device.created",
      "device.contacted",
      "device.bootstrapped",
      "device.booted",
    ]);
  });

  it("makes one device of many first contacts at once", async () => {
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => contact(fixture, "C2")));
    expect(outcomes.filter(({ created }) => created)).toHaveLength(1);
    expect(new Set(outcomes.map(({ device }) => device._id)).size).toBe(1);
    const events = await eventsOf(outcomes[0]!.device._id);
    expect(events.filter((type) => type === "device.contacted")).toHaveLength(6);
    expect(events.filter((type) => type === "device.created")).toHaveLength(1);
  });

  it("counts contacts that only report that the device is there, and makes no event of them", async () => {
    await contact(fixture, "C2R");
    await contact(fixture, "C2R", { reasons: ["2 PERIODIC"], routine: true });
    const { device } = await contact(fixture, "C2R", { reasons: ["2 PERIODIC"], routine: true });
    expect(device.contact).toMatchObject({ count: 3, reasons: ["2 PERIODIC"] });
    expect((await eventsOf(device._id)).filter((type) => type === "device.contacted")).toHaveLength(1);
    const changed = await contact(fixture, "C2R", {
      reasons: ["2 PERIODIC"],
      routine: true,
      events: [{ type: "parameter.changed" }],
    });
    expect((await eventsOf(changed.device._id)).at(-1)).toBe("parameter.changed");
  });

  it("gives the device to one of several conversations at once, and tells each whom it superseded", async () => {
    await contact(fixture, "C3");
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => contact(fixture, "C3")));
    const superseded = outcomes.map(({ supersededLease }) => supersededLease!.sessionId);
    expect(new Set(superseded).size).toBe(6);
    const held = (await fixture.fleet.contacts.byEndpoint("cwmp:00259E-HG8245-C3"))!.lease!.sessionId;
    expect(superseded).not.toContain(held);
  });

  it("changes only what a contact brings", async () => {
    const first = await contact(fixture, "C4", {
      endpointState: { a: 1, b: "x" },
      facts: { softwareVersion: "1", modelName: "M" },
    });
    await fixture.clock.advance(minutes(1));
    await contact(fixture, "C4", {
      endpointState: { a: 2 },
      facts: { softwareVersion: "2" },
      reasons: ["6 CONNECTION REQUEST"],
    });
    const stored = await fixture.fleet.devices.get(first.device._id);
    expect(stored).toMatchObject({
      softwareVersion: "2",
      modelName: "M",
      version: 1,
      endpoints: [{ state: { a: 2, b: "x" } }],
    });
    expect(stored!.contact).toMatchObject({ firstAt: first.device.contact!.lastAt, lastAt: fixture.clock.now() });
  });

  it("renews, resumes and ends a conversation only for the session that holds the device", async () => {
    const { device, sessionId } = await contact(fixture, "C5");
    const { contacts } = fixture.fleet;
    const until = fixture.clock.now() + minutes(2);
    expect(
      await contacts.keep(
        device._id,
        { sessionId, until, session: "{}" },
        { key: device.endpoints[0]!.key, state: { x: 1 } },
      ),
    ).toBe(true);
    expect((await contacts.resume(device._id, sessionId))?.lease).toEqual({ sessionId, until, session: "{}" });
    expect(await contacts.resume(device._id, "another")).toBeUndefined();
    expect(await contacts.keep(device._id, { sessionId: "another", until })).toBe(false);
    await contacts.close(device._id, "another", { at: until });
    expect(await contacts.resume(device._id, sessionId)).toMatchObject({ _id: device._id, lease: { sessionId } });
    await contacts.close(device._id, sessionId, { at: until, wakeAgain: true });
    expect(await contacts.resume(device._id, sessionId)).toBeUndefined();
    expect((await fixture.fleet.devices.get(device._id))!.endpoints[0]!.state).toEqual({ x: 1 });
    expect(fixture.wake.requests.at(-1)).toEqual({ deviceId: device._id, reason: "more to do" });
  });

  it("takes in values and what to remember with one write, unless another conversation has the device", async () => {
    const { contacts, devices } = fixture.fleet;
    const { device, sessionId } = await contact(fixture, "C6M");
    const { key } = device.endpoints[0]!;
    const patch = (value: string) => ({
      at: fixture.clock.now(),
      source: "written" as const,
      observations: [{ path: "Device.DeviceInfo.ProvisioningCode", value }],
    });
    const large = {
      ...patch("c"),
      observations: Array.from({ length: 100 }, (_, i) => ({ path: `Device.X.${i}`, value: "v" })),
    };
    await contacts.observe(device._id, patch("a"), { memory: { sessionId, key, state: { parameterKey: "one" } } });
    expect((await devices.get(device._id))!.endpoints[0]!.state).toEqual({ parameterKey: "one" });
    await contacts.observe(device._id, large, { memory: { sessionId, key, state: { parameterKey: "two" } } });
    await contacts.observe(device._id, patch("b"), {
      memory: { sessionId: "another", key, state: { parameterKey: "three" } },
    });
    expect((await devices.get(device._id))!.endpoints[0]!.state).toEqual({ parameterKey: "two" });
    const read = await fixture.fleet.parameters.read((await devices.get(device._id))!, [
      "Device.DeviceInfo.ProvisioningCode",
      "Device.X.99",
    ]);
    expect(read.map(({ value }) => value)).toEqual(["b", "v"]);
  });

  it("records a session that failed", async () => {
    const { device, sessionId } = await contact(fixture, "C6");
    await fixture.fleet.contacts.close(device._id, sessionId, { at: fixture.clock.now(), failed: "timed out" });
    const { items } = await fixture.fleet.events.list({ deviceId: device._id, types: ["session.failed"], limit: 5 });
    expect(items).toMatchObject([{ sessionId, severity: "warning", data: { reason: "timed out" } }]);
  });

  it("binds a device that was provisioned before, once", async () => {
    const { devices } = fixture.fleet;
    const identity = { oui: "00259e", productClass: "HG8245", serialNumber: "C7" };
    const announced = await devices.create({ identity, protocol: "cwmp", alias: "Flat 7", tags: ["vip"] }, "t");
    await expect(devices.create({ identity, protocol: "cwmp" }, "t")).rejects.toMatchObject({ code: "state.conflict" });
    const outcomes = await Promise.all(
      Array.from({ length: 4 }, () => contact(fixture, "C7", { unknownPolicy: "reject" })),
    );
    expect(new Set(outcomes.map(({ device }) => device._id))).toEqual(new Set([announced._id]));
    expect(outcomes.every(({ created }) => !created)).toBe(true);
    expect(await devices.get(announced._id)).toMatchObject({
      admission: "active",
      alias: "Flat 7",
      endpoints: [{ key: "cwmp:00259E-HG8245-C7" }],
      words: expect.arrayContaining(["flat 7", "vip", "192.0.2.1"]),
    });
    expect((await eventsOf(announced._id)).filter((type) => type === "device.contacted")).toHaveLength(4);
  });

  it("keeps the credentials that a device got before it was first seen", async () => {
    const { devices, credentials } = fixture.fleet;
    const identity = { oui: "00259e", productClass: "", serialNumber: "C7K" };
    const { endpoints } = await devices.create({ identity, protocol: "cwmp" }, "t");
    const early = { endpointKey: endpoints[0]!.key };
    const known = { endpointKey: "cwmp:00259E-HG8245-C7K" };
    await credentials.put({ scope: early, purpose: "connectionRequest", username: "acs" }, "wake");
    await credentials.put({ scope: early, purpose: "authentication", username: "c7k" }, "early");
    await credentials.put({ scope: known, purpose: "authentication", username: "c7k" }, "late");
    await contact(fixture, "C7K");
    expect(await credentials.findForWaking(known.endpointKey)).toEqual({ username: "acs", secret: "wake" });
    expect(await credentials.findForAuthentication("c7k")).toMatchObject([
      { credential: { scope: known }, secret: "late" },
    ]);
    expect(await credentials.list(early)).toEqual([]);
  });

  it("refuses unknown devices by policy, and says so once in a while", async () => {
    const refused = { unknownPolicy: "reject" as const };
    for (let i = 0; i < 3; i++) {
      expect(await fixture.fleet.contacts.open(report(fixture, "C8", refused))).toEqual({
        admitted: false,
        reason: "rejected",
      });
    }
    const rejections = async () =>
      (await fixture.fleet.events.list({ types: ["device.rejected"], limit: 50 })).items.length;
    expect(await rejections()).toBe(1);
    await fixture.clock.advance(minutes(11));
    await fixture.fleet.contacts.open(report(fixture, "C8", refused));
    expect(await rejections()).toBe(2);
    expect(await fixture.fleet.contacts.byEndpoint("cwmp:00259E-HG8245-C8")).toBeUndefined();
  });

  it("quarantines unknown devices by policy: they are known, and receive no operations", async () => {
    const { device, sessionId } = await contact(fixture, "C9", { unknownPolicy: "quarantine" });
    const { operation } = await fixture.fleet.operations.create(device._id, { kind: "reboot" }, {}, { name: "t" });
    expect(await fixture.fleet.work.next(device, sessionId, fixture.clock.now())).toBeUndefined();
    expect((await fixture.fleet.operations.why(operation)).map(({ code }) => code)).toContain("deviceNotAdmitted");
    await fixture.fleet.devices.update(device._id, { admission: "active" }, "t");
    const again = await contact(fixture, "C9");
    expect((await fixture.fleet.work.next(again.device, again.sessionId, fixture.clock.now()))?._id).toBe(
      operation._id,
    );
  });

  it("tells of two boxes with one identity that keep interrupting each other, once an hour", async () => {
    const { device } = await contact(fixture, "C10");
    for (let i = 0; i < 12; i++) {
      await fixture.clock.advance(seconds(20));
      await contact(fixture, "C10", { remoteAddress: i % 2 === 0 ? "198.51.100.9" : "192.0.2.1" });
    }
    const { items } = await fixture.fleet.events.list({
      deviceId: device._id,
      types: ["device.identityCloned"],
      limit: 9,
    });
    expect(items).toMatchObject([
      { severity: "error", data: { addresses: expect.arrayContaining(["198.51.100.9", "192.0.2.1"]) } },
    ]);
  });

  it("takes a device whose address changes for what it is", async () => {
    const { device } = await contact(fixture, "C11");
    for (let i = 0; i < 6; i++) {
      await fixture.clock.advance(seconds(20));
      await fixture.fleet.contacts.close(
        device._id,
        (await contact(fixture, "C11", { remoteAddress: `192.0.2.${i}` })).sessionId,
        { at: 0 },
      );
    }
    expect(await eventsOf(device._id)).not.toContain("device.identityCloned");
  });
});
