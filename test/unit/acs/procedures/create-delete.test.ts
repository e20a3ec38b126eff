import { describe, expect, it } from "@jest/globals";
import { Rig } from "./rig.ts";

const TABLE = "Device.NAT.PortMapping.";
const create = () =>
  new Rig({ kind: "create", path: TABLE, values: [{ path: "Enable", value: "true", type: "boolean" }] });
const added = { InstanceNumber: 3, Status: 0 };

describe("create", () => {
  it("lists, adds, sets the values of the new instance and reads it back", () => {
    const rig = create().begin();
    expect(rig.asked("GetParameterNames")).toEqual({ ParameterPath: TABLE, NextLevel: true });
    rig.names(TABLE, `${TABLE}1.`, `${TABLE}2.`);
    expect(rig.asked("AddObject")).toEqual({ ObjectName: TABLE, ParameterKey: "key" });
    rig.respond("AddObject", added);
    expect(rig.asked("SetParameterValues").ParameterList).toEqual([
      { Name: `${TABLE}3.Enable`, Value: { type: "boolean", value: "1" } },
    ]);
    rig.respond("SetParameterValues", { Status: 0 });
    expect(rig.asked("GetParameterValues").ParameterNames).toEqual([`${TABLE}3.`]);
    rig.values({ [`${TABLE}3.Enable`]: ["boolean", "1"], [`${TABLE}3.Alias`]: "cpe-3" });
    expect(rig.outcome).toMatchObject({
      state: "done",
      result: { instance: "3", path: `${TABLE}3.` },
      items: [{ outcome: "done" }],
    });
    expect(rig.learntOf(`${TABLE}3.Alias`)?.value).toBe("cpe-3");
    expect(rig.learntOf(`${TABLE}3.`)?.writable).toBe(true);
  });

  it("after a lost AddObjectResponse lists again: a table that grew by one is not added to twice", () => {
    const rig = create().begin().names(`${TABLE}1.`).drop();
    rig.asked("GetParameterNames");
    rig.names(`${TABLE}1.`, `${TABLE}7.`);
    expect(rig.asked("SetParameterValues").ParameterList[0]?.Name).toBe(`${TABLE}7.Enable`);
    expect(rig.count("AddObject")).toBe(1);
  });

  it("after a lost AddObject that never arrived adds once", () => {
    const rig = create().begin().names(`${TABLE}1.`).drop().names(`${TABLE}1.`);
    rig.asked("AddObject");
  });

  it("fails rather than guess when the table grew by several, or could not be listed before", () => {
    const grown = create().begin().names().drop().names(`${TABLE}1.`, `${TABLE}2.`);
    expect(grown.outcome).toMatchObject({ state: "failed", fault: { code: "outcome.unknown" } });
    const unlisted = create().begin().fault(9002).drop();
    expect(unlisted.outcome).toMatchObject({ state: "failed", fault: { code: "outcome.unknown" } });
    expect(unlisted.count("AddObject")).toBe(1);
  });

  it("takes an empty table that is refused with 9005 as empty", () => {
    const rig = create().begin().fault(9005);
    rig.asked("AddObject");
    rig.drop().fault(9005).asked("AddObject");
  });

  it("after a drop amid the values goes on with the same instance", () => {
    const rig = create().begin().names().respond("AddObject", added).drop();
    rig.asked("GetParameterValues");
    rig.values({ [`${TABLE}3.Enable`]: ["boolean", "0"] }).asked("SetParameterValues");
    expect(rig.count("AddObject")).toBe(1);
  });

  it("removes the new instance when its values are refused", () => {
    const name = `${TABLE}3.Enable`;
    const rig = create()
      .begin()
      .names()
      .respond("AddObject", added)
      .fault(9003, [{ parameterName: name, faultCode: 9007, faultString: "" }]);
    expect(rig.asked("DeleteObject").ObjectName).toBe(`${TABLE}3.`);
    rig.respond("DeleteObject", { Status: 0 });
    expect(rig.outcome).toMatchObject({ state: "failed", items: [{ path: name }] });
  });

  it("removes the new instance when the code of a fault stands in the Status of its values", () => {
    const rig = create().begin().names().respond("AddObject", added).respond("SetParameterValues", { Status: 9007 });
    expect(rig.asked("DeleteObject").ObjectName).toBe(`${TABLE}3.`);
    expect(rig.respond("DeleteObject", { Status: 0 }).outcome).toMatchObject({ state: "failed" });
  });

  it("tells when the new instance cannot be removed", () => {
    const rig = create().begin().names().respond("AddObject", added).fault(9002).fault(9001);
    expect(rig.outcome).toMatchObject({
      state: "failed",
      fault: { message: expect.stringContaining("instance 3 stays") },
    });
  });

  it("fails when AddObject is refused", () => {
    expect(create().begin().names().fault(9005).outcome).toMatchObject({ state: "failed" });
  });

  it("fails when the code of a fault stands in Status, and learns of no instance", () => {
    const rig = create().begin().names().respond("AddObject", { InstanceNumber: 0, Status: 9005 });
    expect(rig.outcome).toMatchObject({
      state: "failed",
      fault: { code: "device.invalidParameterName", native: { code: 9005 } },
    });
    expect(rig.learnt).toEqual([]);
    expect(rig.count("SetParameterValues")).toBe(0);
  });

  it("fails when the device names instance 0, which there is not", () => {
    const rig = create().begin().names().respond("AddObject", { InstanceNumber: 0, Status: 0 });
    expect(rig.outcome).toMatchObject({ state: "failed", fault: { code: "device.invalidResponse" } });
    expect(rig.learnt).toEqual([]);
  });
});

