import type { HandlesOf, MetricTable } from "../platform/metrics/definition.ts";
import type { Metrics } from "../platform/metrics/metrics.ts";
import { operationKinds } from "./operations/kinds.ts";
import { type OperationState, operationMoves } from "./operations/model.ts";

const kinds = Object.keys(operationKinds);
const states = Object.keys(operationMoves) as OperationState[];

const table = {
  contacts: {
    kind: "counter",
    name: "steward_fleet_contacts_total",
    help: "Contacts of devices by what became of them",
    labels: { outcome: ["created", "known", "superseding", "rejected"] },
  },
  created: {
    kind: "counter",
    name: "steward_fleet_operations_created_total",
    help: "Operations taken in, by kind",
    labels: { kind: kinds },
  },
  moved: {
    kind: "counter",
    name: "steward_fleet_operations_moved_total",
    help: "Moves of operations, by kind and the state moved to",
    labels: { kind: kinds, state: states },
  },
} as const satisfies MetricTable;

export type FleetMeters = HandlesOf<typeof table>;

const silent = { add: (): void => undefined };

export const fleetMeters = (metrics: Metrics | undefined): FleetMeters =>
  metrics?.register(table) ?? { contacts: silent, created: silent, moved: silent };
