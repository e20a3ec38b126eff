import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { checkArguments } from "../../../../acs/rpc/check.ts";
import { type RpcName, rpcNames, rpcs } from "../../../../acs/rpc/index.ts";
import { envelopeOf } from "../soap/arbitraries.ts";

const check = (name: RpcName, body: unknown) => checkArguments(rpcs[name].request, body);

describe("checkArguments", () => {
  it.each(rpcNames)("finds nothing in arguments of %s that follow its table", (name) => {
    fc.assert(
      fc.property(envelopeOf(name), ({ message }) => {
        if (message.kind === "request") expect(check(name, message.body)).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });

  it.each<[string, RpcName, unknown, { path: string; rule: string }[]]>([
    ["a missing argument", "Reboot", {}, [{ path: "CommandKey", rule: "mandatory" }]],
    ["an unknown one", "Reboot", { CommandKey: "", Now: true }, [{ path: "Now", rule: "no such argument" }]],
    ["a long text", "Reboot", { CommandKey: "x".repeat(33) }, [{ path: "CommandKey", rule: "at most 32 characters" }]],
    ["another type", "Reboot", { CommandKey: 7 }, [{ path: "CommandKey", rule: "text" }]],
    ["no object", "Reboot", [], [{ path: ".", rule: "an object" }]],
    ["null", "Reboot", null, [{ path: ".", rule: "an object" }]],
    [
      "a fraction",
      "ScheduleInform",
      { DelaySeconds: 1.5, CommandKey: "" },
      [{ path: "DelaySeconds", rule: "an unsigned 32-bit integer" }],
    ],
    ["an empty name", "AddObject", { ObjectName: "", ParameterKey: "" }, [{ path: "ObjectName", rule: "not empty" }]],
    [
      "a text for a list",
      "GetParameterValues",
      { ParameterNames: "Device." },
      [{ path: "ParameterNames", rule: "a list" }],
    ],
    [
      "a wrong item",
      "GetParameterValues",
      { ParameterNames: ["Device.", 1] },
      [{ path: "ParameterNames[1]", rule: "text" }],
    ],
    [
      "a value without its text",
      "SetParameterValues",
      { ParameterList: [{ Name: "Device.A", Value: "x" }], ParameterKey: "" },
      [{ path: "ParameterList[0].Value", rule: "an object with a text `value`" }],
    ],
    ["no operation", "ChangeDUState", { Operations: [] }, [{ path: "Operations", rule: "a list of at least one" }]],
    [
      "an unknown operation",
      "ChangeDUState",
      { Operations: [{ Reinstall: {} }] },
      [{ path: "Operations[0]", rule: "one of InstallOpStruct, UpdateOpStruct, UninstallOpStruct" }],
    ],
    [
      "an operation that lacks its URL",
      "ChangeDUState",
      { Operations: [{ InstallOpStruct: {} }] },
      [{ path: "Operations[0].InstallOpStruct.URL", rule: "mandatory" }],
    ],
  ])("names %s", (_, name, body, findings) => {
    expect(check(name, body)).toEqual(findings);
  });

  it("a third time window is one too many", () => {
    const window = { WindowStart: 0, WindowEnd: 1, WindowMode: "1 At Any Time", UserMessage: "", MaxRetries: 0 };
    const body = {
      CommandKey: "",
      FileType: "1",
      URL: "u",
      Username: "",
      Password: "",
      FileSize: 0,
      TargetFileName: "",
    };
    expect(check("ScheduleDownload", { ...body, TimeWindowList: [window, window, window] })).toEqual([
      { path: "TimeWindowList", rule: "at most 2 entries" },
    ]);
  });
});
