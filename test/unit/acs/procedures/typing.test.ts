import { describe, expect, it } from "@jest/globals";
import { procedures } from "../../../../acs/procedures/index.ts";
import type { ValueTyping } from "../../../../datamodels/typing.ts";
import type { ParameterType } from "../../../../kernel/value.ts";
import { Rig } from "./rig.ts";

const [A, B] = ["Device.X.A", "Device.X.B"];

/** Writes each value as the model knows it. */
const write = (...values: [path: string, value: string, typing: ValueTyping][]) =>
  new Rig(
    { kind: "write", values: values.map(([path, value]) => ({ path, value })) },
    {},
    values.map(([, , typing]) => typing),
  );

const text = (syntax: Partial<NonNullable<ValueTyping["syntax"]>> = {}): ValueTyping => ({
  type: "string",
  syntax: { type: "string", ...syntax },
});
const typed = (type: ParameterType): ValueTyping => ({ type, syntax: { type } });
const secret: ValueTyping = { ...text(), opaque: "secret" };
const command: ValueTyping = { ...typed("boolean"), opaque: "command" };

/** The outcome of writing `written` to a device that then shows `shown`. */
const readBack = (written: string, shown: string | [ParameterType, string], typing: ValueTyping) => {
  const rig = write([A, written, typing]).begin().respond("SetParameterValues", { Status: 0 });
  return (rig.values({ [A]: shown }).outcome as { items: { outcome: string }[] }).items[0]!.outcome;
};

describe("values that the data model types", () => {
  it("are sent with its type, and nothing has to be looked up", () => {
    const rig = write([A, "5", typed("unsignedInt")]);
    expect(rig.begin().asked("SetParameterValues").ParameterList[0]?.Value).toEqual({
      type: "unsignedInt",
      value: "5",
    });
    expect(procedures.write.needs?.(rig.operation.request, rig.operation.typing)).toEqual([]);
    expect(procedures.write.needs?.(rig.operation.request, [{}])).toEqual([A]);
  });

  it.each<[string, ValueTyping, string]>([
    ["+07", typed("unsignedInt"), "7"],
    ["00-11-22-aa-bb-cc", text({ format: "mac" }), "00:11:22:AA:BB:CC"],
    ["a, b", text({ list: {} }), "a,b"],
    ["a, b", text(), "a, b"],
    ["TRUE", typed("boolean"), "1"],
    ["2026-01-01T01:00:00.5+01:00", typed("dateTime"), "2026-01-01T01:00:00+01:00"],
    ["no number", typed("unsignedInt"), "no number"],
  ])("are sent in their one spelling: %s of %j as %s", (value, typing, sent) => {
    const { ParameterList } = write([A, value, typing]).begin().asked("SetParameterValues");
    expect(ParameterList[0]?.Value.value).toBe(sent);
  });

  it("are sent anew with the types of a device that knows better (9006)", () => {
    const rig = write([A, "5", typed("unsignedInt")])
      .begin()
      .fault(9006);
    rig.asked("GetParameterValues");
    const { ParameterList } = rig.values({ [A]: ["int", "4"] }).asked("SetParameterValues");
    expect(ParameterList[0]?.Value.type).toBe("int");
    expect(rig.fault(9006).outcome).toMatchObject({ state: "failed" });
  });

  it.each<[string, string | [ParameterType, string], ValueTyping]>([
    ["00:11:22:AA:BB:CC", "00-11-22-aa-bb-cc", text({ format: "mac" })],
    ["2001:db8::1", "2001:0DB8:0:0:0:0:0:1", text({ format: "ip" })],
    ["a,b", "a, b", text({ list: {} })],
    ["Device.IP.Interface.1", "Device.IP.Interface.1.", text({ pathRef: { targetParents: [] } })],
    ["true", ["boolean", "1"], typed("boolean")],
    ["true", "1", typed("boolean")],
    ["7", ["unsignedInt", "+07"], typed("unsignedInt")],
    ["2026-01-01T00:00:00.5Z", ["dateTime", "2026-01-01T01:00:00+01:00"], typed("dateTime")],
  ])("%s reads back as %j: done", (written, shown, typing) => {
    expect(readBack(written, shown, typing)).toBe("done");
  });

  it.each<[string, string, ValueTyping]>([
    ["AB-CD", "ab-cd", text()],
    ["a,b", "a, b", text()],
    ["00:11:22:AA:BB:CC", "00:11:22:AA:BB:CD", text({ format: "mac" })],
  ])("%s reads back as %s: unconfirmed", (written, shown, typing) => {
    expect(readBack(written, shown, typing)).toBe("unconfirmed");
  });

  it("that read back as null values are never compared: taken by the device is done", () => {
    expect(readBack("geheim", "", secret)).toBe("done");
    expect(readBack("1", ["boolean", "0"], command)).toBe("done");
  });

  it("after a lost answer a secret is written again, a command never", () => {
    const again = write([A, "x", text()], [B, "geheim", secret]).begin().drop();
    again.values({ [A]: "x", [B]: "" }).asked("SetParameterValues");
    const lost = write([A, "x", text()], [B, "1", command]).begin().drop();
    lost.values({ [A]: "x", [B]: ["boolean", "0"] });
    expect(lost.count("SetParameterValues")).toBe(1);
    expect(lost.outcome).toMatchObject({ state: "failed", fault: { code: "outcome.unknown" } });
    const unreadable = write([B, "1", command]).begin().drop().fault(9005);
    expect(unreadable.outcome).toMatchObject({ state: "failed", fault: { code: "outcome.unknown" } });
  });

  it("leave no value in the stored progress", () => {
    const rig = write([A, "geheim", secret]).begin();
    expect(rig.stored).toBeDefined();
    expect(rig.stored).not.toContain("geheim");
  });

  it("of a new row are compared alike", () => {
    const table = "Device.Users.User.";
    const values = [
      { path: "MACAddress", value: "00:11:22:AA:BB:CC" },
      { path: "Code", value: "geheim" },
    ];
    const typing = [text({ format: "mac" }), secret];
    const rig = new Rig({ kind: "create", path: table, values }, {}, typing).begin().names();
    rig.respond("AddObject", { InstanceNumber: 3, Status: 0 }).respond("SetParameterValues", { Status: 0 });
    rig.values({ [`${table}3.MACAddress`]: "00-11-22-aa-bb-cc", [`${table}3.Code`]: "" });
    expect(rig.outcome).toMatchObject({ state: "done", items: [{ outcome: "done" }, { outcome: "done" }] });
  });

  it("of a new row with a command are not written twice", () => {
    const values = [{ path: "Reset", value: "1" }];
    const rig = new Rig({ kind: "create", path: "Device.X.", values }, {}, [command]).begin().names();
    rig.respond("AddObject", { InstanceNumber: 3, Status: 0 }).drop();
    rig.values({ "Device.X.3.Reset": ["boolean", "0"] });
    expect(rig.count("SetParameterValues")).toBe(1);
    expect(rig.outcome).toMatchObject({ state: "failed", fault: { code: "outcome.unknown" } });
  });
});
