/**
 * Times of CWMP (TR-106 §3.2.4; specs §8.4). `unknown` and `infinite` are the two special values; `relative` counts from boot
 * and is written as a time in the first thousand years without a zone.
 */
export type CwmpTime =
  | { readonly kind: "unknown" }
  | { readonly kind: "infinite" }
  /** Milliseconds since boot. */
  | { readonly kind: "relative"; readonly since: number; readonly fraction: string }
  /** Milliseconds since the epoch; `zoned` is false when the text had no zone, which is read as UTC. */
  | { readonly kind: "absolute"; readonly at: number; readonly fraction: string; readonly zoned: boolean };

const FORM = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)?$/;
const ORIGIN = utc(1, 1, 1);

export function parseDateTime(text: string): CwmpTime | undefined {
  const match = FORM.exec(text);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (!isDate(year, month, day) || !isTime(hour, minute, second)) return undefined;
  const fraction = trailingZerosOff(match[7] ?? "");
  const zone = match[8];
  const offset = zone === undefined || zone === "Z" ? 0 : zoneMinutes(zone);
  if (offset === undefined) return undefined;
  const at = utc(year, month, day) + ((hour * 60 + minute) * 60 + second) * 1000 - offset * 60_000;
  if (zone !== undefined && at === ORIGIN && fraction === "") return { kind: "unknown" };
  if (year === 9999 && at === utc(9999, 12, 31) + 86_399_000) return { kind: "infinite" };
  if (year < 1000 && zone === undefined) return { kind: "relative", since: at - ORIGIN, fraction };
  return { kind: "absolute", at, fraction, zoned: zone !== undefined };
}

/** One spelling per moment: UTC with `Z`, no superfluous digits. `undefined` when the text is no time. */
export function canonicalDateTime(text: string): string | undefined {
  const time = parseDateTime(text.trim());
  if (!time) return undefined;
  switch (time.kind) {
    case "unknown":
      return "0001-01-01T00:00:00Z";
    case "infinite":
      return "9999-12-31T23:59:59Z";
    case "relative":
      return format(time.since + ORIGIN, time.fraction, "");
    case "absolute":
      return format(time.at, time.fraction, "Z");
  }
}

function format(at: number, fraction: string, zone: string): string | undefined {
  const iso = new Date(at).toISOString();
  if (iso.length !== 24) return undefined; // a zone moved it out of the years 0000 to 9999
  return `${iso.slice(0, 19)}${fraction === "" ? "" : `.${fraction}`}${zone}`;
}

/** `Date.UTC` reads the years 0 to 99 as 1900 to 1999. */
function utc(year: number, month: number, day: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getTime();
}

function isDate(year: number, month: number, day: number): boolean {
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > 31) return false;
  return new Date(utc(year, month, day)).getUTCMonth() === month - 1;
}

const isTime = (hour: number, minute: number, second: number): boolean => hour <= 23 && minute <= 59 && second <= 59;

function zoneMinutes(zone: string): number | undefined {
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(4, 6));
  if (hours > 14 || minutes > 59) return undefined;
  return (zone.startsWith("-") ? -1 : 1) * (hours * 60 + minutes);
}

function trailingZerosOff(fraction: string): string {
  return fraction.replace(/0+$/, "");
}
