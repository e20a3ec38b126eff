import { describe, expect, it } from "@jest/globals";
import { loadModel } from "../../../sim/cpe/model.ts";
import { getValues, rpc, setValues, stage } from "./stage.ts";

const names = (ParameterPath: string, NextLevel: boolean) => rpc("GetParameterNames", { ParameterPath, NextLevel });
const SSID = "Device.WiFi.SSID.";

describe("GetParameterValues (TR-069 A.3.2.2)", () => {
  it("gives a full name, a partial path and the whole tree, with their types", async () => {
    const { acs, cpe } = await stage();
    acs.script.push(
      getValues("Device.WiFi.SSID.1.Stats.BytesReceived"),
      getValues("Device.WiFi.Radio.1."),
      getValues(""),
    );
    await cpe.start();
    const [one, some, all] = acs.responses("GetParameterValues").map(({ body }) => body.ParameterList);
    expect(one).toMatchObject([
      {
        Name: "Device.WiFi.SSID.1.Stats.BytesReceived",
        Value: { type: "unsignedLong", value: "18446744073709551615" },
      },
    ]);
    expect(some!.map(({ Name }) => Name.slice("Device.WiFi.Radio.1.".length))).toEqual([
      "AutoChannelEnable",
      "Channel",
      "Enable",
      "OperatingFrequencyBand",
      "Status",
      "TransmitPower",
    ]);
    expect(all).toHaveLength(loadModel("tr181-gateway").parameters.size);
  });

  it("refuses the whole call with 9005 because of one name that does not exist", async () => {
    const { acs, cpe } = await stage();
    acs.script.push(getValues("Device.WiFi.", "Device.NoSuch."));
    await cpe.start();
    expect(acs.faults).toEqual([9005]);
  });

  it("gives an empty list for a table without rows", async () => {
    const { acs, cpe } = await stage();
    acs.script.push(rpc("DeleteObject", { ObjectName: "Device.NAT.PortMapping.1.", ParameterKey: "" }));
    acs.script.push(getValues("Device.NAT.PortMapping."));
    await cpe.start();
    expect(acs.responses("GetParameterValues")[0]!.body.ParameterList).toEqual([]);
  });

  it("hides passwords", async () => {
    const { acs, cpe } = await stage();
    const name = "Device.WiFi.AccessPoint.1.Security.KeyPassphrase";
    acs.script.push(setValues({ [name]: "secret" }), getValues(name));
    await cpe.start();
    expect(cpe.tree.get(name)!.value).toBe("secret");
    expect(acs.responses("GetParameterValues")[0]!.body.ParameterList[0]!.Value.value).toBe("");
  });

  it("gives the fault that was ordered for a parameter", async () => {
    const { acs, cpe } = await stage({ faults: { "Device.WiFi.Radio.2.Channel": { code: 9001, times: 1 } } });
    acs.script.push(getValues("Device.WiFi.Radio.1."), getValues("Device.WiFi."), getValues("Device.WiFi."));
    await cpe.start();
    expect(acs.story.slice(2)).toEqual(["GetParameterValuesResponse", "fault 9001", "GetParameterValuesResponse"]);
  });
});

