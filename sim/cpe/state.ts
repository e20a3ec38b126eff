import type { Instant } from "../../kernel/time.ts";

/** When a transfer may run; of a ScheduleDownload one of its windows. */
export interface TransferWindow {
  readonly opensAt: Instant;
  /** `Infinity` for a Download or Upload. */
  readonly closesAt: Instant;
  /** How often it is tried again in this window after a failure. */
  readonly retries: number;
}

/** A download or upload that the CPE accepted. */
export interface PendingTransfer {
  readonly commandKey: string;
  readonly kind: "download" | "upload" | "scheduledDownload";
  readonly fileType: string;
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly fileSize: number;
  readonly targetFileName: string;
  readonly windows: readonly TransferWindow[];
  /** TR-069 A.4.1.1: 1 not started, 2 in progress, 3 completed, its TransferComplete still to be acknowledged. */
  state: 1 | 2 | 3;
}

/** What happened to a transfer, for TransferComplete. */
export interface FinishedTransfer {
  readonly faultCode: number;
  readonly faultString: string;
  readonly startTime: string;
  readonly completeTime: string;
}

/** Something that must not happen twice; told to whoever watches. */
export interface Executed {
  readonly serialNumber: string;
  readonly method: string;
  readonly commandKey: string;
  /** A table for AddObject, a URL for transfers. */
  readonly target: string;
  readonly at: Instant;
}

/** dateTime without a fraction, in UTC (TR-106 §3.2.4). */
export const wireTime = (at: Instant): string => `${new Date(at).toISOString().slice(0, 19)}Z`;
