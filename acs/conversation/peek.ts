import type { BodyClass, InformPriority } from "./exchange.ts";

/** How far into a body admission looks. */
const HEAD = 4_096;
const EVENTS = 16_384;

const isBlank = (byte: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

export function isEmptyBody(body: Uint8Array): boolean {
  for (const byte of body) if (!isBlank(byte)) return false;
  return true;
}

const head = (body: Uint8Array, length: number): string =>
  Buffer.from(body.buffer, body.byteOffset, Math.min(body.byteLength, length)).toString("latin1");

export function classify(body: Uint8Array): BodyClass {
  if (isEmptyBody(body)) return "empty";
  return /<(?:[\w.-]+:)?Inform[\s>]/.test(head(body, HEAD)) ? "inform" : "other";
}

/** Bootstraps and boots are let in first (specs §1.8). */
export function informPriority(body: Uint8Array): InformPriority {
  const text = head(body, EVENTS);
  if (/>\s*0\s*BOOTSTRAP/i.test(text)) return "bootstrap";
  return />\s*(?:1\s*BOOT|6\s*CONNECTION\s*REQUEST)/i.test(text) ? "boot" : "other";
}
