import { durationBuckets, type HandlesOf, type MetricTable } from "../../platform/metrics/definition.ts";
import { overloadReasons } from "./admission.ts";

const statuses = [
  "200",
  "204",
  "206",
  "304",
  "400",
  "401",
  "403",
  "404",
  "405",
  "408",
  "413",
  "415",
  "416",
  "500",
  "503",
] as const;

/** What the CWMP listener and its file server count. */
export const listenerMetrics = {
  requests: {
    kind: "counter",
    name: "steward_acs_requests_total",
    help: "Requests of CPEs, by what they carried and how they were answered",
    labels: { carried: ["inform", "empty", "other", "unread", "file"], status: statuses },
  },
  duration: {
    kind: "histogram",
    name: "steward_acs_request_seconds",
    help: "From a request's header to its answer",
    buckets: durationBuckets,
  },
  received: { kind: "counter", name: "steward_acs_received_bytes_total", help: "Bytes of CWMP bodies, as sent" },
  overloaded: {
    kind: "counter",
    name: "steward_acs_overloaded_total",
    help: "Requests answered 503 because of a limit",
    labels: { limit: overloadReasons },
  },
  authentication: {
    kind: "counter",
    name: "steward_acs_authentication_total",
    help: "Outcomes of HTTP authentication",
    labels: { outcome: ["proved", "missing", "wrong", "stale", "basicRefused", "unusable", "blocked", "looping"] },
  },
  inFlight: { kind: "gauge", name: "steward_acs_in_flight", help: "CWMP messages that are worked on" },
} as const satisfies MetricTable;

export type ListenerMetrics = HandlesOf<typeof listenerMetrics>;
