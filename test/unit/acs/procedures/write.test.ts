import { describe, expect, it } from "@jest/globals";
import { standardQuirks } from "../../../../acs/quirks/quirks.ts";
import { Rig } from "./rig.ts";

const write = (values: Record<string, string>, facts = {}, more: { readBack?: boolean } = {}) =>
  new Rig({ kind: "write", values: Object.entries(values).map(([path, value]) => ({ path, value })), ...more }, facts);
const [A, B] = ["Device.X.A", "Device.X.B"];

describe("write", () => {
  it("sends all values in one message, with the operation's key, and reads them back", () => {
    const rig = write({ [A]: "1", [B]: "2" }).begin();
    const body = rig.asked("SetParameterValues");
    expect(body.ParameterKey).toBe("key");
    expect(body.ParameterList.map((one) => one.Name)).toEqual([A, B]);
    rig.respond("SetParameterValues", { Status: 0 }).asked("GetParameterValues");
    rig.values({ [A]: "1", [B]: "2" });
    expect(rig.outcome).toMatchObject({ state: "done", items: [{ outcome: "done" }, { outcome: "done" }] });
    expect(rig.learnt).toMatchObject([{ source: "read" }]);
  });

  it("sends the type that the device reported, booleans as 1 and 0, times without fractions", () => {
    const known = new Map([
      [A, { path: A, type: "boolean", source: "read", state: "seen" }],
      [B, { path: B, type: "dateTime", source: "read", state: "seen" }],
    ]);
    const { ParameterList } = write({ [A]: "true", [B]: "2026-01-01T00:00:00.123Z" }, { known })
      .begin()
      .asked("SetParameterValues");
    expect(ParameterList.map((one) => one.Value)).toEqual([
      { type: "boolean", value: "1" },
      { type: "dateTime", value: "2026-01-01T00:00:00Z" },
    ]);
  });

  it("a value that reads back otherwise is unconfirmed", () => {
    const rig = write({ [A]: "secret" })
      .begin()
      .respond("SetParameterValues", { Status: 0 })
      .values({ [A]: "" });
    expect(rig.outcome).toMatchObject({ state: "done", items: [{ outcome: "unconfirmed" }] });
  });

  it.each([
    ["the model cannot", { quirks: { ...standardQuirks, readBack: false } }, {}],
    ["the request forgoes it", {}, { readBack: false }],
  ])(
    "without a read-back, as %s, the values are recorded as unconfirmed, a secret without its value",
    (_, facts, more) => {
      const password = "Device.Users.User.1.Password";
      const rig = write({ [A]: "1", [password]: "p" }, facts, more)
        .begin()
        .respond("SetParameterValues", { Status: 0 });
      expect(rig.outcome?.state).toBe("done");
      expect(rig.learnt).toMatchObject([{ source: "written", unconfirmed: true }]);
      expect(rig.learntOf(A)?.value).toBe("1");
      expect(rig.learntOf(password)).not.toHaveProperty("value");
    },
  );

  it("the code of a fault in Status is a refusal", () => {
    const rig = write({ [A]: "1" })
      .begin()
      .respond("SetParameterValues", { Status: 9007 });
    expect(rig.outcome).toMatchObject({ state: "failed", fault: { code: "device.invalidParameterValue" } });
  });

  it("Status 1 is told in a note", () => {
    const rig = write({ [A]: "1" })
      .begin()
      .respond("SetParameterValues", { Status: 1 })
      .values({ [A]: "1" });
    expect(rig.outcome).toMatchObject({ state: "done", note: expect.stringContaining("Status 1") });
  });

  it("errors of 9003 are told per parameter", () => {
    const list = Array.from({ length: 50 }, (_, i) => ({
      parameterName: `Device.X.${i}`,
      faultCode: 9007,
      faultString: "no",
    }));
    const rig = write({ [A]: "1", [B]: "2" })
      .begin()
      .fault(9003, list);
    expect(rig.outcome).toMatchObject({ state: "failed", fault: { native: { code: 9003 } } });
    expect(rig.outcome).toHaveProperty("items.length", 50);
  });

  it("9003 without a list is located by reading; nothing is written again", () => {
    const rig = write({ [A]: "1", [B]: "2" })
      .begin()
      .fault(9003);
    rig.asked("GetParameterValues");
    rig.fault(9005);
    expect(rig.asked("GetParameterValues").ParameterNames).toEqual([A]);
    rig.values({ [A]: "0" });
    expect(rig.asked("GetParameterValues").ParameterNames).toEqual([B]);
    rig.fault(9005);
    expect(rig.outcome).toMatchObject({ state: "failed", items: [{ path: B, fault: { native: { code: 9005 } } }] });
    expect(rig.count("SetParameterValues")).toBe(1);
  });

  it("9006 reads the types and tries once with them", () => {
    const rig = write({ [A]: "1" })
      .begin()
      .fault(9003, [{ parameterName: A, faultCode: 9006, faultString: "" }]);
    rig.asked("GetParameterValues");
    rig.values({ [A]: ["unsignedInt", "0"] });
    expect(rig.asked("SetParameterValues").ParameterList[0]?.Value.type).toBe("unsignedInt");
    rig.fault(9006);
    expect(rig.outcome?.state).toBe("failed");
  });

  it("9002 and 9004 are tried again later", () => {
    for (const code of [9002, 9004])
      expect(
        write({ [A]: "1" })
          .begin()
          .fault(code).outcome?.state,
      ).toBe("retry");
  });

  it("what does not fit in one envelope is refused, since it would not be atomic", () => {
    const rig = write({ [A]: "x".repeat(33_000) }).begin();
    expect(rig.outcome).toMatchObject({ state: "failed", fault: { code: "request.tooLarge" } });
    expect(rig.sent).toEqual([]);
  });

  it("after a lost answer it reads first: all as wanted is done, without a second write", () => {
    const rig = write({ [A]: "1" })
      .begin()
      .drop();
    rig.asked("GetParameterValues");
    rig.values({ [A]: "1" });
    expect(rig.outcome).toMatchObject({ state: "done" });
    expect(rig.count("SetParameterValues")).toBe(1);
  });

  it("after a lost answer anything else is written again", () => {
    const rig = write({ [A]: "1" })
      .begin()
      .drop()
      .values({ [A]: "0" });
    rig.asked("SetParameterValues");
    rig
      .respond("SetParameterValues", { Status: 0 })
      .drop()
      .values({ [A]: "1" });
    expect(rig.outcome?.state).toBe("done");
  });

  it.each([
    ["boolean", "true", "1"],
    ["unsignedInt", "+7", "07"],
    ["string", "AA:BB:CC:00:11:22", "aa:bb:cc:00:11:22"],
    ["string", "a, b", "a,b"],
    ["dateTime", "2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00"],
    ["unsignedLong", "18446744073709551615", "18446744073709551615"],
  ] as const)("a %s written as %j and read as %j is the same", (type, written, readBack) => {
    const rig = new Rig({ kind: "write", values: [{ path: A, value: written, type }] }).begin();
    rig.respond("SetParameterValues", { Status: 0 }).values({ [A]: [type, readBack] });
    expect(rig.outcome).toMatchObject({ items: [{ outcome: "done" }] });
  });
});

describe("a device that falls silent over the values", () => {
  it("is asked for them first, since nobody knows whether it took them", () => {
    const rig = write({ [A]: "1" })
      .begin()
      .silence();
    rig.asked("GetParameterValues");
    rig.values({ [A]: "0" }).asked("SetParameterValues");
  });
});

describe("a device that took the values and falls silent when they are read back", () => {
  it("has them, unconfirmed, and they are not written a second time", () => {
    const rig = new Rig({ kind: "write", values: [{ path: "Device.X", value: "1", type: "string" }] }).begin();
    rig.respond("SetParameterValues", { Status: 0 }).asked("GetParameterValues");
    rig.silence();
    expect(rig.outcome).toMatchObject({ state: "done", items: [{ path: "Device.X", outcome: "unconfirmed" }] });
    expect(rig.count("SetParameterValues")).toBe(1);
  });
});
