import { describe, expect, it } from "@jest/globals";
import { cwmpEndpointKey, identityConflict, identityOf } from "../../../../acs/conversation/identity.ts";
import type { Principal } from "../../../../acs/conversation/index.ts";
import { provisionalKey } from "../../../../fleet/devices/identity.ts";

const identity = identityOf({ Manufacturer: "M", OUI: "00d0ff", ProductClass: "GW 1", SerialNumber: "SN-1" });
const user = (username: string, more: Partial<Principal & { kind: "credential" }> = {}): Principal => ({
  kind: "credential",
  credentialId: "c",
  username,
  ...more,
});

describe("identity", () => {
  it("has its OUI in upper case, and a key with percent-encoded pieces", () => {
    expect(cwmpEndpointKey(identity)).toBe("cwmp:00D0FF-GW%201-SN%2D1");
    expect(cwmpEndpointKey({ ...identity, productClass: "" })).toBe("cwmp:00D0FF-SN%2D1");
  });

  it("pieces cannot be shifted between each other", () => {
    const a = cwmpEndpointKey({ oui: "00D0FF", productClass: "A-B", serialNumber: "C" });
    const b = cwmpEndpointKey({ oui: "00D0FF", productClass: "A", serialNumber: "B-C" });
    expect(a).not.toBe(b);
  });
});

describe("identityConflict", () => {
  it.each([
    ["nobody was asked", { kind: "anonymous" }],
    ["its own credential", user("x", { endpointKey: "cwmp:00D0FF-GW%201-SN%2D1" })],
    ["its own credential, the key not encoded", user("x", { endpointKey: "cwmp:00d0ff-GW 1-SN-1" })],
    ["a credential from before it was first seen", user("x", { endpointKey: provisionalKey("cwmp", identity) })],
    [
      "one from before its product class was known",
      user("x", { endpointKey: provisionalKey("cwmp", { ...identity, productClass: "" }) }),
    ],
    ["its own name, encoded", user("00D0FF-GW%201-SN%2D1")],
    ["its own name, plain and in lower case", user("00d0ff-GW 1-SN-1")],
    ["its own name without product class", user("00D0FF-SN%2D1")],
    ["a group's name", user("acme-gateways", { group: "g", groupIdentity: { oui: "00d0ff" } })],
    ["its unique certificate", { kind: "certificate", commonName: "00D0FF-SN-1", unique: true }],
    ["its model's certificate", { kind: "certificate", commonName: "model", unique: false }],
  ] as [string, Principal][])("lets in: %s", (_why, principal) => {
    expect(identityConflict(principal, identity)).toBeUndefined();
  });

  it.each([
    ["another device's credential", user("x", { endpointKey: "cwmp:00D0FF-GW%201-SN%2D2" })],
    ["another device's credential, the key not encoded", user("x", { endpointKey: "cwmp:00D0FF-GW 1-SN-2" })],
    [
      "a credential of a device that was announced",
      user("x", { endpointKey: provisionalKey("cwmp", { ...identity, serialNumber: "SN-2" }) }),
    ],
    ["another device's name", user("00D0FF-GW%201-SN%2D2", { group: "g" })],
    ["another OUI's group", user("g", { group: "g", groupIdentity: { oui: "00D0FE" } })],
    ["another class's group", user("g", { group: "g", groupIdentity: { productClass: "GW2" } })],
    ["another device's certificate", { kind: "certificate", commonName: "00D0FF-SN-2", unique: true }],
    ["a name that does not decode", user("00D0FF-%E0%A4%A")],
  ] as [string, Principal][])("keeps out: %s", (_why, principal) => {
    expect(identityConflict(principal, identity)).toEqual(expect.any(String));
  });
});
