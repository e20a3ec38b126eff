import { describe, expect, it } from "@jest/globals";
import { childrenOf, nodesBelow, searchNodes } from "../../../datamodels/browse.ts";
import { diffModels } from "../../../datamodels/diff.ts";
import { checkOf } from "../../../datamodels/facets/compile.ts";
import { KnownTree } from "../../../datamodels/known-tree.ts";
import { DataModel } from "../../../datamodels/model.ts";
import { ModelSet } from "../../../datamodels/model-set.ts";
import { packModel } from "../../../datamodels/pack.ts";
import { summarise } from "../../../datamodels/parameter-summary.ts";
import { shippedModel } from "../../../datamodels/shipped.ts";
import { deviceTree } from "../../../datamodels/tree.ts";
import { isHeld, type SeenValue, typingAt } from "../../../datamodels/typing.ts";
import { genericPath } from "../../../kernel/path.ts";
import { deviceModel, parameter } from "./document.ts";

const device = shippedModel("Device:2.17")!;
const single = 'access="readOnly" minEntries="1" maxEntries="1"';

describe("packing", () => {
  it("loses nothing", () => {
    for (const name of ["Device:2.19", "FAPService:2.1", "InternetGatewayDevice:1.14"]) {
      const facts = shippedModel(name)!.facts();
      const again = new DataModel(JSON.parse(JSON.stringify(packModel(facts, { prose: true }))));
      expect(JSON.stringify(again.facts())).toBe(JSON.stringify(facts));
    }
  });
});

describe("browsing", () => {
  const paths = (nodes: Iterable<{ path: string }>) => [...nodes].map(({ path }) => path);

  it("gives the children of an object: its parameters, then its objects, a table as one", () => {
    expect(paths(childrenOf(device, "Device.Hosts."))).toEqual([
      "Device.Hosts.HostNumberOfEntries",
      "Device.Hosts.AccessControlNumberOfEntries",
      "Device.Hosts.Host.{i}.",
      "Device.Hosts.AccessControl.{i}.",
    ]);
    expect(paths(childrenOf(shippedModel("VoiceService:2.0")!, ""))).toEqual([
      "VoiceServiceNumberOfEntries",
      "VoiceService.{i}.",
    ]);
  });

  it("gives everything below a path", () => {
    expect(paths(nodesBelow(device, ""))).toHaveLength(790 + 6483);
    expect(
      paths(nodesBelow(device, "Device.Hosts.Host.{i}.")).every((path) => path.startsWith("Device.Hosts.Host.{i}.")),
    ).toBe(true);
  });

  it("finds names by words, the closest first", () => {
    expect(searchNodes(device, "softwareversion", 2).map(({ path }) => path)).toEqual([
      "Device.USPAgent.SoftwareVersion",
      "Device.DeviceInfo.SoftwareVersion",
    ]);
    expect(searchNodes(device, "wifi ssid enable", 50).map(({ path }) => path)).toContain(
      "Device.WiFi.SSID.{i}.Enable",
    );
    expect(searchNodes(device, "  ", 5)).toEqual([]);
    expect(searchNodes(device, "nosuchname", 5)).toEqual([]);
  });
});

describe("the difference of two models", () => {
  it("names what was added, removed and changed, fact by fact", () => {
    const before = deviceModel(
      `<object name="Device." ${single}>${parameter("A", "<int/>")}${parameter("B", "<string/>")}</object><object name="Device.C." ${single}>${parameter("D", "<int/>")}</object>`,
    );
    const after = deviceModel(
      `<object name="Device." ${single}>${parameter("A", "<int><range minInclusive='1'/></int>")}${parameter("E", "<string/>")}</object><object name="Device.F.{i}." access="readWrite" minEntries="0" maxEntries="4"/>`,
    );
    expect(diffModels(before, after)).toEqual([
      { path: "Device.A", kind: "changed", facts: { ranges: { to: [{ min: "1" }] } } },
      { path: "Device.E", kind: "added" },
      { path: "Device.F.{i}.", kind: "added" },
      { path: "Device.B", kind: "removed" },
      { path: "Device.C.", kind: "removed" },
      { path: "Device.C.D", kind: "removed" },
    ]);
    expect(diffModels(before, before)).toEqual([]);
  });

  it("of Device:2.17 and 2.19 has the counts of both", () => {
    const kinds = diffModels(device, shippedModel("Device:2.19")!).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === "added")).toHaveLength(873 + 7343 - 790 - 6483);
    expect(kinds.filter((kind) => kind === "removed")).toHaveLength(0);
  });
});

