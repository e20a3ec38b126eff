import type { Recent } from "../../kernel/churn.ts";
import type { Clock, Instant } from "../../kernel/time.ts";
import type { Collection } from "../../platform/store/port.ts";
import type { StoredDevice } from "../devices/stored.ts";
import type { Compactor } from "./compaction.ts";
import type { PatchOrder } from "./order.ts";
import type { Searchables } from "./searchable.ts";
import type { Segments } from "./segments.ts";

/** What the parts of this folder share. */
export interface ParameterStore {
  readonly devices: Collection<StoredDevice>;
  /** As this process left them; whether that still holds, the guard of the next write tells by `revision`. */
  readonly lastWritten: Recent<StoredDevice>;
  readonly segments: Segments;
  readonly searchables: Searchables;
  readonly compactor: Compactor;
  readonly clock: Clock;
  nextOrder(at: Instant): PatchOrder;
}
