import type { ValueTyping } from "../datamodels/typing.ts";
import type { Instant } from "../kernel/time.ts";
import type { Actor } from "./access/actor.ts";
import type {
  DeviceDocument,
  DeviceIdentity,
  Endpoint,
  Lease,
  Protocol,
  UnknownDevicePolicy,
} from "./devices/model.ts";
import type { EventDocument, EventType } from "./events/model.ts";
import type {
  ItemResult,
  OperationDocument,
  OperationFault,
  OperationKind,
  OperationRequest,
  OperationState,
  ValidationFinding,
  WaitingReason,
  WakePolicy,
} from "./operations/model.ts";
import type { ParameterPatch, ParameterRecord } from "./parameters/model.ts";

/**
 * The fleet as its neighbours see it. Protocol adapters use `Contacts`, `Work` and `Credentials`; the northbound API
 * uses `Devices`, `Operations`, `Events`, `Files` and `Access`. Every method that writes resolves when that is durable.
 */
export interface Fleet {
  readonly contacts: Contacts;
  readonly work: Work;
  readonly credentials: Credentials;
  readonly devices: Devices;
  readonly parameters: Parameters;
  readonly operations: Operations;
  readonly events: Events;
}

// ---------------------------------------------------------------- for protocol adapters

export interface EventInput {
  type: EventType;
  severity?: EventDocument["severity"];
  operationId?: string;
  data?: Record<string, unknown>;
}

/** What an adapter understands of a device's values. */
export type DeviceFacts = Partial<
  Pick<
    DeviceDocument,
    "hardwareVersion" | "softwareVersion" | "modelName" | "provisioningCode" | "dataModels" | "informInterval"
  >
>;

/** One contact: a device opened a conversation and said this. Written together, before the device gets its answer. */
export interface ContactReport {
  endpointKey: string;
  protocol: Protocol;
  identity: DeviceIdentity;
  at: Instant;
  remoteAddress?: string;
  /** The device's reasons, e.g. `["1 BOOT", "4 VALUE CHANGE"]`. */
  reasons: readonly string[];
  /** The device reports because its time has come, and for nothing else. */
  routine?: boolean;
  values: ParameterPatch;
  /** What the adapter wants remembered in `Endpoint.state`; merged field by field. */
  endpointState?: Record<string, unknown>;
  /** Facts that the adapter found in the values. */
  facts?: DeviceFacts;
  events: readonly EventInput[];
  lease: Lease;
  /** What to do with a device never seen; by default the configured policy. */
  unknownPolicy?: UnknownDevicePolicy;
}

export type ContactOutcome =
  /** `supersededLease`: another conversation held the device; its outstanding operation is now `unknown`. */
  | { admitted: true; device: DeviceDocument; created: boolean; supersededLease?: Lease }
  | { admitted: false; reason: "rejected" };

/** What a conversation remembers of the endpoint that it talks to. */
export interface EndpointMemory {
  sessionId: string;
  key: string;
  state: Record<string, unknown>;
}

export interface Contacts {
  open(report: ContactReport): Promise<ContactOutcome>;
  /** Renews the lease and stores the session; `false` when another conversation took the device. */
  keep(deviceId: string, lease: Lease, endpoint?: { key: string; state: Record<string, unknown> }): Promise<boolean>;
  /** Ends the conversation: frees the lease (if it is still this session's) and, with `wakeAgain`, asks for another contact soon. */
  close(deviceId: string, sessionId: string, end: { at: Instant; failed?: string; wakeAgain?: boolean }): Promise<void>;
  /** The device whose lease this session holds, for a worker that sees the session for the first time. */
  resume(deviceId: string, sessionId: string): Promise<DeviceDocument | undefined>;
  byEndpoint(endpointKey: string): Promise<DeviceDocument | undefined>;
  /**
   * Takes in what a conversation learnt. Costs what it carries. With the same write go `facts` that the adapter found in
   * the values, and `memory` into the endpoint's state, if the conversation still holds the device.
   */
  observe(
    deviceId: string,
    patch: ParameterPatch,
    also?: { memory?: EndpointMemory | undefined; facts?: DeviceFacts | undefined },
  ): Promise<void>;
  record(deviceId: string, events: readonly EventInput[], at: Instant): Promise<void>;
}

