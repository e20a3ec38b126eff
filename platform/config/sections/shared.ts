import { days, hours, milliseconds, minutes, seconds } from "../../../kernel/time.ts";
import type { ProcessName, SettingTable } from "../setting.ts";
import { duration, integer, listen, listOf, oneOf, path, secretOf, text, url } from "../types.ts";

const every = ["acs", "worker", "nbi", "ipdr", "all"] as const satisfies readonly ProcessName[];

/** What every process needs: data, engines, secrets, logs, shutdown. */
export const sharedSettings = {
  dataDir: {
    name: "STEWARD_DATA_DIR",
    type: path,
    default: "./data",
    doc: "Folder of the embedded store, of stored files and of the generated secret key.",
    processes: every,
  },
  "store.mongodbUrl": {
    name: "STEWARD_MONGODB_URL",
    type: url("mongodb", "mongodb+srv"),
    doc: "MongoDB, FerretDB 2 or DocumentDB. Absent: the embedded store in the data folder.",
    secret: true,
    processes: every,
  },
  "store.mongodbDatabase": {
    name: "STEWARD_MONGODB_DATABASE",
    type: text,
    default: "steward",
    doc: "The database's name at the MongoDB server.",
    processes: every,
  },
  "queue.redisUrl": {
    name: "STEWARD_REDIS_URL",
    type: url("redis", "rediss"),
    doc: "Redis for the job queue. Absent: the queue lives in the store.",
    secret: true,
    processes: every,
  },
  "queue.prefix": {
    name: "STEWARD_QUEUE_PREFIX",
    type: text,
    default: "steward",
    doc: "What the queue's keys in Redis (or its collections in the store) start with.",
    processes: every,
  },
  "queue.lease": {
    name: "STEWARD_QUEUE_LEASE",
    type: duration(seconds(1), minutes(30)),
    default: "30s",
    doc: "How long a job stays with a worker that gives no sign of life, before another takes it.",
    processes: ["worker", "all"],
  },
  "secrets.key": {
    name: "STEWARD_SECRET_KEY",
    type: secretOf(32),
    doc: "Seals the secrets at rest and signs URLs and nonces. Absent: generated once into the data folder (mode 0600). Needed when several processes share a MongoDB server.",
    secret: true,
    processes: every,
  },
  "secrets.previousKeys": {
    name: "STEWARD_SECRET_KEY_PREVIOUS",
    type: listOf(secretOf(32)),
    default: "",
    doc: "Earlier secret keys, which still open what they sealed.",
    secret: true,
    processes: every,
  },
  "log.level": {
    name: "STEWARD_LOG_LEVEL",
    type: oneOf("trace", "debug", "info", "warn", "error", "fatal", "silent"),
    default: "info",
    doc: "The least severe log lines that are written.",
    processes: every,
  },
  "log.format": {
    name: "STEWARD_LOG_FORMAT",
    type: oneOf("json", "pretty"),
    default: "json",
    doc: "One JSON object per line, or lines for a reader at a terminal.",
    processes: every,
  },
  "metrics.listen": {
    name: "STEWARD_METRICS_LISTEN",
    type: listen,
    doc: "A listener of its own for /metrics, /healthz and /readyz, without authentication. Absent: none; the API listener serves them.",
    processes: every,
  },
  drainDeadline: {
    name: "STEWARD_DRAIN_DEADLINE",
    type: duration(seconds(0), minutes(60)),
    default: "30s",
    doc: "How long live sessions and running jobs may take to finish after SIGTERM.",
    processes: every,
  },
  "retention.events": {
    name: "STEWARD_RETENTION_EVENTS",
    type: duration(hours(1), days(3650)),
    default: "90d",
    doc: "How long events are kept.",
    processes: every,
  },
  "retention.operations": {
    name: "STEWARD_RETENTION_OPERATIONS",
    type: duration(hours(1), days(3650)),
    default: "90d",
    doc: "How long finished operations are kept.",
    processes: every,
  },
  "retention.audit": {
    name: "STEWARD_RETENTION_AUDIT",
    type: duration(days(1), days(3650)),
    default: "365d",
    doc: "How long audit entries are kept.",
    processes: every,
  },
  "retention.traces": {
    name: "STEWARD_RETENTION_TRACES",
    type: duration(minutes(1), days(365)),
    default: "7d",
    doc: "How long recorded protocol traces are kept.",
    processes: every,
  },
  "worker.concurrency": {
    name: "STEWARD_WORKER_CONCURRENCY",
    type: integer(1, 1000),
    default: "32",
    doc: "How many jobs of one queue a worker process runs at once.",
    processes: ["worker", "all"],
  },
  "store.commitDelay": {
    name: "STEWARD_STORE_COMMIT_DELAY",
    type: duration(milliseconds(0), milliseconds(100)),
    default: "2ms",
    doc: "How long the embedded store gathers writes before it commits them together.",
    processes: every,
  },
} as const satisfies SettingTable;
