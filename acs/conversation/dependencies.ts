import type { Fleet } from "../../fleet/door.ts";
import { type Clock, type Duration, minutes, seconds } from "../../kernel/time.ts";
import type { XmlLimits } from "../../kernel/xml/limits.ts";
import type { Logger } from "../../platform/log/logger.ts";
import type { Metrics } from "../../platform/metrics/metrics.ts";
import type { FileLocation, ReceivedFile } from "../procedures/procedure.ts";
import type { QuirkTable } from "../quirks/index.ts";
import type { Trace } from "../trace/index.ts";

/** Where devices get files from and bring them to; `resource.notFound` for a file that is not there. */
export interface FileUrls {
  download(fileId: string, deviceId: string): Promise<FileLocation> | FileLocation;
  upload(deviceId: string, operationId: string, fileType: string): Promise<FileLocation> | FileLocation;
  /** What devices have brought for an operation. */
  received(operationId: string): Promise<readonly ReceivedFile[]>;
}

export interface ConversationLimits {
  /** Added to a session's inactivity timeout for the lease, so that it outlives the session. */
  leaseSlack: Duration;
  /** The longest that one session lasts; what is left waits for the next. */
  total: Duration;
  /** The most RPCs in one session. */
  rpcs: number;
  /** The most requests taken from a CPE in one session. */
  requests: number;
  /** The longest that a reply is held while work is being chosen; CPEs wait 30 s at least. */
  hold: Duration;
  /** How long an ended session is remembered for duplicates. */
  linger: Duration;
  /** The longest SessionTimeout of a CPE that is honoured. */
  maxInactivity: Duration;
  /** What a CPE is told to wait when the store is unavailable, at least. */
  retryAfter: Duration;
}

export const standardLimits: ConversationLimits = {
  leaseSlack: seconds(30),
  total: minutes(10),
  rpcs: 1_000,
  requests: 1_000,
  hold: seconds(20),
  linger: seconds(30),
  maxInactivity: minutes(10),
  retryAfter: seconds(30),
};

export interface ConversationDependencies {
  fleet: Pick<Fleet, "contacts" | "work" | "operations" | "parameters">;
  clock: Clock;
  log: Logger;
  metrics?: Metrics;
  quirks: QuirkTable;
  limits?: Partial<ConversationLimits>;
  xmlLimits?: XmlLimits;
  fileUrls: FileUrls;
  trace?: Trace;
  /** A device made contact because it was called (`6 CONNECTION REQUEST`). */
  onCalled?: (deviceId: string) => Promise<void>;
  /** Hosts that a KickedResponse may send a browser to; others get an empty NextURL. */
  nextUrlHosts?: readonly string[];
}
