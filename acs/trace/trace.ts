import type { Instant } from "../../kernel/time.ts";

export type TraceDirection = "fromDevice" | "toDevice";

/** One message as it was on the wire, with what must stay secret masked. */
export interface TraceEntry {
  readonly id: string;
  readonly deviceId: string;
  readonly sessionId: string;
  readonly at: Instant;
  readonly direction: TraceDirection;
  /** Of the answers: 200 or 204. */
  readonly status?: number;
  readonly text: string;
  /** The text was longer than what is kept. */
  readonly cut?: boolean;
}

export interface TracePage {
  items: TraceEntry[];
  /** The id to go on after; absent at the end. */
  next?: string;
}

/** The messages of devices whose trace is switched on (`DeviceDocument.traceUntil`). */
export interface Trace {
  /** Masks and keeps a message. A trace that cannot be written never disturbs a session: this does not reject. */
  write(entry: Omit<TraceEntry, "id" | "cut">): Promise<void>;
  /** Oldest first. */
  read(deviceId: string, options: { after?: string; limit: number }): Promise<TracePage>;
  clear(deviceId: string): Promise<void>;
  /** Makes the indexes. */
  prepare(): Promise<void>;
}
