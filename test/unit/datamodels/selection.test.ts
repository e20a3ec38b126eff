import { describe, expect, it } from "@jest/globals";
import { evidenceOf } from "../../../datamodels/evidence.ts";
import { KnownTree } from "../../../datamodels/known-tree.ts";
import {
  type ModelCandidate,
  type ModelEvidence,
  parseDeviceSummary,
  selectModels,
} from "../../../datamodels/selection.ts";
import { shippedModel, shippedModels } from "../../../datamodels/shipped.ts";

const shipped: ModelCandidate[] = shippedModels().map(({ name, spec, isService }) => ({
  id: name,
  name,
  spec,
  isService,
  rootName: name.split(":")[0]!,
  has: (path) => shippedModel(name)!.object(path) !== undefined,
}));
const typed: ModelCandidate = {
  ...shipped.find(({ id }) => id === "Device:2.17")!,
  id: "Device:2.17~u-1",
  deviceTypeUuid: "u-1",
};
const vendor: ModelCandidate = {
  id: "X_EXAMPLE-COM_Device:1.0",
  name: "X_EXAMPLE-COM_Device:1.0",
  spec: "urn:example-com:box-1-0",
  isService: false,
  rootName: "Device",
  has: (path) => path.startsWith("Device.X_") || shippedModel("Device:2.17")!.object(path) !== undefined,
};
const choose = (evidence: ModelEvidence, candidates: readonly ModelCandidate[] = shipped) =>
  selectModels(evidence, candidates).map(({ id, reason, claimed }) =>
    [id, reason, ...(claimed ? [claimed] : [])].join(" "),
  );

describe("the models of a device", () => {
  it.each<[string, ModelEvidence, string[]]>([
    [
      "its RootDataModelVersion",
      { rootObject: "Device.", rootDataModelVersion: "2.17" },
      ["Device:2.17 rootDataModelVersion"],
    ],
    [
      "the next later version",
      { rootObject: "Device.", rootDataModelVersion: "2.12" },
      ["Device:2.17 rootDataModelVersion 2.12"],
    ],
    [
      "the newest when the claim is newer",
      { rootObject: "Device.", rootDataModelVersion: "2.30" },
      ["Device:2.19 rootDataModelVersion 2.30"],
    ],
    [
      "the major version of the claim",
      { rootObject: "Device.", rootDataModelVersion: "1.4" },
      ["Device:1.14 rootDataModelVersion 1.4"],
    ],
    [
      "its DeviceSummary, services too",
      {
        rootObject: "InternetGatewayDevice.",
        deviceSummary: "InternetGatewayDevice:1.4[](Baseline:1), VoiceService:1.0[1](Endpoint:1)",
        services: ["VoiceService"],
      },
      ["InternetGatewayDevice:1.14 deviceSummary 1.4", "VoiceService:2.0 service"],
    ],
    [
      "a service by the version that it claims",
      { rootObject: "Device.", rootDataModelVersion: "2.17", deviceSummary: "VoiceService:2.0[1]()" },
      ["Device:2.17 rootDataModelVersion", "VoiceService:2.0 deviceSummary"],
    ],
    [
      "the URN of a SupportedDataModel row",
      { rootObject: "Device.", supportedDataModels: [{ urn: "urn:broadband-forum-org:tr-181-2-17-0" }] },
      ["Device:2.17 supportedDataModel"],
    ],
    [
      "a URN of a version not at hand",
      { rootObject: "Device.", supportedDataModels: [{ urn: "urn:broadband-forum-org:tr-181-2-11-0" }] },
      ["Device:2.17 supportedDataModel 2.11"],
    ],
    [
      "the URN of the first TR-181",
      { rootObject: "Device.", supportedDataModels: [{ urn: "urn:broadband-forum-org:tr-181-1-7-0" }] },
      ["Device:1.14 supportedDataModel"],
    ],
    [
      "what somebody named",
      { named: ["Device:2.19"], rootObject: "Device.", rootDataModelVersion: "2.17" },
      ["Device:2.19 named"],
    ],
    ["what somebody named, by its nearest", { named: ["Device:2.5"] }, ["Device:2.17 named 2.5"]],
    [
      "the prefix of its Inform and what it was seen to have",
      { rootObject: "InternetGatewayDevice.", seenObjects: ["InternetGatewayDevice.DeviceInfo."] },
      ["InternetGatewayDevice:1.14 seenObjects"],
    ],
    [
      "what only Device:2 has",
      { rootObject: "Device.", seenObjects: ["Device.DeviceInfo.", "Device.IP.Interface.{i}."] },
      ["Device:2.19 seenObjects"],
    ],
    [
      "what only Device:1 has",
      { rootObject: "Device.", seenObjects: ["Device.DeviceInfo.", "Device.LAN."] },
      ["Device:1.14 seenObjects"],
    ],
    ["nothing when nothing is known", {}, []],
    ["nothing for a root that no model has", { rootObject: "Other.", seenObjects: ["Other.A."] }, []],
  ])("come from %s", (_, evidence, chosen) => {
    expect(choose(evidence)).toEqual(chosen);
  });

  it("come from a device type by its uuid first, and a device type is nobody else's", () => {
    const candidates = [typed, ...shipped];
    expect(
      choose(
        { rootObject: "Device.", supportedDataModels: [{ uuid: "U-1", urn: "urn:broadband-forum-org:tr-181-2-19-0" }] },
        candidates,
      ),
    ).toEqual(["Device:2.17~u-1 deviceType"]);
    expect(choose({ rootObject: "Device.", rootDataModelVersion: "2.17" }, candidates)).toEqual([
      "Device:2.17 rootDataModelVersion",
    ]);
    expect(choose({ rootObject: "Device.", seenObjects: ["Device.IP."] }, candidates)).toEqual([
      "Device:2.19 seenObjects",
    ]);
  });

  it("can be a vendor's: by its URN, or because it explains more", () => {
    const candidates = [...shipped, vendor];
    expect(
      choose({ rootObject: "Device.", supportedDataModels: [{ urn: "urn:example-com:box-1-0" }] }, candidates),
    ).toEqual([`${vendor.id} supportedDataModel`]);
    expect(
      choose({ rootObject: "Device.", seenObjects: ["Device.IP.", "Device.X_EXAMPLE-COM_Box."] }, candidates),
    ).toEqual([`${vendor.id} seenObjects`]);
  });
});

