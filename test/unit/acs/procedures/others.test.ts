import { describe, expect, it } from "@jest/globals";
import type { Report } from "../../../../acs/procedures/procedure.ts";
import type { OperationDocument } from "../../../../fleet/operations/model.ts";
import { hours } from "../../../../kernel/time.ts";
import { Rig } from "./rig.ts";

const result = (UUID: string, FaultCode = 0) => ({
  UUID,
  DeploymentUnitRef: "",
  Version: "1",
  CurrentState: FaultCode === 0 ? "Installed" : "Failed",
  Resolved: true,
  ExecutionUnitRefList: "",
  StartTime: "",
  CompleteTime: "",
  Fault: { FaultCode },
});

describe("attributes", () => {
  it("only the fields that are given count, and a drop repeats it", () => {
    const rig = new Rig({ kind: "setAttributes", attributes: [{ path: "Device.A", notification: 2 }] }).begin();
    const list = [
      { Name: "Device.A", NotificationChange: true, Notification: 2, AccessListChange: false, AccessList: [] },
    ];
    expect(rig.asked("SetParameterAttributes").ParameterList).toEqual(list);
    expect(rig.drop().asked("SetParameterAttributes").ParameterList).toEqual(list);
    rig.respond("SetParameterAttributes", {});
    expect(rig.outcome).toMatchObject({ state: "done" });
    expect(rig.learntOf("Device.A")).toEqual({ path: "Device.A", notification: 2 });
  });

  it("9009 names the parameter", () => {
    const rig = new Rig({ kind: "setAttributes", attributes: [{ path: "Device.A", notification: 2 }] })
      .begin()
      .fault(9009);
    expect(rig.outcome).toMatchObject({
      state: "failed",
      items: [{ path: "Device.A", fault: { code: "device.notificationRejected" } }],
    });
  });

  it("are read and learnt", () => {
    const rig = new Rig({ kind: "readAttributes", paths: ["Device."] }).begin();
    rig.respond("GetParameterAttributes", {
      ParameterList: [{ Name: "Device.A", Notification: 1, AccessList: ["Subscriber"] }],
    });
    expect(rig.learntOf("Device.A")).toEqual({ path: "Device.A", notification: 1, accessList: ["Subscriber"] });
    expect(rig.outcome).toMatchObject({ state: "done", result: { count: 1 } });
  });
});

describe("software", () => {
  const operations = Array.from({ length: 16 }, (_, i) => ({ action: "install", url: `http://x/${i}` }) as const);
  const install = () => new Rig({ kind: "software", operations }).begin();

  it("absent fields stay out, and 16 results settle 16 items", () => {
    const rig = install();
    expect(rig.asked("ChangeDUState").Operations[0]).toEqual({ InstallOpStruct: { URL: "http://x/0" } });
    rig.respond("ChangeDUState", {});
    expect(rig.outcome).toMatchObject({ state: "accepted" });
    rig.report({ kind: "softwareChanged", results: operations.map((_, i) => result(`u${i}`)) });
    expect(rig.outcome).toMatchObject({ state: "done" });
    expect(rig.outcome).toHaveProperty("items.length", 16);
  });

  it("one failed module fails it and the items tell which", () => {
    const rig = install().report({ kind: "softwareChanged", results: [result("a"), result("b", 9015)] });
    expect(rig.outcome).toMatchObject({
      state: "failed",
      items: [{ outcome: "done" }, { path: "b@1", outcome: "failed" }],
    });
  });

  it("a duplicate, or an uninstall of what is not there, is as wanted", () => {
    expect(install().report({ kind: "softwareChanged", results: [result("a", 9026)] }).outcome).toMatchObject({
      state: "done",
    });
    const gone = new Rig({ kind: "software", operations: [{ action: "uninstall", uuid: "a" }] }).begin();
    expect(gone.report({ kind: "softwareChanged", results: [result("a", 9028)] }).outcome).toMatchObject({
      state: "done",
    });
  });

  it("sends the schema's form to a device that refuses the other, and remembers it", () => {
    const rig = install().fault(9003).respond("ChangeDUState", {});
    expect(rig.dialects).toEqual([{ changeDuState: "array" }, { changeDuState: "elements" }]);
    expect(rig.outcome).toMatchObject({ state: "accepted" });
    const again = new Rig({ kind: "software", operations }, { endpointState: rig.remembered }).begin();
    expect(again.dialects).toEqual([{ changeDuState: "elements" }]);
  });

  it("fails when the device refuses either form", () => {
    const rig = install().fault(9003).fault(9003);
    expect(rig.outcome).toMatchObject({ state: "failed", fault: { native: { code: 9003 } } });
    expect(rig.remembered).toEqual({});
    expect(install().fault(9000).count("ChangeDUState")).toBe(1);
  });

  it("fails when the device reports no result, but for an update of all that may be none", () => {
    const nothing: Report = { kind: "softwareChanged", results: [] };
    expect(install().report(nothing).outcome).toMatchObject({ state: "failed" });
    const updateAll = new Rig({ kind: "software", operations: [{ action: "update" }] }).begin();
    expect(updateAll.report(nothing).outcome).toMatchObject({ state: "done" });
  });

  it("after a lost answer waits, and is never sent twice", () => {
    const rig = install().drop();
    expect(rig.outcome).toMatchObject({ state: "accepted", note: expect.stringContaining("may still") });
    expect(rig.drop(hours(25)).outcome).toMatchObject({ state: "failed", fault: { code: "outcome.unknown" } });
    expect(rig.count("ChangeDUState")).toBe(1);
  });
});

