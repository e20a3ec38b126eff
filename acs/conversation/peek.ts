import type { Glance, InformPriority } from "./exchange.ts";

/** How far into a body admission looks. */
const HEAD = 4_096;
const EVENTS = 16_384;

const isBlank = (byte: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

export function isEmptyBody(body: Uint8Array): boolean {
  for (const byte of body) if (!isBlank(byte)) return false;
  return true;
}

const NOTHING: Glance = { carried: "empty", priority: "other" };
const OTHER: Glance = { carried: "other", priority: "other" };

/** A cheap look, before anything is read: what a body carries, and how pressing it is (specs §1.8). */
export function peek(body: Uint8Array): Glance {
  if (isEmptyBody(body)) return NOTHING;
  const text = Buffer.from(body.buffer, body.byteOffset, Math.min(body.byteLength, EVENTS)).toString("latin1");
  if (!/<(?:[\w.-]+:)?Inform[\s>]/.test(text.slice(0, HEAD))) return OTHER;
  return { carried: "inform", priority: priorityOf(text) };
}

/** Bootstraps and boots are let in first. */
function priorityOf(text: string): InformPriority {
  if (/>\s*0\s*BOOTSTRAP/i.test(text)) return "bootstrap";
  return />\s*(?:1\s*BOOT|6\s*CONNECTION\s*REQUEST)/i.test(text) ? "boot" : "other";
}
