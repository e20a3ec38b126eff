import { type HandlesOf, type MetricTable } from "../../platform/metrics/definition.ts";
import type { Metrics } from "../../platform/metrics/metrics.ts";
import { rpcNames } from "../rpc/index.ts";

/** What the conversations count. */
export const conversationMetrics = {
  sessions: {
    kind: "counter",
    name: "steward_acs_sessions_total",
    help: "CWMP sessions, by how they ended",
    labels: { outcome: ["done", "silent", "superseded", "refused", "broken", "unavailable"] },
  },
  rpcs: {
    kind: "counter",
    name: "steward_acs_rpcs_total",
    help: "RPCs sent to CPEs, by method and by what came back",
    labels: { method: [...rpcNames], outcome: ["sent", "answered", "fault", "unknown"] },
  },
  requests: {
    kind: "counter",
    name: "steward_acs_cpe_requests_total",
    help: "Requests of CPEs within sessions",
    labels: { method: [...rpcNames] },
  },
} as const satisfies MetricTable;

export type ConversationMetrics = HandlesOf<typeof conversationMetrics>;

const nothing = { add: () => undefined };
const unwatched: ConversationMetrics = { sessions: nothing, rpcs: nothing, requests: nothing };

export const registerMetrics = (metrics: Metrics | undefined): ConversationMetrics =>
  metrics ? metrics.register(conversationMetrics) : unwatched;
