import { type Duration, type Instant, minutes, seconds } from "../kernel/time.ts";
import type { OperationStore } from "./operations/operation-store.ts";
import { announceMissing, expireOperations, recoverOperations, wakeDue } from "./operations/sweeps.ts";
import { backfill } from "./parameters/backfill.ts";
import type { ParameterStore } from "./parameters/parameter-store.ts";

/** Work that is due again and again, in one process at a time or in several: each run is safe at any moment. */
export interface FleetJob {
  readonly name: string;
  readonly every: Duration;
  /** Resolves to how much there was to do. */
  run(now: Instant): Promise<number>;
}

export const fleetJobs = (operations: OperationStore, parameters: ParameterStore): readonly FleetJob[] => [
  { name: "operations.wake", every: seconds(5), run: (now) => wakeDue(operations, now) },
  { name: "operations.recover", every: seconds(15), run: (now) => recoverOperations(operations, now) },
  { name: "operations.expire", every: seconds(30), run: (now) => expireOperations(operations, now) },
  { name: "operations.announce", every: minutes(5), run: (now) => announceMissing(operations, now) },
  { name: "parameters.backfill", every: seconds(15), run: (now) => backfill(parameters, now) },
];
