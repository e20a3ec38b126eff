import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type Conversations, createConversations } from "../../../acs/conversation/index.ts";
import { createQuirkTable } from "../../../acs/quirks/index.ts";
import { createTrace, type Trace } from "../../../acs/trace/index.ts";
import { onlineState } from "../../../fleet/index.ts";
import type { OperationRequest } from "../../../fleet/operations/model.ts";
import { hours, minutes } from "../../../kernel/time.ts";
import { silentLogger } from "../../../platform/log/logger.ts";
import { openStore } from "../../../platform/store/open.ts";
import { Fixture } from "../../contract/fleet/fixture.ts";
import { settle } from "../../support/virtual-clock.ts";
import { ScriptedCpe } from "./scripted-cpe.ts";

/** The same conversations over the fleet itself, on the embedded store; `crash` drops all that the process knew. */
describe("conversations over the real fleet", () => {
  let directory: string;
  let conversations: Conversations;
  let trace: Trace;
  const fixture = new Fixture(() => openStore({ dataDir: directory }));

  async function restart(): Promise<void> {
    trace = createTrace({ store: fixture.store, log: silentLogger });
    await trace.prepare();
    conversations = createConversations({
      fleet: fixture.fleet,
      clock: fixture.clock,
      log: silentLogger,
      quirks: createQuirkTable(),
      trace,
      fileUrls: {
        download: (fileId) => ({ url: `http://acs.example/${fileId}` }),
        upload: () => ({ url: "http://acs.example/up" }),
        received: () => Promise.resolve([]),
      },
    });
  }

  async function crash(): Promise<void> {
    await conversations.stop();
    await fixture.reopen();
    await restart();
  }

  let serial = 0;
  /** A gateway that has been seen once. */
  async function gateway(): Promise<{ cpe: ScriptedCpe; deviceId: string }> {
    const serialNumber = `R${++serial}`;
    const cpe = new ScriptedCpe(conversations, {
      serialNumber,
      connectionId: serialNumber,
      remoteAddress: `192.0.2.${serial}`,
    });
    await cpe.inform({ events: ["0 BOOTSTRAP"], values: { "Device.DeviceInfo.SoftwareVersion": "1.0" } });
    expect((await cpe.empty()).status).toBe(204);
    const device = await fixture.fleet.contacts.byEndpoint(`cwmp:00D0FF-GW1-${serialNumber}`);
    if (!device) throw new Error("not seen");
    return { cpe, deviceId: device._id };
  }

  /** The CPE after the server came back: same box, new process. */
  const again = (cpe: ScriptedCpe): ScriptedCpe =>
    new ScriptedCpe(conversations, { ...cpe.options, connectionId: `${cpe.connectionId}+` });

  const add = async (deviceId: string, request: OperationRequest): Promise<string> =>
    (await fixture.fleet.operations.create(deviceId, request, { wake: "nextContact" }, { name: "test" })).operation._id;
  const stateOf = async (id: string): Promise<string | undefined> => (await fixture.fleet.operations.get(id))?.state;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "steward-lockstep-"));
    await fixture.start();
    await restart();
  });

  afterAll(async () => {
    await conversations.stop();
    await fixture.fleet.idle();
    await fixture.store.stop();
    await rm(directory, { recursive: true, force: true });
  });

  it("a read, a write and a reboot go through, and their values are there", async () => {
    const { cpe, deviceId } = await gateway();
    const read = await add(deviceId, { kind: "read", paths: ["Device.X.A"] });
    const write = await add(deviceId, { kind: "write", values: [{ path: "Device.X.B", value: "2", type: "string" }] });
    const reboot = await add(deviceId, { kind: "reboot" });
    await cpe.inform();
    cpe.asked(await cpe.empty(), "GetParameterValues");
    cpe.asked(await cpe.values({ "Device.X.A": "1" }), "SetParameterValues");
    cpe.asked(await cpe.respond("SetParameterValues", { Status: 0 }), "GetParameterValues");
    const { CommandKey } = cpe.asked(await cpe.values({ "Device.X.B": "2" }), "Reboot");
    expect((await cpe.respond("Reboot", {})).status).toBe(204);
    expect([await stateOf(read), await stateOf(write), await stateOf(reboot)]).toEqual(["done", "done", "accepted"]);
    await cpe.inform({ events: ["1 BOOT", ["M Reboot", CommandKey]] });
    expect(await stateOf(reboot)).toBe("done");
    const device = await fixture.fleet.devices.get(deviceId);
    const records = await fixture.fleet.parameters.read(device!, ["Device.X."]);
    expect(records).toMatchObject([
      { path: "Device.X.A", value: "1", state: "seen" },
      { path: "Device.X.B", value: "2", state: "seen" },
    ]);
    expect((await cpe.empty()).status).toBe(204);
  });

  it("a wake is done by the contact, and holds back nothing", async () => {
    const { cpe, deviceId } = await gateway();
    const wake = await add(deviceId, { kind: "wake" });
    const read = await add(deviceId, { kind: "read", paths: ["Device.X.A"] });
    await cpe.inform({ events: ["6 CONNECTION REQUEST"] });
    cpe.asked(await cpe.empty(), "GetParameterValues");
    await cpe.values({ "Device.X.A": "1" });
    expect([await stateOf(wake), await stateOf(read)]).toEqual(["done", "done"]);
  });

  it("a value that was read says when the device should come, and whether it is late", async () => {
    const { cpe, deviceId } = await gateway();
    await add(deviceId, { kind: "read", paths: ["Device.ManagementServer.PeriodicInformInterval"] });
    await cpe.inform();
    cpe.asked(await cpe.empty(), "GetParameterValues");
    await cpe.values({ "Device.ManagementServer.PeriodicInformInterval": "600" });
    const device = (await fixture.fleet.devices.get(deviceId))!;
    const due = device.contact!.lastAt + minutes(10);
    expect(device).toMatchObject({ informInterval: minutes(10), contact: { nextExpectedAt: due } });
    expect(onlineState(device, due + minutes(6))).toBe("offline");
    await cpe.inform();
    expect((await cpe.empty()).status).toBe(204);
    expect((await fixture.fleet.devices.get(deviceId))!.contact!.nextExpectedAt).toBeGreaterThanOrEqual(due);
  });

  it("a device that was told to come no more by itself is not expected, and not late", async () => {
    const { cpe, deviceId } = await gateway();
    await cpe.inform({ values: { "Device.ManagementServer.PeriodicInformInterval": "600" } });
    expect((await cpe.empty()).status).toBe(204);
    const path = "Device.ManagementServer.PeriodicInformEnable";
    await add(deviceId, { kind: "write", values: [{ path, value: "0", type: "boolean" }] });
    await cpe.inform();
    cpe.asked(await cpe.empty(), "SetParameterValues");
    cpe.asked(await cpe.respond("SetParameterValues", { Status: 0 }), "GetParameterValues");
    await cpe.values({ [path]: "0" });
    const device = (await fixture.fleet.devices.get(deviceId))!;
    expect(device.informInterval).toBeNull();
    expect(device.contact).not.toHaveProperty("nextExpectedAt");
    expect(onlineState(device, device.contact!.lastAt + hours(2))).toBe("online");
    await cpe.inform();
    expect((await cpe.empty()).status).toBe(204);
    expect((await fixture.fleet.devices.get(deviceId))!.contact).not.toHaveProperty("nextExpectedAt");
    await cpe.inform({ values: { "Device.ManagementServer.PeriodicInformInterval": "300" } });
    expect((await fixture.fleet.devices.get(deviceId))!.contact).toHaveProperty("nextExpectedAt");
  });

  it("a value that restarts the device each time does not keep the others waiting, and fails in the end", async () => {
    const { cpe, deviceId } = await gateway();
    const read = await add(deviceId, { kind: "read", paths: ["Device.X.Trap"] });
    const write = await add(deviceId, {
      kind: "write",
      values: [{ path: "Device.X.B", value: "2", type: "string" }],
      readBack: false,
    });
    for (let i = 0; i < 2; i++) {
      await cpe.inform({ events: ["1 BOOT"] });
      cpe.asked(await cpe.empty(), "GetParameterValues");
    }
    await cpe.inform({ events: ["1 BOOT"] });
    cpe.asked(await cpe.empty(), "SetParameterValues");
    cpe.asked(await cpe.respond("SetParameterValues", { Status: 0 }), "GetParameterValues");
    expect(await stateOf(write)).toBe("done");
    for (let i = 0; i < 2; i++) {
      await fixture.clock.advance(minutes(3));
      await cpe.inform({ events: ["1 BOOT"] });
      cpe.asked(await cpe.empty(), "GetParameterValues");
    }
    await cpe.inform({ events: ["1 BOOT"] });
    expect((await cpe.empty()).status).toBe(204);
    expect(await fixture.fleet.operations.get(read)).toMatchObject({
      state: "failed",
      attempt: 5,
      fault: { code: "device.silent", message: expect.stringContaining("given up after 5 attempts") },
    });
  });

  it("a crash after AddObject was sent adds nothing twice", async () => {
    const { cpe, deviceId } = await gateway();
    const table = "Device.NAT.PortMapping.";
    const id = await add(deviceId, { kind: "create", path: table });
    await cpe.inform();
    cpe.asked(await cpe.empty(), "GetParameterNames");
    cpe.asked(await cpe.respond("GetParameterNames", { ParameterList: [] }), "AddObject");
    await crash();
    const back = again(cpe);
    await back.inform();
    back.asked(await back.empty(), "GetParameterNames");
    const list = { ParameterList: [{ Name: `${table}1.`, Writable: true }] };
    back.asked(await back.respond("GetParameterNames", list), "GetParameterValues");
    expect((await back.values({ [`${table}1.Enable`]: "0" })).status).toBe(204);
    expect(await fixture.fleet.operations.get(id)).toMatchObject({ state: "done", result: { instance: "1" } });
  });

  it("a crash after Reboot was sent does not reboot again", async () => {
    const { cpe, deviceId } = await gateway();
    const id = await add(deviceId, { kind: "reboot" });
    await cpe.inform();
    cpe.asked(await cpe.empty(), "Reboot");
    await crash();
    const back = again(cpe);
    await back.inform();
    back.asked(await back.empty(), "GetParameterValues");
    expect((await back.values({ "Device.DeviceInfo.UpTime": "100000" })).status).toBe(204);
    expect(await stateOf(id)).toBe("accepted");
    await back.inform({ events: ["1 BOOT"] });
    expect(await stateOf(id)).toBe("done");
    expect((await back.empty()).status).toBe(204);
  });

  it("a crash after Download was sent looks into the device's queue before anything else", async () => {
    const { cpe, deviceId } = await gateway();
    const id = await add(deviceId, {
      kind: "download",
      fileType: "1 Firmware Upgrade Image",
      url: "http://x.example/f",
    });
    await cpe.inform();
    const { CommandKey } = cpe.asked(await cpe.empty(), "Download");
    await crash();
    const back = again(cpe);
    await back.inform();
    back.asked(await back.empty(), "GetAllQueuedTransfers");
    const queued = { CommandKey, State: 2, IsDownload: true, FileType: "1", FileSize: 0, TargetFileName: "" };
    expect((await back.respond("GetAllQueuedTransfers", { TransferList: [queued] })).status).toBe(204);
    expect(await stateOf(id)).toBe("accepted");
    await back.inform({ events: ["7 TRANSFER COMPLETE", "M Download"] });
    const complete = { CommandKey, FaultStruct: { FaultCode: 0, FaultString: "" }, StartTime: "s", CompleteTime: "c" };
    back.answered(await back.request("TransferComplete", complete), "TransferComplete");
    expect(await stateOf(id)).toBe("done");
  });

  it("a session goes on in another process by its cookie", async () => {
    const { cpe, deviceId } = await gateway();
    const id = await add(deviceId, { kind: "setAttributes", attributes: [{ path: "Device.X.A", notification: 2 }] });
    await cpe.inform();
    cpe.asked(await cpe.empty(), "SetParameterAttributes");
    const { cookie, lastId } = cpe;
    await crash();
    const back = again(cpe);
    back.cookie = cookie;
    expect((await back.respond("SetParameterAttributes", {}, lastId)).status).toBe(204);
    expect(await stateOf(id)).toBe("done");
  });

  it("an acknowledged TransferComplete of nobody's is in the log after a crash, once", async () => {
    const { cpe, deviceId } = await gateway();
    const complete = {
      CommandKey: "k",
      FaultStruct: { FaultCode: 9010, FaultString: "" },
      StartTime: "s",
      CompleteTime: "c",
    };
    await cpe.inform();
    cpe.answered(await cpe.request("TransferComplete", complete), "TransferComplete");
    await crash();
    const back = again(cpe);
    await back.inform();
    back.answered(await back.request("TransferComplete", complete), "TransferComplete");
    const { items } = await fixture.fleet.events.list({ deviceId, types: ["transfer.completed"], limit: 10 });
    expect(items).toHaveLength(1);
  });

  it("a traced device's messages are kept in their order, with secrets masked", async () => {
    const { cpe, deviceId } = await gateway();
    await fixture.fleet.devices.update(deviceId, { traceUntil: fixture.clock.now() + minutes(5) }, "test");
    await add(deviceId, {
      kind: "download",
      fileType: "3",
      url: "http://x.example/f",
      username: "u",
      password: "hunter2",
    });
    await cpe.inform({ values: { "Device.Users.User.1.Password": "hunter2" } });
    cpe.asked(await cpe.empty(), "Download");
    await cpe.fault(9001);
    // Written beside the session, not before its replies.
    while ((await trace.read(deviceId, { limit: 10 })).items.length < 6) await settle();
    const page = await trace.read(deviceId, { limit: 4 });
    const rest = await trace.read(deviceId, { limit: 10, ...(page.next === undefined ? {} : { after: page.next }) });
    const all = [...page.items, ...rest.items];
    expect(all.map((one) => one.direction)).toEqual([
      "fromDevice",
      "toDevice",
      "fromDevice",
      "toDevice",
      "fromDevice",
      "toDevice",
    ]);
    expect(all.map((one) => one.text).join("")).not.toContain("hunter2");
    expect(all[3]?.text).toContain("<Username>u</Username>");
    await trace.clear(deviceId);
    expect((await trace.read(deviceId, { limit: 1 })).items).toEqual([]);
  });
});
