import type { ValueTyping } from "../../datamodels/typing.ts";
import type { Instant } from "../../kernel/time.ts";
import type { ParameterType } from "../../kernel/value.ts";
import type { Document } from "../../platform/store/port.ts";

/** What can be intended for a device, whatever protocol it speaks. One entry, one shape. */
export interface OperationRequests {
  /** Reads current values. `paths`: parameters, or objects with their last dot (everything below), or `*` for an instance. */
  read: { paths: readonly string[] };
  /**
   * All or none. A `type` is only given to overrule the device's and the model's. `readBack: false` takes the device's
   * word for it and saves a message: the values stay `unconfirmed` until they are read.
   */
  write: { values: readonly WriteItem[]; readBack?: boolean };
  /** Makes an instance of a table (`Device.NAT.PortMapping.`) and then writes `values`, whose paths are relative to the new instance. */
  create: { path: string; values?: readonly WriteItem[] };
  delete: { path: string };
  /** Lists names and writability below a path; `nextLevel` only its children. `values` reads them too (a full refresh). */
  discover: { path: string; nextLevel?: boolean; values?: boolean };
  setAttributes: { attributes: readonly AttributeItem[] };
  readAttributes: { paths: readonly string[] };
  reboot: Record<never, never>;
  factoryReset: Record<never, never>;
  /** Asks the device to make contact after `delaySeconds`. */
  scheduleContact: { delaySeconds: number };
  download: TransferRequest & {
    fileSize?: number;
    targetFileName?: string;
    /** With it, the device chooses its time within one or two windows (seconds from receipt). */
    windows?: readonly TransferWindow[];
    /** The version the device should report afterwards; the outcome is `done` only then. */
    expectedVersion?: string;
  };
  upload: TransferRequest;
  cancelTransfer: { operationId: string };
  listTransfers: Record<never, never>;
  /** Install, update or remove software modules. */
  software: { operations: readonly SoftwareItem[] };
  /** Which requests the device claims to understand. */
  capabilities: Record<never, never>;
  /** A protocol message as it is: `method` and its arguments in the protocol's own spelling. */
  raw: { method: string; arguments: Record<string, unknown> };
  /** Only makes the device contact us. */
  wake: Record<never, never>;
}

export type OperationKind = keyof OperationRequests;
export type OperationRequest<K extends OperationKind = OperationKind> = {
  [P in K]: { kind: P } & OperationRequests[P];
}[K];

export interface WriteItem {
  path: string;
  /** Lexical form. */
  value: string;
  type?: ParameterType;
}

export interface AttributeItem {
  path: string;
  /** 0 off, 1 passive, 2 active, 3–6 lightweight (TR-069 A.3.2.4). */
  notification?: number;
  accessList?: readonly string[];
}

export interface TransferRequest {
  fileType: string;
  /** A stored file … */
  fileId?: string;
  /** … or a URL of somebody else's. For an upload neither is needed. */
  url?: string;
  username?: string;
  password?: string;
  delaySeconds?: number;
}

export interface TransferWindow {
  startSeconds: number;
  endSeconds: number;
  mode: string;
  userMessage?: string;
  maxRetries?: number;
}

export type SoftwareItem =
  | {
      action: "install";
      url: string;
      uuid?: string;
      username?: string;
      password?: string;
      executionEnvironment?: string;
    }
  | { action: "update"; uuid?: string; version?: string; url?: string; username?: string; password?: string }
  | { action: "uninstall"; uuid: string; version?: string; executionEnvironment?: string };

/** DESIGN decision 2. `accepted`: the device took it and finishes later; `unknown`: the link dropped, the rule of its kind decides. */
export type OperationState = "queued" | "active" | "accepted" | "unknown" | "done" | "failed" | "expired" | "cancelled";

/** The legal moves; `operations/moves.ts` refuses the rest. */
export const operationMoves = {
  queued: ["active", "failed", "expired", "cancelled"],
  active: ["queued", "accepted", "unknown", "done", "failed"],
  accepted: ["unknown", "done", "failed", "expired", "cancelled"],
  unknown: ["queued", "active", "accepted", "done", "failed", "expired", "cancelled"],
  done: [],
  failed: [],
  expired: [],
  cancelled: [],
} as const satisfies Record<OperationState, readonly OperationState[]>;

export const openStates: readonly OperationState[] = ["queued", "active", "accepted", "unknown"];

/** Whether to wake the device for this operation, or to wait until it makes contact by itself. */
export type WakePolicy = "now" | "nextContact";

/** Who is to blame, in the protocol-neutral words of `code`; `native` is the device's own code and text. */
export interface OperationFault {
  code: string;
  message: string;
  native?: { code: number | string; text: string };
}

/** The outcome for one path, file or module of the request. */
export interface ItemResult {
  path: string;
  outcome: "done" | "failed" | "unconfirmed";
  fault?: OperationFault;
}

export interface OperationHistoryEntry {
  at: Instant;
  state: OperationState;
  note?: string;
}

/** What is wrong, or doubtful, with one item of a request by the device's data model. */
export interface ValidationFinding {
  path: string;
  severity: "error" | "warning";
  code: string;
  /** The rule in words, e.g. `range 1..65535`. */
  rule: string;
  expected?: string;
  given?: string;
}

export interface OperationDocument extends Document {
  deviceId: string;
  request: OperationRequest;
  /** What was known of each of the request's values when it was taken, in their order. */
  typing?: readonly ValueTyping[];
  /** What the data model warned of when it was taken. */
  warnings?: readonly ValidationFinding[];
  state: OperationState;
  /** 1 (first) to 100 (last); by default 50. Within one priority, in the order of creation. */
  priority: number;
  createdAt: Instant;
  createdBy: string;
  /** Whose name `createdBy` is. Absent where a part of Steward made it, or a Steward that did not keep it. */
  createdByToken?: string;
  notBefore?: Instant;
  expiresAt: Instant;
  wake: WakePolicy;
  idempotencyKey?: string;
  /** What the device repeats when it finishes later: the CommandKey of CWMP. At most 32 characters, unique. */
  correlator: string;
  attempt: number;
  maxAttempts: number;
  /** How often it was put away between two messages because its session had reached a limit; see `attemptsMade`. */
  parked?: number;
  /** Set while a failed attempt backs off. */
  nextAttemptAt?: Instant;
  /** In `accepted`: until when the completion is waited for. */
  completionDueAt?: Instant;
  /** How far the adapter came, serialised; opaque to the fleet. Present from the first message on. */
  progress?: string;
  /** Cancellation was asked for while it was with the device. */
  cancelRequested?: boolean;
  result?: Record<string, unknown>;
  items?: ItemResult[];
  fault?: OperationFault;
  finishedAt?: Instant;
  history: OperationHistoryEntry[];
}

/**
 * Why an operation does not start now (DESIGN decision 11). From `operations/readiness.ts` only: whatever does not start
 * has at least one, whatever starts has none.
 */
export interface WaitingReason {
  code: WaitingReasonCode;
  params?: Record<string, string | number>;
  since: Instant;
  until?: Instant;
  remedy?: string;
}

export type WaitingReasonCode =
  | "awaitingContact"
  | "awaitingWake"
  | "wakeFailed"
  | "inSession"
  | "notBefore"
  | "behindOperation"
  | "backingOff"
  | "awaitingCompletion"
  | "outcomeUnknown"
  | "deviceHeld"
  | "deviceNotAdmitted"
  | "unsupportedByDevice"
  | "queueUnavailable";
