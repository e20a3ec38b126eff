import type { Instant } from "../../kernel/time.ts";
import type { Principal } from "../session/principal.ts";

export type { Principal } from "../session/principal.ts";

/** One authenticated HTTP POST of a CPE, free of HTTP. */
export interface Exchange {
  /** Inflated; may be empty. */
  body: Uint8Array;
  charset?: string | undefined;
  /** The session token from the Cookie header, if any. */
  cookie?: string | undefined;
  connectionId: string;
  remoteAddress: string;
  secure: boolean;
  principal?: Principal;
}

/** What to answer. A body is always SOAP and always goes with 200. */
export interface Reply {
  status: 200 | 204 | 400 | 401 | 403 | 503;
  body?: string | undefined;
  /** The session token; set on every reply of a session. */
  cookie?: string;
  /** Seconds. */
  retryAfter?: number;
  /** Close the connection after this reply. */
  close?: boolean;
  /** The session is over with this reply. */
  endsSession?: boolean;
  /** Why a peer that was proved may not speak for the device that it names. */
  conflict?: string;
}

export type BodyClass = "empty" | "inform" | "other";
export type InformPriority = "bootstrap" | "boot" | "other";

export interface Glance {
  readonly carried: BodyClass;
  /** Of an Inform. */
  readonly priority: InformPriority;
}

/** The CWMP conversations of this process, as the HTTP listener sees them. No method throws. */
export interface Conversations {
  /** Whether this cookie names a live session (here or, by its lease, of another process), and who was proved when it began. */
  live(cookie: string): Promise<{ principal: Principal } | undefined>;
  handle(exchange: Exchange): Promise<Reply>;
  connectionClosed(connectionId: string): void;
  /** New sessions get 503; the running ones finish their current RPC and end. Resolves when none is left, or at the deadline. */
  drain(deadline: Instant): Promise<void>;
  /** Ends at once: timers are cancelled, leases are left to run out. */
  stop(): Promise<void>;
  readonly liveCount: number;
  /** A cheap look, for admission. */
  peek(body: Uint8Array): Glance;
}
