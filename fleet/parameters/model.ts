import type { Instant } from "../../kernel/time.ts";
import type { ParameterType } from "../../kernel/value.ts";

export type ValueSource = "inform" | "read" | "discover" | "written";
export type ValueState = "seen" | "stale" | "unconfirmed" | "never";

/** One parameter (or object, with its last dot and without value) of a device, as far as it is known (DESIGN decision 12). */
export interface ParameterRecord {
  readonly path: string;
  readonly type?: ParameterType;
  readonly value?: string;
  /** For objects: whether instances can be created (a table) or this one be deleted. */
  readonly writable?: boolean;
  readonly notification?: number;
  readonly accessList?: readonly string[];
  readonly readAt?: Instant;
  readonly source: ValueSource;
  readonly state: ValueState;
}

/** What a conversation learnt. Absent fields keep what was known. */
export interface ParameterObservation {
  readonly path: string;
  readonly type?: ParameterType;
  readonly value?: string;
  readonly writable?: boolean;
  readonly notification?: number;
  readonly accessList?: readonly string[];
}

export interface ParameterPatch {
  readonly at: Instant;
  readonly source: ValueSource;
  readonly observations: readonly ParameterObservation[];
  /** Subtrees that the observations describe completely: what is known below them and not among the observations is gone. */
  readonly complete?: readonly string[];
  /** Subtrees that no longer exist. */
  readonly removed?: readonly string[];
  /** Values written and accepted, but not read back yet. */
  readonly unconfirmed?: boolean;
}
