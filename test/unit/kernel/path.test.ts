import { describe, expect, it } from "@jest/globals";
import {
  comparePaths,
  genericPath,
  isWellFormedPath,
  leafName,
  matchesPath,
  parentPath,
} from "../../../kernel/path.ts";

describe("a parameter path", () => {
  it.each([
    ["", true],
    ["Device.", true],
    ["Device.WiFi.SSID.1.SSID", true],
    ["Device.WiFi.SSID.*.SSID", true],
    ["Device.IP.Interface.[wan1].Enable", true],
    ["InternetGatewayDevice.X_HUAWEI_X.PortalUrl-Computer", true],
    ["Device..WiFi", false],
    [".Device", false],
    ["Device.WiFi.[].SSID", false],
    [`Device.${"x".repeat(250)}`, false],
  ])("%j is well formed: %s", (path, expected) => {
    expect(isWellFormedPath(path)).toBe(expected);
  });

  it.each([
    ["Device.WiFi.SSID.1.SSID", "Device.WiFi.SSID.1.", "SSID"],
    ["Device.WiFi.SSID.1.", "Device.WiFi.SSID.", "1"],
    ["Device.", "", "Device"],
  ])("%s lies in %j and is called %s", (path, parent, leaf) => {
    expect(parentPath(path)).toBe(parent);
    expect(leafName(path)).toBe(leaf);
  });

  it.each([
    ["Device.WiFi.SSID.12.SSID", "Device.WiFi.SSID.{i}.SSID"],
    ["Device.A.1.B.2.", "Device.A.{i}.B.{i}."],
    ["Device.IP.Interface.[wan1].Enable", "Device.IP.Interface.{i}.Enable"],
    ["Device.WiFi.SSID.*.SSID", "Device.WiFi.SSID.{i}.SSID"],
    ["Device.Time.NTPServer1", "Device.Time.NTPServer1"],
  ])("%s is %s in the model", (path, generic) => {
    expect(genericPath(path)).toBe(generic);
  });

  it.each([
    ["Device.WiFi.", "Device.WiFi.SSID.1.SSID", true],
    ["", "Device.X", true],
    ["Device.WiFi.SSID.1.SSID", "Device.WiFi.SSID.1.SSID", true],
    ["Device.WiFi.SSID.1.SSID", "Device.WiFi.SSID.1.SSIDReference", false],
    ["Device.WiFi.SSID.*.SSID", "Device.WiFi.SSID.7.SSID", true],
    ["Device.WiFi.SSID.*.SSID", "Device.WiFi.SSID.7.Stats.SSID", false],
    ["Device.WiFi.SSID.*.", "Device.WiFi.SSID.7.Stats.BytesSent", true],
    ["Device.WiFi.SSID.*.", "Device.WiFi.SSID.", false],
  ])("the selector %j names %s: %s", (selector, path, expected) => {
    expect(matchesPath(selector, path)).toBe(expected);
  });

  it("sorts instances by number and parents before children", () => {
    const sorted = ["D.T.10.", "D.T.2.a", "D.T.2.", "D.S", "D.T.", "D."].sort(comparePaths);
    expect(sorted).toEqual(["D.", "D.S", "D.T.", "D.T.2.", "D.T.2.a", "D.T.10."]);
  });
});
