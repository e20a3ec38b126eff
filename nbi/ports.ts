import type { Access } from "../fleet/access/model.ts";
import type { DeviceDocument } from "../fleet/devices/model.ts";
import type { Fleet, Page } from "../fleet/door.ts";
import type { Files } from "../fleet/files/index.ts";
import type { ModelServices } from "../fleet/models/index.ts";
import type { ByteCount } from "../kernel/bytes.ts";
import type { Clock, Duration, Instant } from "../kernel/time.ts";
import type { Health } from "../platform/health.ts";
import type { Logger } from "../platform/log/logger.ts";
import type { Metrics } from "../platform/metrics/metrics.ts";
import type { FailedJob, QueueCounts } from "../platform/queue/port.ts";

/** One recorded protocol message; secrets are masked. */
export interface TraceMessage {
  readonly id: string;
  readonly at: Instant;
  readonly sessionId: string;
  readonly direction: "fromDevice" | "toDevice";
  /** Of an answer, where the protocol has such. */
  readonly status?: number;
  readonly text: string;
  /** The text was longer than what is kept. */
  readonly cut?: boolean;
}

/** What a protocol adapter recorded of a device while its trace was on (`acs/trace`). */
export interface TracePort {
  /** Oldest first, after the message `after`. */
  read(deviceId: string, options: { after?: string; limit: number }): Promise<Page<TraceMessage>>;
  clear(deviceId: string): Promise<void>;
}

/** The part of a queue that an operator may look at; any `Queue` is one. */
export interface InspectedQueue {
  readonly name: string;
  counts(): Promise<QueueCounts>;
  failed(limit: number): Promise<FailedJob[]>;
  retry(id: string): Promise<boolean>;
}

/** What the data model says about a parameter. */
export interface ParameterFacts {
  type?: string;
  unit?: string;
  writable?: boolean;
  description?: string;
  /** Facets in words, e.g. `range 1..65535`. */
  limits?: readonly string[];
  /** Its value is never shown. */
  hidden?: boolean;
}

export interface ModelFactsPort {
  /** Facts by path, for those that a model of the device knows. */
  describe(device: DeviceDocument, paths: readonly string[]): Promise<ReadonlyMap<string, ParameterFacts>>;
}

export interface NbiLimits {
  /** Of a JSON body. */
  maxBody: ByteCount;
  /** Arrays and objects within one another. */
  maxDepth: number;
  /** For a JSON body to arrive. */
  bodyTimeout: Duration;
  maxWait: Duration;
  /** Requests that may wait at once; more are answered without waiting. */
  maxWaiting: number;
  /** Per token: sustained requests per second, and how many at once. */
  requestsPerSecond: number;
  requestBurst: number;
  /** Per address: refused authentications per minute before 429. */
  refusalsPerMinute: number;
}

export interface NbiServices {
  fleet: Fleet;
  files: Files;
  access: Access;
  trace: TracePort;
  health: Health;
  metrics: Metrics;
  /** Those that `/system/queues` shows. */
  queues: readonly InspectedQueue[];
  facts?: ModelFactsPort;
  models?: ModelServices;
  clock: Clock;
  log: Logger;
  limits: NbiLimits;
  /** Who may read `/metrics`: anybody, this bearer token, or (by default) an API token with `system:read`. */
  metricsAccess?: "open" | { token: string };
  version: string;
}
