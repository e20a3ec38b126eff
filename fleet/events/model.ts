import type { Instant } from "../../kernel/time.ts";
import type { Document } from "../../platform/store/port.ts";

/** What an operator would ask about. The type names what happened, in the past tense. */
export type EventType =
  | "device.created"
  | "device.bound"
  | "device.quarantined"
  | "device.rejected"
  | "device.updated"
  | "device.deleted"
  | "device.contacted"
  | "device.bootstrapped"
  | "device.booted"
  | "device.identityCloned"
  | "parameter.changed"
  | "diagnostics.completed"
  | "transfer.completed"
  | "transfer.autonomous"
  | "transfer.requested"
  | "software.changed"
  | "software.changedAutonomously"
  | "user.kicked"
  | "request.received"
  | "session.failed"
  | "wake.succeeded"
  | "wake.failed"
  | "operation.created"
  | "operation.finished"
  | "file.created"
  | "file.deleted"
  | "file.uploadedByDevice"
  | "authentication.failed";

/** Append-only; `_id` is time-ordered (kernel/ids), which is the order of the log. */
export interface EventDocument extends Document {
  type: EventType;
  at: Instant;
  deviceId?: string;
  operationId?: string;
  sessionId?: string;
  severity: "info" | "warning" | "error";
  data: Record<string, unknown>;
  /** For the retention index. */
  expiresAt: Date;
}
