import type { Duration, Instant } from "../../kernel/time.ts";
import type { Document } from "../../platform/store/port.ts";

export type Protocol = "cwmp" | "usp" | "lwm2m" | "omadm";

export interface DeviceIdentity {
  readonly manufacturer?: string;
  /** Six upper-case hexadecimal digits where the device gave a correct one. */
  readonly oui: string;
  readonly productClass: string;
  readonly serialNumber: string;
}

/** How a device is reached over one protocol. What the protocol needs to remember is opaque to the fleet (`state`). */
export interface Endpoint {
  /** `cwmp:` + the protocol's own id; unique in the fleet. */
  readonly key: string;
  readonly protocol: Protocol;
  /** Owned by the protocol's adapter; small (it is read and written with every contact). */
  readonly state: Readonly<Record<string, unknown>>;
}

/**
 * `preprovisioned`: known, never seen · `active` · `quarantined`: seen, waits for an operator; answered, but receives no
 * operations · `rejected`: refused at the door.
 */
export type Admission = "preprovisioned" | "active" | "quarantined" | "rejected";
export type UnknownDevicePolicy = "accept" | "quarantine" | "reject";

export interface Contact {
  readonly firstAt: Instant;
  readonly lastAt: Instant;
  /** When the device should report by itself again; from its periodic interval. */
  readonly nextExpectedAt?: Instant;
  readonly remoteAddress?: string;
  readonly reasons: readonly string[];
  /** Contacts so far. */
  readonly count: number;
}

export type OnlineState = "online" | "offline" | "never";

/** A conversation that holds the device. Whoever does not hold the lease must not talk to it. */
export interface Lease {
  readonly sessionId: string;
  readonly until: Instant;
  /** The adapter's serialised session, so that another worker can go on with it. Opaque to the fleet. */
  readonly session?: string;
}

export interface DeviceDocument extends Document {
  identity: DeviceIdentity;
  endpoints: Endpoint[];
  admission: Admission;
  alias?: string;
  tags: string[];
  /** The proxier, gateway or controller behind which this device lives. */
  parentId?: string;
  groupIds?: string[];
  hardwareVersion?: string;
  softwareVersion?: string;
  modelName?: string;
  provisioningCode?: string;
  /** Data models that it follows, as the registry names them (`Device:2.17`), and how its writes are validated. */
  dataModels?: string[];
  validation?: "strict" | "standard" | "off";
  contact?: Contact;
  /** When it last said that it had booted; values from before are stale. */
  bootedAt?: Instant;
  /** How often it comes by itself; `null`: it does not. */
  informInterval?: Duration | null;
  lease?: Lease;
  /** The latest values that came with contacts, by path; merged into the tree at reading (see parameters/overlay). */
  recent?: string;
  /** Until when every message of this device is kept for reading back. */
  traceUntil?: Instant;
  /** Until when operations to this device are held, and why. */
  holdUntil?: Instant;
  createdAt: Instant;
  /** Grows with every change by the API; for ETags. Contacts do not count. */
  version: number;
}
