import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { blockListOf } from "../../platform/config/types.ts";

export type GuardedAddress =
  | { ok: true; address: string }
  | { ok: false; reason: "unresolved" | "forbidden"; detail: string };

/** Where connection requests may go: the URL is the CPE's word, and must not make us knock at our own doors (SSRF). */
export interface AddressGuard {
  /** The address to connect to, checked; a name is resolved once, so that it cannot change in between. */
  resolve(host: string): Promise<GuardedAddress>;
}

export interface NetworkPolicy {
  /** `10.0.0.0/8`, `fd00::/8`, single addresses. */
  allowed: readonly string[];
  /** Never, although allowed. */
  denied: readonly string[];
}

export type Resolve = (host: string) => Promise<readonly string[]>;

const resolveByDns: Resolve = async (host) =>
  (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address);

const MAPPED = /^(?:0*:)*:?(?:ffff|0*):(\d+\.\d+\.\d+\.\d+)$/i;
const MAPPED_HEX = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i;

/** The IPv4 address inside an IPv6 one (mapped or compatible), else the address itself, without its zone. */
function plainAddress(address: string): string {
  const bare = address.replace(/%.*$/, "");
  const dotted = MAPPED.exec(bare);
  if (dotted !== null) return dotted[1]!;
  const hex = MAPPED_HEX.exec(bare);
  if (hex === null) return bare;
  const [high, low] = [Number.parseInt(hex[1]!, 16), Number.parseInt(hex[2]!, 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
}

export function createAddressGuard(policy: NetworkPolicy, resolve: Resolve = resolveByDns): AddressGuard {
  const allowed = blockListOf(policy.allowed);
  const denied = blockListOf(policy.denied);
  const isAllowed = (address: string): boolean => {
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    return allowed.check(address, family) && !denied.check(address, family);
  };
  return {
    async resolve(host) {
      const addresses = isIP(host) === 0 ? await resolve(host).catch(() => []) : [host];
      if (addresses.length === 0) return { ok: false, reason: "unresolved", detail: `${host} has no address` };
      const plain = addresses.map(plainAddress);
      const good = plain.find((address) => isIP(address) !== 0 && isAllowed(address));
      if (good !== undefined && plain.every(isAllowed)) return { ok: true, address: good };
      return {
        ok: false,
        reason: "forbidden",
        detail: `${plain.join(", ")} is outside of the networks for connection requests`,
      };
    },
  };
}
