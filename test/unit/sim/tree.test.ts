import { fileURLToPath } from "node:url";
import { describe, expect, it } from "@jest/globals";
import { loadDataModel, rootModelNames } from "../../../sim/cpe/data-model.ts";
import { loadModel, loadModelFile, modelNames } from "../../../sim/cpe/model.ts";
import { CpeTree } from "../../../sim/cpe/tree.ts";
import { stage } from "./stage.ts";

const MAPPING = "Device.NAT.PortMapping.";

describe("a CPE's tree", () => {
  it("is its own: what one CPE changes, another with the same model does not see", () => {
    const [one, other] = [new CpeTree(loadModel("tr181-gateway")), new CpeTree(loadModel("tr181-gateway"))];
    one.set("Device.WiFi.SSID.1.SSID", "mine");
    one.addInstance(MAPPING);
    one.deleteInstance("Device.WiFi.SSID.2.");
    expect(other.get("Device.WiFi.SSID.1.SSID")!.value).toBe("home-1");
    expect(other.children(MAPPING)).toEqual([`${MAPPING}1.`]);
    expect(other.isObject("Device.WiFi.SSID.2.")).toBe(true);
    expect(one.get("Device.WiFi.SSID.2.SSID")).toBeUndefined();
    expect(one.isObject("Device.WiFi.SSID.2.Stats.")).toBe(false);
  });

  it("comes from a file of the user's own, at any size", () => {
    const path = fileURLToPath(new URL("../../../sim/cpe/models/tr098-gateway.json", import.meta.url));
    expect(loadModelFile(path)).toEqual(loadModel("tr098-gateway"));
    expect([100, 6000].map((size) => loadModelFile(path, size).parameters.size)).toEqual([100, 6000]);
  });

  it("never gives an instance number twice (A.3.2.6)", () => {
    const tree = new CpeTree(loadModel("tr181-gateway"));
    expect(tree.addInstance(MAPPING)).toBe(2);
    expect(tree.deleteInstance(`${MAPPING}2.`)).toBe(true);
    expect(tree.addInstance(MAPPING)).toBe(3);
    expect(tree.deleteInstance(`${MAPPING}1.`)).toBe(true);
    expect(tree.deleteInstance(`${MAPPING}3.`)).toBe(true);
    expect(tree.addInstance(MAPPING)).toBe(4);
    expect(tree.children(MAPPING)).toEqual([`${MAPPING}4.`]);
  });

  it("gives a new row the tables that its siblings have, empty and writable", () => {
    const tree = new CpeTree(loadModel("tr098-gateway"));
    const table = "InternetGatewayDevice.WANDevice.1.WANConnectionDevice.1.WANIPConnection.";
    expect(tree.addInstance(table)).toBe(2);
    expect(tree.children(`${table}2.PortMapping.`)).toEqual([]);
    expect(tree.isWritable(`${table}2.PortMapping.`)).toBe(true);
    expect(tree.addInstance(`${table}2.PortMapping.`)).toBe(1);
    expect(tree.below(`${table}2.PortMapping.`)).toHaveLength(6);
  });

  it("lists each name once, parents before children, rows by number", () => {
    const tree = new CpeTree(loadModel("tr181-gateway"));
    for (let i = 0; i < 10; i++) tree.addInstance(MAPPING);
    const all = tree.walk("Device.");
    expect(new Set(all).size).toBe(all.length);
    for (const name of all.slice(1)) {
      const parent = name.slice(0, name.slice(0, -1).lastIndexOf(".") + 1);
      expect(all.indexOf(parent)).toBeLessThan(all.indexOf(name));
    }
    expect(tree.children(MAPPING).map((row) => Number(row.split(".")[3]))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });

  it("is as its model after a reset", () => {
    const tree = new CpeTree(loadModel("tr181-gateway"));
    const before = tree.walk("").map((name) => [name, tree.get(name)]);
    tree.addInstance(MAPPING);
    tree.deleteInstance(`${MAPPING}1.`);
    tree.set("Device.WiFi.SSID.1.SSID", "x");
    tree.setAttributes("Device.WiFi.SSID.1.SSID", { notification: 2 });
    tree.reset();
    expect(tree.walk("").map((name) => [name, tree.get(name)])).toEqual(before);
    expect(tree.addInstance(MAPPING)).toBe(2);
  });
});

describe("models", () => {
  it.each(modelNames.flatMap((name) => [100, 1_000, 6_000].map((size) => [name, size] as const)))(
    "%s has exactly %i parameters when told so",
    (name, size) => {
      const tree = new CpeTree(loadModel(name, size));
      expect(tree.below("")).toHaveLength(size);
    },
  );

  it.each(rootModelNames())("%s makes a CPE that can be managed", async (name) => {
    const { acs, cpe } = await stage({ model: loadDataModel(name, 300) });
    await cpe.start();
    const told = acs.informs[0]!.body.ParameterList.map(({ Name }) => Name);
    const { root } = loadDataModel(name, 300);
    for (const leaf of [
      "DeviceInfo.SoftwareVersion",
      "ManagementServer.ParameterKey",
      "ManagementServer.ConnectionRequestURL",
    ])
      expect(told).toContain(root + leaf);
    expect(told).toContain(name.startsWith("Device:2") ? "Device.RootDataModelVersion" : `${root}DeviceSummary`);
    expect(cpe.tree.get(`${root}DeviceInfo.SerialNumber`)!.value).toBe("SN1");
  });

  it("takes a data model's tables, types and access", () => {
    const tree = new CpeTree(loadDataModel("Device:2.17"));
    expect(tree.below("").length).toBeGreaterThan(5_000);
    expect(tree.get("Device.WiFi.SSID.1.SSID")).toMatchObject({ type: "string", writable: true });
    expect(tree.get("Device.WiFi.SSID.1.BSSID")).toMatchObject({ writable: false });
    expect(tree.addInstance("Device.WiFi.SSID.")).toBe(2);
    expect(tree.get("Device.WiFi.SSIDNumberOfEntries")!.value).toBe("2");
  });

  it("refuses a data model that is none", () => {
    expect(() => loadDataModel("Device:9.9")).toThrow("no shipped root data model is called Device:9.9");
    expect(() => loadDataModel("VoiceService:2.0")).toThrow("VoiceService:2.0");
  });
});