describe("typing", () => {
  const models = new ModelSet([device]);
  const known = new KnownTree([
    { path: "Device.DeviceInfo.UpTime", type: "string", value: "7" },
    { path: "Device.WiFi.SSID.1.BSSID", type: "string", value: "00-11-22-aa-bb-cc" },
    { path: "Device.WiFi.SSID.1.Enable", type: "boolean", value: "1" },
    { path: "Device.WiFi.AccessPoint.1.Security.KeyPassphrase", type: "string", value: "" },
    { path: "Device.X_A.B", type: "int", value: "07" },
  ]);

  it("goes by the device, then the model", () => {
    expect(typingAt(models, known, "Device.DeviceInfo.UpTime").type).toBe("string");
    expect(typingAt(models, known, "Device.WiFi.Radio.1.Channel").type).toBe("unsignedInt");
    expect(typingAt(models, known, "Device.X_00D09E_A")).toEqual({});
  });

  it("compares values by what they mean, and never what the device hides", () => {
    const holds = (path: string, wanted: string) =>
      isHeld(typingAt(models, known, path), wanted, known.get(path) as SeenValue);
    expect(holds("Device.WiFi.SSID.1.BSSID", "00:11:22:AA:BB:CC")).toBe(true);
    expect(holds("Device.WiFi.SSID.1.Enable", "true")).toBe(true);
    expect(holds("Device.WiFi.SSID.1.Enable", "false")).toBe(false);
    expect(holds("Device.X_A.B", "7")).toBe(true);
    expect(holds("Device.WiFi.AccessPoint.1.Security.KeyPassphrase", "")).toBeUndefined();
  });

  it("is summarised for showing", () => {
    expect(summarise(device.parameter("Device.WiFi.Radio.{i}.Channel")!)).toEqual({
      type: "unsignedInt",
      writable: true,
      limits: ["range 1..255"],
      hidden: false,
    });
    expect(summarise(device.parameter("Device.DeviceInfo.UpTime")!)).toMatchObject({
      unit: "seconds",
      writable: false,
    });
    expect(summarise(device.parameter("Device.WiFi.AccessPoint.{i}.Security.KeyPassphrase")!)).toMatchObject({
      hidden: true,
    });
  });
});

describe("a made-up device tree", () => {
  it.each(["Device:2.17", "Device:2.19", "InternetGatewayDevice:1.14"])(
    "of %s has what the model has, with values that fit",
    (name) => {
      const model = shippedModel(name)!;
      const { parameters } = deviceTree(model);
      const misfits = [...parameters].filter(([path, { type, value, writable }]) => {
        const fact = model.parameter(genericPath(path))!;
        const issue = checkOf(fact.syntax)(value);
        return (
          fact.syntax.type !== type ||
          (fact.access !== "readOnly") !== writable ||
          (issue && issue.code !== "enumeration.readOnly")
        );
      });
      // A list of at least one reference, and a pattern whose size nothing fits.
      expect(misfits.length).toBeLessThanOrEqual(2);
      const live = [...model.objects]
        .filter(({ status }) => status === "current")
        .flatMap((object) => [...object.parameters.values()]);
      expect(parameters.size).toBe(live.filter(({ status }) => status === undefined).length);
    },
  );

  it.each([50, 1_000, 6_000, 20_000])("has exactly %i parameters when asked", (size) => {
    expect(deviceTree(device, { size }).parameters.size).toBe(size);
  });

  it("is the same each time, counts its rows, keeps keys apart and knows its tables", () => {
    const options = { size: 400, below: ["Device.Hosts.", "Device.NAT."] };
    const tree = deviceTree(device, options);
    expect([...deviceTree(device, options).parameters]).toEqual([...tree.parameters]);
    expect(
      [...tree.parameters.keys()].every(
        (path) => /^Device\.(?:Hosts|NAT|RootDataModelVersion)/.test(path) || !path.slice(7).includes("."),
      ),
    ).toBe(true);
    const rows = new Set(
      [...tree.parameters.keys()].flatMap((path) => /^Device\.NAT\.PortMapping\.\d+\./.exec(path)?.[0] ?? []),
    );
    expect(tree.parameters.get("Device.NAT.PortMappingNumberOfEntries")!.value).toBe(String(rows.size));
    const aliases = [...rows].map((row) => tree.parameters.get(`${row}Alias`)?.value);
    expect(new Set(aliases).size).toBe(rows.size);
    expect(tree.tables.get("Device.NAT.PortMapping.")).toMatchObject({ writable: true });
    expect(tree.tables.get("Device.NAT.PortMapping.")!.row.get("Enable")).toEqual({
      type: "boolean",
      value: "false",
      writable: true,
    });
    expect(tree.tables.get("Device.Hosts.Host.")).toMatchObject({ writable: false });
  });

  it("mounts a service where it is told", () => {
    const { parameters } = deviceTree(shippedModel("StorageService:1.3")!, { mount: "Device.Services." });
    expect(parameters.get("Device.Services.StorageServiceNumberOfEntries")!.value).toBe("1");
    expect(parameters.has("Device.Services.StorageService.1.Enable")).toBe(true);
  });
});
