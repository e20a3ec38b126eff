import type { Clock, Duration } from "../kernel/time.ts";
import type { Logger } from "../platform/log/logger.ts";
import type { Metrics } from "../platform/metrics/metrics.ts";
import type { Secrets } from "../platform/secrets/secrets.ts";
import type { Store } from "../platform/store/port.ts";
import type { UnknownDevicePolicy } from "./devices/model.ts";
import type { ValidationPort, WakePort } from "./door.ts";

export interface FleetPolicy {
  /** For devices that nobody has told us of. */
  unknownDevices: UnknownDevicePolicy;
  /** Which contacts become events; each is counted in its device. */
  contactEvents: "all" | "notable";
  /** How long events, finished operations and audit entries are kept. */
  retention: { events: Duration; operations: Duration; audit: Duration };
  /** How long an operation may wait when its creator does not say. */
  operationLifetime: Duration;
}

/** What the parts of the fleet are made from. */
export interface FleetDependencies {
  store: Store;
  clock: Clock;
  secrets: Pick<Secrets, "seal" | "open" | "mac">;
  wake: WakePort;
  validation?: ValidationPort;
  /** Whether the queue works; for the reason `queueUnavailable`. */
  queueHealthy?: () => boolean;
  policy: FleetPolicy;
  log: Logger;
  metrics?: Metrics;
}
