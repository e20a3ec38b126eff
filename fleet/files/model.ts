import type { ByteCount } from "../../kernel/bytes.ts";
import type { Instant } from "../../kernel/time.ts";
import type { Document } from "../../platform/store/port.ts";

/** Devices that a file is meant for; every field given must match. */
export interface FileFit {
  readonly manufacturer?: string;
  readonly oui?: string;
  readonly productClass?: string;
  readonly modelName?: string;
  readonly hardwareVersion?: string;
}

/** What is known about a stored file. Its content lies on disk and never changes: another content is another file. */
export interface FileDocument extends Document {
  /** As given by who stored it; without directories. For display and as the last part of download URLs. */
  name: string;
  /** In the words of the protocol that will transfer it, e.g. `1 Firmware Upgrade Image`. */
  fileType: string;
  version?: string;
  /** Empty or absent: for any device. */
  fits?: FileFit[];
  size: ByteCount;
  /** Lower-case hexadecimal; also the strong entity tag. */
  sha256: string;
  createdAt: Instant;
  createdBy: string;
  /** For a file that a device sent: who, and for which operation. */
  deviceId?: string;
  operationId?: string;
}

export interface NewFile {
  name: string;
  fileType: string;
  version?: string;
  fits?: readonly FileFit[];
  /** Checked against what arrives, when given. */
  expectedSize?: ByteCount;
  expectedSha256?: string;
  deviceId?: string;
  operationId?: string;
}

export interface FileQuery {
  fileType?: string;
  name?: string;
  deviceId?: string;
  operationId?: string;
  cursor?: string;
  limit: number;
}

/** Both ends included, as in HTTP. */
export interface ByteRange {
  readonly start: ByteCount;
  readonly end: ByteCount;
}
