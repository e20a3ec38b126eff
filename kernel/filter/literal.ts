import { type Duration, days, hours, type Instant, milliseconds, minutes, seconds } from "../time.ts";
import type { Literal, LiteralForm } from "./ast.ts";

const durationUnits = {
  ms: milliseconds(1),
  s: seconds(1),
  m: minutes(1),
  h: hours(1),
  d: days(1),
  w: days(7),
} as const satisfies Record<string, Duration>;

/** Units that may follow a number, as a factor to the plain one (byte, bit per second, hertz, …). */
export const plainUnits = {
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
  bps: 1,
  kbps: 1e3,
  Mbps: 1e6,
  Gbps: 1e9,
  Hz: 1,
  kHz: 1e3,
  MHz: 1e6,
  GHz: 1e9,
  dB: 1,
  dBm: 1,
  dBmV: 1,
  "%": 1,
} as const satisfies Record<string, number>;

const DURATION = /^(?:\d{1,9}(?:\.\d{1,3})?(?:ms|[smhdw]))+$/;
const DURATION_PART = /(\d+(?:\.\d+)?)(ms|[smhdw])/g;
const NUMBER = /^([+-]?(?:\d{1,20}(?:\.\d{1,12})?|\.\d{1,12})(?:[eE][+-]?\d{1,2})?)([A-Za-z%]{0,4})$/;
const RELATIVE = /^now(?:([+-])(.+))?$/;
const ISO = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)?)?$/;

/** `3d`, `1h30m`, `500ms`. */
export function durationOf(text: string): Duration | undefined {
  if (!DURATION.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(DURATION_PART)) {
    total += Number(amount) * durationUnits[unit as keyof typeof durationUnits];
  }
  return Math.round(total);
}

/** `-27`, `1.5e3`, `10MiB`, `100Mbps`, `-27dBm`. */
export function numberOf(text: string): number | undefined {
  const [, digits, unit] = NUMBER.exec(text) ?? [];
  if (digits === undefined) return undefined;
  if (unit === undefined || unit === "") return Number(digits);
  const factor = Object.hasOwn(plainUnits, unit) ? plainUnits[unit as keyof typeof plainUnits] : undefined;
  return factor === undefined ? undefined : Number(digits) * factor;
}

function isoInstant(text: string): Instant | undefined {
  if (!ISO.test(text)) return undefined;
  const zoned = text.length === 10 || /(?:Z|[+-]\d\d:\d\d)$/.test(text.slice(11)) ? text : `${text}Z`;
  const at = Date.parse(zoned);
  if (Number.isNaN(at)) return undefined;
  // Date.parse rolls 30 February over; a date that does not exist is none.
  const day = Number(text.slice(8, 10));
  const lastDay = new Date(Date.UTC(Number(text.slice(0, 4)), Number(text.slice(5, 7)), 0)).getUTCDate();
  return day <= lastDay ? at : undefined;
}

/** `now`, `now-2h`, `now+1d`, `2026-11-22`, `2026-11-22T10:00`, `…Z`, `…+01:00`; without a zone it is UTC. */
export function instantOf(text: string, now: Instant): Instant | undefined {
  const relative = RELATIVE.exec(text);
  if (relative === null) return isoInstant(text);
  const [, sign, span] = relative;
  if (span === undefined) return now;
  const distance = durationOf(span);
  if (distance === undefined) return undefined;
  return sign === "-" ? now - distance : now + distance;
}

/** What unquoted text reads as. */
export function formOf(text: string): LiteralForm {
  if (instantOf(text, 0) !== undefined) return "time";
  if (durationOf(text) !== undefined) return "duration";
  return numberOf(text) === undefined ? "text" : "number";
}

export const literal = (text: string): Literal => ({ text, form: formOf(text) });
