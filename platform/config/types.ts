import { BlockList, isIP } from "node:net";
import type { ByteCount } from "../../kernel/bytes.ts";
import type { Duration } from "../../kernel/time.ts";
import type { Parsed, RawSetting, SettingType } from "./setting.ts";

const good = <T>(value: T): Parsed<T> => ({ ok: true, value });
const bad = (problem: string): { ok: false; problem: string } => ({ ok: false, problem });

function scalar<T>(label: string, parse: (text: string) => Parsed<T>): SettingType<T> {
  return {
    label,
    parse: (raw: RawSetting) =>
      typeof raw === "string" ? parse(raw.trim()) : bad(`one ${label} is expected, not a list`),
  };
}

export const text: SettingType<string> = scalar("text", good);

export const path: SettingType<string> = scalar("path", (given) =>
  given.includes("\0") ? bad("a path holds no NUL character") : good(given),
);

/** Text that is worth nothing when it is short. */
export const secretOf = (minLength: number): SettingType<string> =>
  scalar(`secret of at least ${minLength} characters`, (given) =>
    given.length < minLength
      ? bad(`at least ${minLength} characters are needed, ${given.length} were given`)
      : good(given),
  );

export const boolean: SettingType<boolean> = scalar("boolean (true or false)", (given) => {
  const lower = given.toLowerCase();
  if (["true", "1", "yes", "on"].includes(lower)) return good(true);
  if (["false", "0", "no", "off"].includes(lower)) return good(false);
  return bad(`"${given}" is neither true nor false`);
});

export const integer = (min: number, max: number): SettingType<number> =>
  scalar(`integer from ${min} to ${max}`, (given) => {
    if (!/^[+-]?\d{1,15}$/.test(given)) return bad(`"${given}" is not an integer`);
    const value = Number(given);
    return value < min || value > max ? bad(`${value} is not between ${min} and ${max}`) : good(value);
  });

export const oneOf = <const V extends readonly string[]>(...values: V): SettingType<V[number]> =>
  scalar(values.join(", "), (given) =>
    values.includes(given) ? good(given as V[number]) : bad(`"${given}" is not one of ${values.join(", ")}`),
  );

function measure(label: string, noun: string, units: Readonly<Record<string, number>>, bare: string) {
  const pattern = /^(\d{1,12}(?:\.\d{1,3})?)\s*([a-z]*)$/i;
  return (min: number, max: number): SettingType<number> =>
    scalar(label, (given) => {
      const match = pattern.exec(given);
      const factor = match ? units[(match[2] || bare).toLowerCase()] : undefined;
      if (!match || factor === undefined) return bad(`"${given}" is not a ${noun}; write it like ${label}`);
      const value = Math.round(Number(match[1]) * factor);
      if (value < min) return bad(`"${given}" is too small`);
      return value > max ? bad(`"${given}" is too large`) : good(value);
    });
}

const durationOf = measure(
  "duration (500ms, 30s, 5m, 12h, 7d)",
  "duration",
  { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 },
  "unit missing",
);
/** A duration from `min` to `max`; the unit is always written. */
export const duration = (min: Duration, max: Duration): SettingType<Duration> => durationOf(min, max);

const sizeOf = measure(
  "size (512, 64KiB, 8MiB, 2GiB)",
  "size",
  {
    b: 1,
    kib: 1024,
    mib: 1024 ** 2,
    gib: 1024 ** 3,
    tib: 1024 ** 4,
    kb: 1e3,
    mb: 1e6,
    gb: 1e9,
    tb: 1e12,
  },
  "b",
);
export const size = (min: ByteCount, max: ByteCount): SettingType<ByteCount> => sizeOf(min, max);

/** Elements separated by commas, or a JSON array. */
export const listOf = <T>(element: SettingType<T>): SettingType<readonly T[]> => ({
  label: `list of ${element.label}, separated by commas`,
  parse(raw) {
    const items = typeof raw === "string" ? raw.split(",").map((item) => item.trim()) : raw;
    const values: T[] = [];
    for (const item of items) {
      if (item === "") continue;
      const parsed = element.parse(item);
      if (!parsed.ok) return parsed;
      values.push(parsed.value);
    }
    return good(values);
  },
});

/** Where to listen. `host` is a name or an address without brackets; port 0 takes a free one. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

export const listen: SettingType<ListenAddress> = scalar("host:port", (given) => {
  const match = /^(?:\[([^\]]+)\]|([^:[\]\s/]*)):(\d{1,5})$/.exec(given);
  if (!match) return bad(`"${given}" is not host:port; write 0.0.0.0:7547 or [::1]:7547`);
  const port = Number(match[3]);
  if (port > 65_535) return bad(`${port} is not a port`);
  if (match[1] !== undefined && isIP(match[1].split("%")[0] ?? "") !== 6)
    return bad(`"${match[1]}" is not an IPv6 address`);
  return good({ host: match[1] ?? (match[2] || "0.0.0.0"), port });
});

/** An absolute URL with one of `schemes`, as it was written. */
export const url = (...schemes: readonly string[]): SettingType<string> =>
  scalar(`URL (${schemes.map((scheme) => `${scheme}://…`).join(", ")})`, (given) => {
    const scheme = /^([a-z][a-z0-9+.-]*):\/\/[^/\s]/i.exec(given)?.[1]?.toLowerCase();
    if (!scheme) return bad("this is not an absolute URL");
    return schemes.includes(scheme) ? good(given) : bad(`the scheme ${scheme} is not one of ${schemes.join(", ")}`);
  });

/** `10.0.0.0/8`, `fd00::/8` or a single address, as it was written. */
export const network: SettingType<string> = scalar("network (10.0.0.0/8, fd00::/8)", (given) => {
  const [address = "", bits] = given.split("/");
  const version = isIP(address);
  const width = version === 6 ? 128 : 32;
  if (version === 0) return bad(`"${given}" is not a network`);
  if (bits !== undefined && !(/^\d{1,3}$/.test(bits) && Number(bits) <= width))
    return bad(`"${given}" has no legal prefix length`);
  return good(given);
});

/** The networks as one thing to ask: `list.check(address, "ipv4" | "ipv6")`. */
export function blockListOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const entry of networks) {
    const [address = "", bits] = entry.split("/");
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    list.addSubnet(address, Number(bits ?? (family === "ipv6" ? 128 : 32)), family);
  }
  return list;
}
