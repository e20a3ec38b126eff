import { identityText, provisionalKeys } from "../../fleet/devices/identity.ts";
import type { DeviceIdentity } from "../../fleet/devices/model.ts";
import type { RpcRequest } from "../rpc/index.ts";
import type { Principal } from "../session/principal.ts";

type DeviceId = RpcRequest<"Inform">["DeviceId"];

/** OUI in upper case, since some devices send it in lower case (specs §2.2). */
export function identityOf({ Manufacturer, OUI, ProductClass, SerialNumber }: DeviceId): DeviceIdentity {
  const oui = OUI.trim().toUpperCase();
  const productClass = ProductClass.trim();
  const serialNumber = SerialNumber.trim();
  if (Manufacturer === "") return { oui, productClass, serialNumber };
  return { manufacturer: Manufacturer, oui, productClass, serialNumber };
}

const encode = (piece: string): string =>
  /^[0-9A-Za-z]*$/.test(piece)
    ? piece
    : Array.from(Buffer.from(piece))
        .map((byte) => {
          const character = String.fromCharCode(byte);
          return /[0-9A-Za-z]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
        })
        .join("");

const SCHEME = "cwmp:";

/**
 * `cwmp:OUI-ProductClass-SerialNumber`, or `cwmp:OUI-SerialNumber` without a product class; each piece percent-encoded
 * but for letters and digits, as TR-069 recommends for usernames.
 */
export function cwmpEndpointKey({ oui, productClass, serialNumber }: DeviceIdentity): string {
  const pieces = productClass === "" ? [oui, serialNumber] : [oui, productClass, serialNumber];
  return `${SCHEME}${pieces.map(encode).join("-")}`;
}

/** The same with nothing encoded, as an operator writes it whose serial is SN-1. */
export const plainEndpointKey = (identity: DeviceIdentity): string => `${SCHEME}${identityText(identity)}`;

/**
 * Whether the peer that was proved may speak for this device; else why not (specs §1.3). A name of the recommended form
 * binds to its device even where the credential is a group's, or any device could impersonate another.
 */
export function identityConflict(principal: Principal, identity: DeviceIdentity): string | undefined {
  switch (principal.kind) {
    case "anonymous":
      return undefined;
    case "certificate":
      if (!principal.unique || names(identity, principal.commonName)) return undefined;
      return `the certificate is for ${principal.commonName}`;
    case "credential": {
      const { endpointKey, username, groupIdentity } = principal;
      if (endpointKey !== undefined) {
        if (endpointKey === cwmpEndpointKey(identity)) return undefined;
        // A device that was announced has its credential before it has an endpoint of its own.
        if (provisionalKeys("cwmp", identity).includes(endpointKey)) return undefined;
        // Plain, or with other characters encoded than we do.
        if (endpointKey.startsWith(SCHEME) && names(identity, endpointKey.slice(SCHEME.length))) return undefined;
        return `the credential is for ${endpointKey}`;
      }
      if (looksLikeDevice(username) && !names(identity, username)) return `the username is that of ${username}`;
      const { oui, productClass } = groupIdentity ?? {};
      if (oui !== undefined && oui.toUpperCase() !== identity.oui) return `the credential is for OUI ${oui}`;
      if (productClass !== undefined && productClass !== identity.productClass) {
        return `the credential is for product class ${productClass}`;
      }
      return undefined;
    }
  }
}

const looksLikeDevice = (username: string): boolean => /^[0-9A-Fa-f]{6}-./.test(username);

function names({ oui, productClass, serialNumber }: DeviceIdentity, name: string): boolean {
  const given = decode(name);
  const rest = given.slice(oui.length);
  if (given.slice(0, oui.length).toUpperCase() !== oui) return false;
  return rest === `-${serialNumber}` || rest === `-${productClass}-${serialNumber}`;
}

function decode(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
