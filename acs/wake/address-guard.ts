import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { blockListOf } from "../../platform/config/types.ts";

export type GuardedAddress =
  | { ok: true; address: string }
  | { ok: false; reason: "unresolved" | "forbidden"; detail: string };

/** Where connection requests may go: the URL is the CPE's word, and must not make us knock at our own doors (SSRF). */
export interface AddressGuard {
  /**
   * The address to connect to, checked; a name is resolved once, so that it cannot change in between. `from`: where the
   * device makes contact from.
   */
  resolve(host: string, from?: string): Promise<GuardedAddress>;
}

export interface NetworkPolicy {
  /** `10.0.0.0/8`, `fd00::/8`, single addresses. */
  allowed: readonly string[];
  /** Never, although allowed. */
  denied: readonly string[];
  /** A device that makes contact from a loopback address runs on this machine, and may be called there all the same. */
  ownMachine?: boolean;
}

const loopback = blockListOf(["127.0.0.0/8", "::1"]);
const familyOf = (address: string): "ipv4" | "ipv6" => (isIP(address) === 6 ? "ipv6" : "ipv4");
const isLoopback = (address: string): boolean => isIP(address) !== 0 && loopback.check(address, familyOf(address));

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
  const isAllowedFor = (from: string) => {
    const isNeighbour = policy.ownMachine === true && isLoopback(plainAddress(from));
    return (address: string): boolean =>
      allowed.check(address, familyOf(address)) &&
      (!denied.check(address, familyOf(address)) || (isNeighbour && isLoopback(address)));
  };
  return {
    async resolve(host, from = "") {
      const isAllowed = isAllowedFor(from);
      const addresses = isIP(host) === 0 ? await resolve(host).catch(() => []) : [host];
      if (addresses.length === 0) return { ok: false, reason: "unresolved", detail: `${host} has no address` };
      const plain = addresses.map(plainAddress);
      const good = plain.find((address) => isIP(address) !== 0 && isAllowed(address));
      if (good !== undefined && plain.every(isAllowed)) return { ok: true, address: good };
      return {
        ok: false,
        reason: "forbidden",
        detail: `${plain.join(", ")}; see STEWARD_WAKE_NETWORKS, STEWARD_WAKE_DENIED_NETWORKS and STEWARD_WAKE_OWN_MACHINE`,
      };
    },
  };
}