describe("evidence", () => {
  it("is gathered from what is known of a device", () => {
    const known = new KnownTree([
      { path: "InternetGatewayDevice.DeviceSummary", value: "InternetGatewayDevice:1.0[](Baseline:1)" },
      { path: "InternetGatewayDevice.Services.VoiceService.1.Name", value: "" },
      { path: "InternetGatewayDevice.DeviceInfo.SupportedDataModel.1.URN", value: "urn:a" },
      { path: "InternetGatewayDevice.DeviceInfo.SupportedDataModel.1.UUID", value: "u" },
      { path: "InternetGatewayDevice.DeviceInfo.SupportedDataModel.2.URL", value: "" },
    ]);
    expect(evidenceOf(known, ["X:1.0"])).toMatchObject({
      named: ["X:1.0"],
      rootObject: "InternetGatewayDevice.",
      deviceSummary: "InternetGatewayDevice:1.0[](Baseline:1)",
      supportedDataModels: [{ urn: "urn:a", uuid: "u" }, {}],
      services: ["VoiceService"],
    });
    expect(evidenceOf(new KnownTree([{ path: "Device.RootDataModelVersion", value: "2.11" }]))).toMatchObject({
      rootDataModelVersion: "2.11",
    });
    expect(evidenceOf(new KnownTree([]))).toEqual({
      named: [],
      supportedDataModels: [],
      services: [],
      seenObjects: [],
    });
  });
});

describe("DeviceSummary", () => {
  it.each([
    [
      "InternetGatewayDevice:1.4[](Baseline:1, Time:1), VoiceService:1.0[1,3](Endpoint:1)",
      [
        ["InternetGatewayDevice", "1.4", [], ["Baseline:1", "Time:1"]],
        ["VoiceService", "1.0", [1, 3], ["Endpoint:1"]],
      ],
    ],
    ["Device:1.1[]()", [["Device", "1.1", [], []]]],
    ["Device:1.0", [["Device", "1.0", [], []]]],
    ["", []],
    ["((((", []],
    ["Device:[](), StorageService:1.3[1]", [["StorageService", "1.3", [1], []]]],
  ] as const)("%j", (summary, entries) => {
    expect(
      parseDeviceSummary(summary).map(({ name, version, instances, profiles }) => [name, version, instances, profiles]),
    ).toEqual(entries);
  });

  it("is read in no time, whatever it says", () => {
    const start = performance.now();
    parseDeviceSummary("A:1.1[(".repeat(100_000));
    parseDeviceSummary(`A:1.1${" ".repeat(100_000)}`);
    expect(performance.now() - start).toBeLessThan(1_000);
  });
});