/** How an adapter moves the operations of the device whose lease it holds. */
export interface Work {
  /**
   * The operation to carry out next: of those that may start (see readiness) the first by priority and age; one left
   * `active` or `unknown` by an earlier conversation comes first, unless it only looks and did so in vain: then last.
   * `undefined`: nothing may start now.
   */
  next(device: DeviceDocument, sessionId: string, now: Instant): Promise<OperationDocument | undefined>;
  /** `queued|unknown → active`, with the adapter's first progress; `false` if it was cancelled or taken meanwhile. */
  begin(operation: OperationDocument, progress: string, now: Instant): Promise<boolean>;
  /** Before each further message: how far it came. */
  advance(operationId: string, progress: string, now: Instant): Promise<void>;
  settle(operationId: string, outcome: WorkOutcome, now: Instant): Promise<OperationDocument | undefined>;
  /** The open operation that a completion report belongs to; with an empty correlator the only one that waits, if it is the only one. */
  findByCorrelator(
    deviceId: string,
    correlator: string,
    kinds: readonly OperationKind[],
  ): Promise<OperationDocument | undefined>;
  /** The open operations in `accepted` or `unknown`: at a boot, a reboot among them is done. */
  awaiting(deviceId: string): Promise<OperationDocument[]>;
}

export type WorkOutcome =
  | { state: "done"; result?: Record<string, unknown>; items?: ItemResult[]; note?: string }
  | { state: "failed"; fault: OperationFault; items?: ItemResult[] }
  /** The device dropped it when it was asked to. */
  | { state: "cancelled"; note: string }
  /** Back to `queued`, after the back-off of its attempt; `failed` when the attempts are used up. */
  | { state: "retry"; fault: OperationFault; delay?: number }
  | { state: "accepted"; progress: string; completionDueAt?: Instant; result?: Record<string, unknown>; note?: string }
  /**
   * `failed` when it was left so too often, with `failsAs` for its code (`outcome.unknown`). `parked`: between two
   * messages, by the session's own limits; that is no lost attempt.
   */
  | { state: "unknown"; note: string; progress?: string; failsAs?: string; parked?: true };

/** What a device (or every device of a group) proves itself with, and what we prove ourselves with to the device. */
export interface Credential {
  id: string;
  /** Who it is for: one device (by endpoint key), or every device that matches `identity` (any subset of fields). */
  scope: { endpointKey: string } | { group: string; identity: Partial<Pick<DeviceIdentity, "oui" | "productClass">> };
  purpose: "authentication" | "connectionRequest";
  username: string;
}

export interface Credentials {
  /** Candidates for what a peer claims to be; the secret comes decrypted, for Digest and Basic alike. Costs one gathered read. */
  findForAuthentication(username: string): Promise<{ credential: Credential; secret: string }[]>;
  /** What to present to the device when waking it: its own, which may stand under another spelling of the key, or its group's. */
  findForWaking(endpointKey: string, spelling?: string): Promise<{ username: string; secret: string } | undefined>;
  put(credential: Omit<Credential, "id">, secret: string): Promise<Credential>;
  list(filter: { endpointKey?: string }): Promise<Credential[]>;
  remove(id: string): Promise<boolean>;
}

// ---------------------------------------------------------------- for the northbound API

export interface Page<T> {
  items: T[];
  /** Opaque; absent at the end. */
  next?: string;
}

export interface DeviceQuery {
  /** Filter language text (kernel/filter). */
  filter?: string;
  cursor?: string;
  limit: number;
  sort?: "lastContact" | "-lastContact" | "serialNumber" | "createdAt" | "-createdAt";
}

export interface NewDevice {
  identity: DeviceIdentity;
  protocol: Protocol;
  alias?: string;
  tags?: readonly string[];
  parentId?: string;
}

export type DevicePatch = Partial<
  Pick<
    DeviceDocument,
    "alias" | "tags" | "admission" | "parentId" | "validation" | "traceUntil" | "holdUntil" | "informInterval"
  >
>;