describe("delete", () => {
  const path = `${TABLE}2.`;
  it("is done with the response, and forgets the subtree", () => {
    const rig = new Rig({ kind: "delete", path }).begin();
    rig.asked("DeleteObject");
    rig.respond("DeleteObject", { Status: 0 });
    expect(rig.outcome).toMatchObject({ state: "done" });
    expect(rig.learnt).toMatchObject([{ removed: [path] }]);
  });

  it("of an instance that is not there fails", () => {
    expect(new Rig({ kind: "delete", path }).begin().fault(9005).outcome).toMatchObject({ state: "failed" });
  });

  it("fails when the code of a fault stands in Status, and keeps the subtree", () => {
    const rig = new Rig({ kind: "delete", path }).begin().respond("DeleteObject", { Status: 9001 });
    expect(rig.outcome).toMatchObject({ state: "failed", fault: { native: { code: 9001 } } });
    expect(rig.learnt).toEqual([]);
  });

  it("after a lost answer is done when Status says that it is not there", () => {
    const rig = new Rig({ kind: "delete", path }).begin().drop().names(`${path}Enable`);
    expect(rig.respond("DeleteObject", { Status: 9005 }).outcome).toMatchObject({ state: "done" });
  });

  it("after a lost answer looks first: gone is done", () => {
    const rig = new Rig({ kind: "delete", path }).begin().drop();
    rig.asked("GetParameterNames");
    expect(rig.fault(9005).outcome).toMatchObject({ state: "done" });
    expect(rig.count("DeleteObject")).toBe(1);
  });

  it("after a lost answer deletes what is still there", () => {
    const rig = new Rig({ kind: "delete", path }).begin().drop().names(`${path}Enable`);
    rig.asked("DeleteObject");
    expect(rig.fault(9005).outcome).toMatchObject({ state: "done" });
  });
});

describe("a device that falls silent over the new instance", () => {
  const made = () =>
    create().begin().names(`${TABLE}1.`).respond("AddObject", added).respond("SetParameterValues", { Status: 0 });

  it("is asked for its names, and nothing is added or set again", () => {
    const rig = made().silence();
    expect(rig.asked("GetParameterNames").ParameterPath).toBe(`${TABLE}3.`);
    rig.names(`${TABLE}3.Enable`);
    expect(rig.asked("GetParameterValues").ParameterNames).toEqual([`${TABLE}3.Enable`]);
    rig.values({ [`${TABLE}3.Enable`]: ["boolean", "1"] });
    expect(rig.outcome).toMatchObject({ state: "done", items: [{ outcome: "done" }] });
    expect([rig.count("AddObject"), rig.count("SetParameterValues")]).toEqual([1, 1]);
  });

  it("over its names as well has the instance, unconfirmed", () => {
    const rig = made().silence().silence();
    expect(rig.outcome).toMatchObject({
      state: "done",
      result: { path: `${TABLE}3.` },
      items: [{ outcome: "unconfirmed" }],
    });
    expect([rig.count("AddObject"), rig.count("SetParameterValues")]).toEqual([1, 1]);
  });
});
