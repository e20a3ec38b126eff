const IPV4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;

/** Four numbers, or `undefined`. Leading zeros are accepted: devices write them. */
function parseIpv4(text: string): number[] | undefined {
  const match = IPV4.exec(text);
  if (!match) return undefined;
  const octets = match.slice(1).map(Number);
  return octets.every((octet) => octet <= 255) ? octets : undefined;
}

/** Eight groups, or `undefined`. Forms of RFC 4291 §2.2, without zone. */
function parseIpv6(text: string): number[] | undefined {
  if (text.length > 45 || !text.includes(":")) return undefined;
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const left = parseGroups(halves[0]!);
  const right = halves.length === 2 ? parseGroups(halves[1]!) : [];
  if (!left || !right || hasInnerIpv4(halves[0]!, halves.length === 2)) return undefined;
  const missing = 8 - left.length - right.length;
  if (halves.length === 1) return missing === 0 ? left : undefined;
  return missing >= 1 ? [...left, ...Array.from({ length: missing }, () => 0), ...right] : undefined;
}

/** An embedded IPv4 address may only stand at the very end. */
const hasInnerIpv4 = (firstHalf: string, more: boolean): boolean => more && firstHalf.includes(".");

function parseGroups(text: string): number[] | undefined {
  if (text === "") return [];
  const parts = text.split(":");
  const groups: number[] = [];
  for (const [index, part] of parts.entries()) {
    if (part.includes(".")) {
      const octets = index === parts.length - 1 ? parseIpv4(part) : undefined;
      if (!octets) return undefined;
      groups.push(octets[0]! * 256 + octets[1]!, octets[2]! * 256 + octets[3]!);
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return groups;
}

/** Lower case, the longest run of zeros folded (RFC 5952 §4); an IPv4-mapped address keeps its dotted end (§5). */
function formatIpv6(groups: readonly number[]): string {
  const mapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (mapped) return `::ffff:${groups[6]! >> 8}.${groups[6]! & 255}.${groups[7]! >> 8}.${groups[7]! & 255}`;
  const { start, length } = longestZeroRun(groups);
  const hex = groups.map((group) => group.toString(16));
  if (length < 2) return hex.join(":");
  return `${hex.slice(0, start).join(":")}::${hex.slice(start + length).join(":")}`;
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (let i = 0; i <= groups.length; i++) {
    if (groups[i] === 0) continue;
    if (i - start > best.length) best = { start, length: i - start };
    start = i + 1;
  }
  return best;
}

/** One spelling per address; `undefined` when it is none. The empty text (no address) stays. */
export function canonicalIp(text: string): string | undefined {
  if (text === "") return "";
  const octets = parseIpv4(text);
  if (octets) return octets.join(".");
  const groups = parseIpv6(text);
  return groups && formatIpv6(groups);
}

/** `address/length`, `/length` or the empty text. */
export function canonicalIpPrefix(text: string): string | undefined {
  if (text === "") return "";
  const slash = text.indexOf("/");
  const length = text.slice(slash + 1);
  if (slash < 0 || !/^\d{1,3}$/.test(length)) return undefined;
  const address = canonicalIp(text.slice(0, slash));
  const most = address === undefined || address === "" || address.includes(":") ? 128 : 32;
  return address === undefined || Number(length) > most ? undefined : `${address}/${Number(length)}`;
}
