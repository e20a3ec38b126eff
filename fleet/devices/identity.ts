import { macAddress } from "../../kernel/filter/index.ts";
import type { DeviceIdentity, Protocol } from "./model.ts";

/** `00259E-HG8245-4857…`: how operators and TR-069 itself write an identity. */
export const identityText = ({ oui, productClass, serialNumber }: DeviceIdentity): string =>
  [oui, ...(productClass === "" ? [] : [productClass]), serialNumber].join("-");

export const normalIdentity = (identity: DeviceIdentity): DeviceIdentity => ({
  ...identity,
  oui: identity.oui.trim().toUpperCase(),
});

/** The endpoint key of a device that was announced but has not been seen: nobody knows its protocol's own id yet. */
export const provisionalKey = (protocol: Protocol, { oui, productClass, serialNumber }: DeviceIdentity): string =>
  `new:${protocol}:${JSON.stringify([oui.toUpperCase(), productClass, serialNumber])}`;

/** Announced with its product class, or without. */
export const provisionalKeys = (protocol: Protocol, identity: DeviceIdentity): string[] => [
  ...new Set([provisionalKey(protocol, identity), provisionalKey(protocol, { ...identity, productClass: "" })]),
];

interface Findable {
  identity: DeviceIdentity;
  alias?: string;
  tags: readonly string[];
  contact?: { remoteAddress?: string };
}

/** Lower-case words by which a person finds a device: serial number, identity, alias, tags, address, MAC. */
export function wordsOf({ identity, alias, tags, contact }: Findable): string[] {
  const { serialNumber } = identity;
  const words = [
    serialNumber,
    identityText(identity),
    alias,
    ...tags,
    contact?.remoteAddress,
    macAddress(serialNumber),
  ];
  return [...new Set(words.filter((word) => word !== undefined && word !== "").map((word) => word!.toLowerCase()))];
}