describe("the small ones", () => {
  it("capabilities are remembered", () => {
    const rig = new Rig({ kind: "capabilities" }).begin().respond("GetRPCMethods", { MethodList: ["Reboot"] });
    expect(rig.outcome).toMatchObject({ result: { methods: ["Reboot"] } });
    expect(rig.remembered).toEqual({ methods: ["Reboot"] });
  });

  it("listTransfers uses what the protocol version and the device know", () => {
    const old = new Rig({ kind: "listTransfers" }, { version: "1.0" }).begin();
    old.asked("GetQueuedTransfers");
    const rig = new Rig({ kind: "listTransfers" })
      .begin()
      .fault(9000)
      .respond("GetQueuedTransfers", { TransferList: [{ CommandKey: "k", State: 1 }] });
    expect(rig.outcome).toMatchObject({ state: "done", result: { transfers: [{ commandKey: "k", state: 1 }] } });
  });

  it("cancelTransfer names the other operation's key", () => {
    const target = { state: "accepted", correlator: "k2" } as OperationDocument;
    const rig = new Rig({ kind: "cancelTransfer", operationId: "o2" }, { target }).begin();
    expect(rig.asked("CancelTransfer")).toEqual({ CommandKey: "k2" });
    expect(rig.respond("CancelTransfer", {}).outcome).toMatchObject({ state: "done" });
    expect(new Rig({ kind: "cancelTransfer", operationId: "o2" }).begin().outcome).toMatchObject({ state: "failed" });
    const waiting = new Rig(
      { kind: "cancelTransfer", operationId: "o2" },
      { target: { ...target, state: "queued" } as OperationDocument },
    ).begin();
    expect(waiting.outcome).toMatchObject({ state: "failed", fault: { code: "request.invalid" } });
  });

  it("raw sends any request of an ACS and refuses arguments that do not fit", () => {
    const raw = (method: string, args: Record<string, unknown>) =>
      new Rig({ kind: "raw", method, arguments: args }).begin();
    const rig = raw("GetOptions", { OptionName: "" });
    rig.asked("GetOptions");
    rig.respond("GetOptions", { OptionList: [] });
    expect(rig.outcome).toMatchObject({ state: "done", result: { method: "GetOptions" } });
    for (const bad of [raw("Inform", {}), raw("X_Y", {}), raw("Reboot", {}), raw("Reboot", { CommandKey: 1 })]) {
      expect([bad.outcome?.state, bad.sent.length]).toEqual(["failed", 0]);
    }
  });

  it("raw SetParameterValues tells which parameters the device refused", () => {
    const rig = new Rig({
      kind: "raw",
      method: "SetParameterValues",
      arguments: { ParameterList: [{ Name: "Device.A", Value: { value: "x" } }], ParameterKey: "" },
    }).begin();
    rig.fault(9003, [{ parameterName: "Device.A", faultCode: 9007, faultString: "no" }]);
    expect(rig.outcome).toMatchObject({
      state: "failed",
      fault: { native: { code: 9003 } },
      items: [{ path: "Device.A", outcome: "failed", fault: { native: { code: 9007, text: "no" } } }],
    });
  });

  it("raw repeats only what reads", () => {
    const reboot = new Rig({ kind: "raw", method: "Reboot", arguments: { CommandKey: "" } }).begin().drop();
    expect([reboot.outcome?.state, reboot.count("Reboot")]).toEqual(["failed", 1]);
    new Rig({ kind: "raw", method: "GetRPCMethods", arguments: {} }).begin().drop().asked("GetRPCMethods");
  });

  it("wake is done by the contact", () => {
    expect(new Rig({ kind: "wake" }).begin().outcome).toEqual({ state: "done" });
  });
});
