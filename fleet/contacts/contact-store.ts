import type { Collection } from "../../platform/store/port.ts";
import type { FleetDependencies } from "../dependencies.ts";
import type { StoredDevice } from "../devices/stored.ts";
import type { EventLog } from "../events/events.ts";
import type { FleetMeters } from "../metrics.ts";
import type { OperationStore } from "../operations/operation-store.ts";
import type { ParameterStore } from "../parameters/parameter-store.ts";
import type { RejectionLimiter } from "./rejections.ts";

/** What the parts of this folder share. */
export interface ContactStore extends Pick<FleetDependencies, "policy" | "log" | "wake" | "clock"> {
  readonly devices: Collection<StoredDevice>;
  readonly events: EventLog;
  readonly parameters: ParameterStore;
  readonly operations: OperationStore;
  readonly rejections: RejectionLimiter;
  readonly meters: FleetMeters;
  /** Moves a device's own credentials from one endpoint key to another; harmless when it is done again. */
  readonly rebindCredentials: (from: string, to: string) => Promise<void>;
}
