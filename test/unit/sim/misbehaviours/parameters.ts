import { expect } from "@jest/globals";
import { loadModel } from "../../../../sim/cpe/model.ts";
import { getValues, rpc, setValues } from "../stage.ts";
import type { Show, Shows } from "./show.ts";

const names = (ParameterPath: string, NextLevel: boolean) => rpc("GetParameterNames", { ParameterPath, NextLevel });
type Order = ReturnType<typeof rpc>;

/** The CPE's part of a session with these orders, after the Inform and the empty POST. */
const story =
  (orders: Order[], ...expected: string[]): Show =>
  async (open) => {
    const { acs, cpe } = await open();
    acs.script.push(...orders);
    await cpe.start();
    expect(acs.story.slice(2)).toEqual(expected);
  };

const small = getValues("Device.WiFi.Radio.1.");
const large = getValues("Device.WiFi.");
const typed = (type: "string" | "unsignedInt") =>
  rpc("SetParameterValues", {
    ParameterList: [{ Name: "Device.WiFi.Radio.1.Channel", Value: { type, value: "11" } }],
    ParameterKey: "",
  });

export const parameters: Shows = {
  "no-root-names": story(
    [names("", false), names("Device.", true), names("Device.WiFi.", true)],
    "fault 9005",
    "fault 9005",
    "GetParameterNamesResponse",
  ),
  "next-level-ignored": async (open) => {
    const { acs, cpe } = await open();
    acs.script.push(names("Device.WiFi.Radio.", true));
    await cpe.start();
    expect(acs.responses("GetParameterNames")[0]!.body.ParameterList).toHaveLength(15);
  },
  "next-level-refused": story(
    [names("Device.", true), names("Device.", false)],
    "fault 9003",
    "GetParameterNamesResponse",
  ),
  "endless-names": async (open) => {
    const { acs, cpe } = await open();
    acs.script.push(
      names("Device.WiFi.", true),
      names("Device.WiFi.X_Again.", true),
      names("Device.WiFi.X_Again.X_Again.", true),
    );
    await cpe.start();
    const lists = acs.responses("GetParameterNames").map(({ body }) => body.ParameterList.map(({ Name }) => Name));
    expect(lists[0]).toContain("Device.WiFi.X_Again.");
    expect(lists.slice(1)).toEqual([["Device.WiFi.X_Again.X_Again."], ["Device.WiFi.X_Again.X_Again.X_Again."]]);
  },
  "wrong-writable": async (open) => {
    const { acs, cpe } = await open();
    acs.script.push(names("Device.WiFi.SSID.", false), setValues({ "Device.WiFi.SSID.1.SSID": "x" }));
    await cpe.start();
    expect(acs.responses("GetParameterNames")[0]!.body.ParameterList.some(({ Writable }) => Writable)).toBe(false);
    expect(acs.faults).toEqual([]);
  },
  "small-answers": story([small, large], "GetParameterValuesResponse", "fault 9004"),
  "large-get-9002": story([small, large], "GetParameterValuesResponse", "fault 9002"),
  "large-get-reboot": async (open) => {
    const { acs, cpe, pass, sessions } = await open({ model: loadModel("tr181-gateway", 600), rebootTime: 0 });
    acs.script.push(large, getValues("Device."));
    await cpe.start();
    expect(acs.story.slice(2)).toEqual(["GetParameterValuesResponse"]);
    expect(sessions[0]!.outcome).toBe("failed");
    await pass(0);
    expect(acs.informs[1]!.body.Event).toEqual([{ EventCode: "1 BOOT", CommandKey: "" }]);
  },
  "listed-but-invalid": async (open) => {
    const { acs, cpe } = await open();
    const ghost = "Device.DeviceInfo.X_Ghost";
    acs.script.push(names("Device.DeviceInfo.", true), names("Device.", false));
    acs.script.push(getValues(ghost), getValues("Device.DeviceInfo."), getValues("Device.DeviceInfo.SoftwareVersion"));
    await cpe.start();
    for (const { body } of acs.responses("GetParameterNames"))
      expect(body.ParameterList).toContainEqual({ Name: ghost, Writable: false });
    expect(acs.story.slice(4)).toEqual(["fault 9005", "fault 9005", "GetParameterValuesResponse"]);
  },
  "strict-types": async (open) => {
    const { acs, cpe } = await open();
    acs.script.push(typed("string"), typed("unsignedInt"));
    await cpe.start();
    expect(acs.received[2]!.text).toContain("<FaultCode>9006</FaultCode>");
    expect(acs.story[3]).toBe("SetParameterValuesResponse");
  },
  "upper-case-values": async (open) => {
    const { acs, cpe } = await open();
    acs.script.push(setValues({ "Device.WiFi.SSID.1.SSID": "Quiet" }), getValues("Device.WiFi.SSID.1.SSID"));
    await cpe.start();
    expect(acs.responses("GetParameterValues")[0]!.body.ParameterList[0]!.Value.value).toBe("QUIET");
  },
  "set-needs-reboot": async (open) => {
    const { acs, cpe } = await open();
    acs.script.push(setValues({ "Device.WiFi.SSID.1.SSID": "x" }));
    await cpe.start();
    expect(acs.responses("SetParameterValues")[0]!.body).toEqual({ Status: 1 });
  },
  "renumbered-rows": async (open) => {
    const { acs, cpe, pass } = await open({ rebootTime: 0 });
    acs.script.push(
      rpc("AddObject", { ObjectName: "Device.NAT.PortMapping.", ParameterKey: "" }),
      setValues({ "Device.NAT.PortMapping.2.Description": "mine" }),
      rpc("Reboot", { CommandKey: "" }),
    );
    await cpe.start();
    await pass(0);
    expect(cpe.tree.children("Device.NAT.PortMapping.")).toEqual([
      "Device.NAT.PortMapping.1.",
      "Device.NAT.PortMapping.3.",
    ]);
    expect(cpe.tree.get("Device.NAT.PortMapping.3.Description")!.value).toBe("mine");
  },
};
