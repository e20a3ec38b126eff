import { describe, expect, it } from "@jest/globals";
import { factsAmong } from "../../../../acs/conversation/device-facts.ts";
import { canonicalEventCode, fleetEvents, isHeartbeat } from "../../../../acs/conversation/event-codes.ts";
import { modelsOfSummary, reportOf } from "../../../../acs/conversation/inform-report.ts";
import { peek } from "../../../../acs/conversation/peek.ts";

const inform = (values: Record<string, string>, events: string[] = ["2 PERIODIC"]) =>
  reportOf(
    {
      DeviceId: { Manufacturer: "", OUI: "00D0FF", ProductClass: "", SerialNumber: "1" },
      Event: events.map((EventCode) => ({ EventCode, CommandKey: "" })),
      MaxEnvelopes: 2,
      CurrentTime: "2019-03-05T11:54::14",
      RetryCount: 3,
      ParameterList: Object.entries(values).map(([Name, value]) => ({ Name, Value: { value } })),
    },
    { namespace: "n", version: "1.0" },
    5,
  );

describe("event codes", () => {
  it.each([
    ["1 Boot", "1 BOOT"],
    ["1BOOT", "1 BOOT"],
    [" 4 VALUECHANGE ", "4 VALUE CHANGE"],
    ["4 VALUE_CHANGE", "4 VALUE CHANGE"],
    ["14 HEARTBEAT", "14 HEARTBEAT"],
    ["99 NEW", "99 NEW"],
    ["m reboot", "M Reboot"],
    ["M Download", "M Download"],
    ["M X_00D0FF_Thing", "M X_00D0FF_Thing"],
    ["X BC0304 Alarm", "X BC0304 Alarm"],
    ["", ""],
  ])("%j means %j", (written, meant) => {
    expect(canonicalEventCode(written)).toBe(meant);
  });

  it("become events of the fleet, each once, in bounded size", () => {
    const paths = Array.from({ length: 500 }, (_, i) => `Device.${i}`);
    const events = fleetEvents(["1 BOOT", "1 BOOT", "4 VALUE CHANGE", "M Reboot"], paths);
    expect(events.map((event) => event.type)).toEqual(["device.booted", "parameter.changed"]);
    expect(events[1]?.data?.paths).toHaveLength(50);
  });

  it("only 14 alone is a heartbeat", () => {
    expect([isHeartbeat(["14 HEARTBEAT"]), isHeartbeat([]), isHeartbeat(["14 HEARTBEAT", "1 BOOT"])]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe("factsAmong", () => {
  const among = (values: Record<string, string | undefined>) =>
    factsAmong(Object.entries(values).map(([path, value]) => (value === undefined ? { path } : { path, value })));

  it("finds what values tell of the device, whichever its root", () => {
    expect(
      among({
        "Device.WiFi.SSID.1.SSID": "x",
        "Device.DeviceInfo.ModelName": " GW ",
        "Device.ManagementServer.PeriodicInformInterval": "60",
      }),
    ).toEqual({ modelName: "GW", informInterval: 60_000 });
    expect(among({ "InternetGatewayDevice.DeviceInfo.SoftwareVersion": "2" })).toEqual({ softwareVersion: "2" });
  });

  it("finds nothing in other values, in names alone, and that none comes where no interval is kept", () => {
    expect(among({ "Device.WiFi.SSID.1.SSID": "x", "Device.DeviceInfo.ModelName": undefined })).toBeUndefined();
    expect(
      among({
        "Device.ManagementServer.PeriodicInformEnable": "0",
        "Device.ManagementServer.PeriodicInformInterval": "60",
      }),
    ).toEqual({ informInterval: null });
  });
});

describe("reportOf", () => {
  it("finds the facts of a Device:2 device", () => {
    const report = inform({
      "Device.RootDataModelVersion": "2.15",
      "Device.DeviceInfo.HardwareVersion": "H",
      "Device.DeviceInfo.SoftwareVersion": " S \n",
      "Device.ManagementServer.ConnectionRequestURL": "http://192.0.2.1:7547/x",
      "Device.ManagementServer.PeriodicInformInterval": "300",
      "Device.ManagementServer.ParameterKey": "k",
    });
    expect(report.root).toBe("Device.");
    expect(report.contact.facts).toEqual({
      dataModels: ["Device:2.15"],
      hardwareVersion: "H",
      softwareVersion: "S",
      informInterval: 300_000,
    });
    expect(report.contact.endpointState).toMatchObject({
      root: "Device.",
      connectionRequestUrl: "http://192.0.2.1:7547/x",
      parameterKey: "k",
      retryCount: 3,
    });
  });

  it("finds the models of an IGD's summary", () => {
    const summary = "InternetGatewayDevice:1.4[](Baseline:1, EthernetLAN:1), VoiceService:1.0[1](SIPEndpoint:1)";
    expect(modelsOfSummary(summary)).toEqual(["InternetGatewayDevice:1.4", "VoiceService:1.0"]);
    expect(inform({ "InternetGatewayDevice.DeviceSummary": summary }).root).toBe("InternetGatewayDevice.");
  });

  it.each(["0", "-1", "x", "", "99999999999", "1.5"])("a periodic interval of %j says nothing", (value) => {
    expect(inform({ "Device.ManagementServer.PeriodicInformInterval": value }).contact.facts).not.toHaveProperty(
      "informInterval",
    );
  });

  it("names without a root, of any length, or like members of Object are only values or nothing", () => {
    const report = inform({
      ".ExternalIPAddress": "x",
      [`Device.${"y".repeat(300)}`]: "1",
      "Device.constructor": "z",
      "Device.__proto__": "z",
    });
    expect(report.contact.values.observations.map((one) => one.path)).toEqual([
      ".ExternalIPAddress",
      "Device.constructor",
      "Device.__proto__",
    ]);
    expect(report.contact.facts).toEqual({});
  });

  it("a bootstrap forgets what was learnt about talking to the device", () => {
    expect(inform({}, ["0 BOOTSTRAP"]).contact.endpointState).toMatchObject({
      readBatch: null,
      unsupportedMethods: null,
    });
  });
});

describe("peek", () => {
  const bytes = (text: string) => Buffer.from(text);
  it("tells empty bodies, Informs and others apart", () => {
    expect(
      ["", " \r\n\t", "<e><b><cwmp:Inform>", "<Inform xmlns='x'>", "<cwmp:InformResponse>", "<x/>"].map(
        (one) => peek(bytes(one)).carried,
      ),
    ).toEqual(["empty", "empty", "inform", "inform", "other", "other"]);
  });

  it("ranks bootstraps, boots and answers to connection requests", () => {
    const code = (one: string) => bytes(`<cwmp:Inform><EventCode>${one}</EventCode>`);
    expect(
      ["0 BOOTSTRAP", "1 BOOT", "6 CONNECTION REQUEST", "2 PERIODIC"].map((one) => peek(code(one)).priority),
    ).toEqual(["bootstrap", "boot", "boot", "other"]);
  });
});