export interface Devices {
  get(id: string): Promise<DeviceDocument | undefined>;
  list(query: DeviceQuery): Promise<Page<DeviceDocument>>;
  count(filter: string | undefined, limit: number): Promise<number>;
  /** Pre-provisions: the device binds to this record at its first contact. */
  create(device: NewDevice, by: string): Promise<DeviceDocument>;
  /** `null` removes a field. `ifVersion` guards against a lost update (412). */
  update(
    id: string,
    patch: { [K in keyof DevicePatch]: DevicePatch[K] | null },
    by: string,
    ifVersion?: number,
  ): Promise<DeviceDocument>;
  /** With everything that belongs to it; its events stay until their retention ends. */
  remove(id: string, by: string): Promise<boolean>;
  /** Endpoint state of one protocol, for display. */
  endpoint(device: DeviceDocument, protocol: Protocol): Endpoint | undefined;
}

export interface Parameters {
  /** The merged tree below the selectors (all of it when empty), in tree order. */
  read(device: DeviceDocument, selectors: readonly string[]): Promise<ParameterRecord[]>;
  /** Generic paths (`Device.DeviceInfo.SoftwareVersion`, `Device.WiFi.SSID.{i}.SSID`) whose values can be filtered by. */
  searchable(): Promise<readonly string[]>;
  makeSearchable(genericPath: string): Promise<void>;
  stopSearchable(genericPath: string): Promise<void>;
}

export interface OperationOptions {
  priority?: number;
  notBefore?: Instant;
  expiresAt?: Instant;
  wake?: WakePolicy;
  maxAttempts?: number;
  idempotencyKey?: string;
}

export interface OperationQuery {
  deviceId?: string;
  states?: readonly OperationState[];
  kinds?: readonly OperationKind[];
  cursor?: string;
  limit: number;
}

export interface Operations {
  /**
   * Durable once resolved. The same idempotency key (per creator's token) resolves to the first operation, a different request
   * under it rejects with `idempotency.conflict`; a read or wake that equals one still queued resolves to that one, if nothing
   * between the two is to change the device.
   * Rejects with `validation.failed` (details: the list) when the device's data model refuses a write, create or attribute.
   */
  create(
    deviceId: string,
    request: OperationRequest,
    options: OperationOptions,
    by: Actor,
  ): Promise<{ operation: OperationDocument; created: boolean }>;
  get(id: string): Promise<OperationDocument | undefined>;
  list(query: OperationQuery): Promise<Page<OperationDocument>>;
  /**
   * At once, unless the device has it. Then it is asked for (`cancelRequested`): it is cancelled as soon as the device is
   * out of it without having finished it; for an accepted transfer, a `cancelTransfer` is made that asks the device.
   */
  cancel(id: string, by: Actor): Promise<OperationDocument>;
  /** A failed or expired one again, as a new operation. */
  retry(id: string, by: Actor): Promise<OperationDocument>;
  /** Resolves when the operation is finished, or with its state at the deadline. */
  wait(id: string, until: Instant): Promise<OperationDocument | undefined>;
  /** Why it waits; empty when nothing holds it. */
  why(operation: OperationDocument): Promise<WaitingReason[]>;
  whyOfDevice(device: DeviceDocument): Promise<WaitingReason[]>;
}

export interface EventQuery {
  deviceId?: string;
  types?: readonly EventType[];
  after?: string;
  before?: string;
  order?: "oldestFirst" | "newestFirst";
  limit: number;
}

export interface Events {
  append(events: readonly (EventInput & { deviceId?: string; at: Instant })[]): Promise<void>;
  list(query: EventQuery): Promise<Page<EventDocument>>;
}

/** What the fleet asks of the protocol adapters; given to `createFleet`. */
export interface WakePort {
  /** Asks for a contact soon: durable, coalesced per device, rate-limited and retried by the adapter. */
  requestContact(deviceId: string, cause: { operationId?: string; reason: string }): Promise<void>;
  /** Why a wake that was asked for has not led to a contact, if so. */
  state(
    deviceId: string,
  ): Promise<{ since: Instant; nextTryAt?: Instant; attempts: number; lastError?: string } | undefined>;
}

/** What the data models say about a request before it is taken; given to `createFleet`. */
export interface ValidationPort {
  /** Of a write, create, delete or setAttributes. */
  examine(device: DeviceDocument, request: OperationRequest): Promise<Examination>;
}

export interface Examination {
  /** An error among them refuses the request; warnings stay with the operation. No finding repeats a secret. */
  findings: readonly ValidationFinding[];
  /** In the order of the request's values: nobody has to look it up when they are written. Secret ones are sealed at rest. */
  typing?: readonly ValueTyping[];
}