describe("SetParameterValues (A.3.2.1)", () => {
  it("applies all values and keeps the ParameterKey", async () => {
    const { acs, cpe } = await stage();
    acs.script.push(setValues({ [`${SSID}1.SSID`]: "a", [`${SSID}2.SSID`]: "b" }, "key-1"));
    await cpe.start();
    expect(acs.responses("SetParameterValues")[0]!.body).toEqual({ Status: 0 });
    expect([1, 2].map((i) => cpe.tree.get(`${SSID}${i}.SSID`)!.value)).toEqual(["a", "b"]);
    expect(cpe.tree.get("Device.ManagementServer.ParameterKey")!.value).toBe("key-1");
  });

  it("applies nothing and names every refused parameter with its own fault", async () => {
    const { acs, cpe } = await stage({ faults: { [`${SSID}2.SSID`]: { code: 9001, times: 1 } } });
    const refused = {
      "Device.NoSuch": "1",
      "Device.DeviceInfo.UpTime": "1",
      "Device.WiFi.Radio.1.Channel": "4294967296",
      "Device.WiFi.Radio.1.Enable": "yes",
      "Device.IP.Diagnostics.IPPing.DiagnosticsState": "Complete",
      [`${SSID}2.SSID`]: "b",
    };
    acs.script.push(setValues({ [`${SSID}1.SSID`]: "a", ...refused }, "key-1"));
    await cpe.start();
    const [message] = acs.messages.filter(({ kind }) => kind === "fault");
    const { faultCode, parameterFaults } =
      message?.kind === "fault" ? message.fault : { faultCode: 0, parameterFaults: [] };
    expect(faultCode).toBe(9003);
    expect(parameterFaults.map((one) => [one.parameterName, one.faultCode])).toEqual([
      ["Device.NoSuch", 9005],
      ["Device.DeviceInfo.UpTime", 9008],
      ["Device.WiFi.Radio.1.Channel", 9007],
      ["Device.WiFi.Radio.1.Enable", 9007],
      ["Device.IP.Diagnostics.IPPing.DiagnosticsState", 9007],
      [`${SSID}2.SSID`, 9001],
    ]);
    expect(cpe.tree.get(`${SSID}1.SSID`)!.value).toBe("home-1");
    expect(cpe.tree.get("Device.ManagementServer.ParameterKey")!.value).toBe("");
  });

  it("refuses a name that is there twice", async () => {
    const { acs, cpe } = await stage();
    const twice = { Name: `${SSID}1.SSID`, Value: { value: "a" } };
    acs.script.push(rpc("SetParameterValues", { ParameterList: [twice, twice], ParameterKey: "" }));
    await cpe.start();
    expect(acs.faults).toEqual([9003]);
  });
});

describe("GetParameterNames (A.3.2.3)", () => {
  it("lists the direct children with NextLevel, without the path itself", async () => {
    const { acs, cpe } = await stage();
    acs.script.push(names(SSID, true), names("", true), names("Device.WiFi.", true));
    await cpe.start();
    const lists = acs.responses("GetParameterNames").map(({ body }) => body.ParameterList);
    expect(lists[0]).toEqual([1, 2].map((i) => ({ Name: `${SSID}${i}.`, Writable: true })));
    expect(lists[1]).toEqual([{ Name: "Device.", Writable: false }]);
    expect(lists[2]).toContainEqual({ Name: "Device.WiFi.RadioNumberOfEntries", Writable: false });
  });

  it("lists the path itself and all below it without NextLevel, and says what is writable", async () => {
    const { acs, cpe } = await stage();
    acs.script.push(names("Device.WiFi.Radio.", false));
    await cpe.start();
    const list = acs.responses("GetParameterNames")[0]!.body.ParameterList;
    expect(list[0]).toEqual({ Name: "Device.WiFi.Radio.", Writable: false });
    expect(list).toHaveLength(1 + 2 * 7);
    expect(list).toContainEqual({ Name: "Device.WiFi.Radio.2.Channel", Writable: true });
    expect(list).toContainEqual({ Name: "Device.WiFi.Radio.2.Status", Writable: false });
  });

  it("takes a full name only without NextLevel, and refuses what does not exist", async () => {
    const { acs, cpe } = await stage();
    const full = `${SSID}1.SSID`;
    acs.script.push(names(full, false), names(full, true), names(`${full}X`, false), names("Device.NoSuch.", true));
    await cpe.start();
    expect(acs.story.slice(2)).toEqual(["GetParameterNamesResponse", "fault 9003", "fault 9005", "fault 9005"]);
  });
});

