import type { DeviceTypeFacts } from "../../datamodels/facts.ts";
import type { ValidationMode } from "../../datamodels/validation/rules.ts";
import type { Instant } from "../../kernel/time.ts";
import type { Document } from "../../platform/store/port.ts";

/** A model as lists show it. */
export interface ModelInfo {
  /** `Device:2.17`, for a device type `Device:2.17~<uuid>`. An imported model hides a shipped one of the same id. */
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly isService: boolean;
  /** Its topmost object, without dot. */
  readonly rootName: string;
  readonly spec: string;
  readonly file: string;
  readonly base?: string;
  readonly deviceType?: DeviceTypeFacts;
  readonly counts: {
    readonly objects: number;
    readonly parameters: number;
    readonly tables: number;
    readonly profiles: number;
  };
  readonly source: "shipped" | "imported";
  readonly importedAt?: Instant;
  readonly importedBy?: string;
}

/** An imported model at rest. */
export interface ModelDocument extends Document {
  info: ModelInfo;
  /** Changes with every import under the same id. */
  revision: string;
  /** The packed model (datamodels/packed) as JSON, brotli. */
  packed: Uint8Array;
}

/** How the writes of a device model are validated, where the device itself does not say. */
export interface ModeDocument extends Document {
  oui: string;
  productClass: string;
  mode: ValidationMode;
}
