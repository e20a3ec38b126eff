import { describe, expect, it } from "@jest/globals";
import { validateAttributes } from "../../../../datamodels/validation/attributes.ts";
import { codesOf, contextOf, seen } from "./known.ts";

const server = "Device.ManagementServer.";

describe("setting attributes (TR-069 A.3.2.4)", () => {
  it.each([
    [`${server}URL`, 1, [], []],
    [`${server}URL`, 2, ["warning notification.deniable"], ["warning notification.deniable"]],
    [`${server}Busy`, 2, ["error notification.denied"], ["error notification.denied"]],
    [`${server}Busy`, 1, [], []],
    [`${server}ParameterKey`, 0, ["error notification.forced"], ["error notification.forced"]],
    [`${server}ParameterKey`, 2, [], []],
    [server, 2, [], []],
    ["", 0, [], []],
    ["Device.Wifi.Row.", 1, [], []],
    ["Device.Odd.Number", 1, [], []],
    [`${server}URL`, 4, ["warning notification.lightweight"], ["error notification.lightweight"]],
    [`${server}URL`, 7, ["error notification.value"], ["error notification.value"]],
    [`${server}Nope`, 1, ["error path.unknown"], ["error path.unknown"]],
    ["Device.X_00D09E_A", 1, ["warning path.unknownVendor"], ["warning path.unknownVendor"]],
    ["Device.*.A", 1, ["error path.malformed"], ["error path.malformed"]],
  ])("%s to %s", (path, notification, standard, strict) => {
    expect(codesOf(validateAttributes(contextOf(), [{ path, notification }]))).toEqual(standard);
    expect(codesOf(validateAttributes(contextOf(seen, "strict"), [{ path, notification }]))).toEqual(strict);
  });

  it("takes lightweight notification where the device uses a protocol for it", () => {
    const known = [{ path: `${server}LightweightNotificationProtocolsUsed`, value: "UDP" }];
    expect(validateAttributes(contextOf(known, "strict"), [{ path: `${server}URL`, notification: 5 }])).toEqual([]);
  });

  it("knows the entities of an access list", () => {
    const findings = (accessList: string[]) =>
      codesOf(validateAttributes(contextOf(), [{ path: `${server}URL`, accessList }]));
    expect(findings([])).toEqual([]);
    expect(findings(["Subscriber", "X_00D09E_Guest"])).toEqual([]);
    expect(findings(["Everybody"])).toEqual(["error accessList.entity"]);
  });
});