describe("AddObject and DeleteObject (A.3.2.6, A.3.2.7)", () => {
  it("makes a row with the next number, all its parameters and a new count of rows", async () => {
    const { acs, cpe, executed } = await stage();
    acs.script.push(rpc("AddObject", { ObjectName: "Device.NAT.PortMapping.", ParameterKey: "k" }));
    await cpe.start();
    expect(acs.responses("AddObject")[0]!.body).toEqual({ InstanceNumber: 2, Status: 0 });
    expect(cpe.tree.below("Device.NAT.PortMapping.2.")).toHaveLength(11);
    expect(cpe.tree.get("Device.NAT.PortMapping.2.Alias")!.value).toBe("cpe-map2");
    expect(cpe.tree.get("Device.NAT.PortMappingNumberOfEntries")!.value).toBe("2");
    expect(executed).toMatchObject([{ method: "AddObject", commandKey: "k", target: "Device.NAT.PortMapping.2." }]);
  });

  it("takes a row away with everything in it", async () => {
    const { acs, cpe } = await stage();
    const [row] = [`${SSID}1.`];
    acs.script.push(rpc("DeleteObject", { ObjectName: row!, ParameterKey: "" }), getValues(SSID), getValues(row!));
    await cpe.start();
    expect(
      acs.responses("GetParameterValues")[0]!.body.ParameterList.every(({ Name }) => Name.startsWith(`${SSID}2.`)),
    ).toBe(true);
    expect(acs.faults).toEqual([9005]);
  });

  it("refuses what is no table or may not change", async () => {
    const { acs, cpe } = await stage();
    for (const ObjectName of ["Device.NoSuch.", "Device.WiFi.", "Device.Hosts.Host.", "Device.NAT.PortMapping.1."])
      acs.script.push(rpc("AddObject", { ObjectName, ParameterKey: "" }));
    for (const ObjectName of ["Device.NAT.PortMapping.7.", "Device.Hosts.Host.1.", "Device.WiFi."])
      acs.script.push(rpc("DeleteObject", { ObjectName, ParameterKey: "" }));
    await cpe.start();
    expect(acs.faults).toEqual(Array(7).fill(9005));
  });
});

describe("attributes (A.3.2.4, A.3.2.5)", () => {
  const set = (Name: string, Notification: number, more = {}) =>
    rpc("SetParameterAttributes", {
      ParameterList: [
        { Name, NotificationChange: true, Notification, AccessListChange: false, AccessList: [], ...more },
      ],
    });

  it("are set for all below a partial path and read back", async () => {
    const { acs, cpe } = await stage();
    acs.script.push(
      set("Device.WiFi.Radio.1.", 2),
      rpc("GetParameterAttributes", { ParameterNames: ["Device.WiFi.Radio."] }),
    );
    await cpe.start();
    const list = acs.responses("GetParameterAttributes")[0]!.body.ParameterList;
    expect(list.map(({ Notification }) => Notification)).toEqual([...Array(6).fill(2), ...Array(6).fill(0)]);
    expect(list[0]!.AccessList).toEqual(["Subscriber"]);
  });

  it("count only where their change flags say so", async () => {
    const { acs, cpe } = await stage();
    const name = `${SSID}1.SSID`;
    acs.script.push(set(name, 1), set(name, 2, { NotificationChange: false, AccessListChange: true }));
    await cpe.start();
    expect(cpe.tree.get(name)).toMatchObject({ notification: 1, accessList: [] });
  });

  it("refuse values above 2 before protocol 1.4, and names that do not exist", async () => {
    const { acs, cpe } = await stage();
    acs.script.push(set(`${SSID}1.SSID`, 3), set("Device.NoSuch", 1));
    await cpe.start();
    expect(acs.faults).toEqual([9003, 9005]);
    const newer = await stage({ protocol: "1.4" });
    newer.acs.script.push(set(`${SSID}1.SSID`, 6));
    await newer.cpe.start();
    expect(newer.acs.faults).toEqual([]);
  });
});
