import { anything, boolean, instant, integer, list, object, record, text } from "../../http/schema.ts";
import { canSchema } from "../../policy.ts";

const count = integer(0, Number.MAX_SAFE_INTEGER);

export const healthSchema = object(
  { ok: boolean(), version: text(), checks: record(object({ ok: boolean() }, { reason: text({ max: 4096 }) })) },
  {},
  "Health",
);

const queueSchema = object(
  { name: text(), waiting: count, delayed: count, active: count, failed: count },
  { oldestDueAt: instant },
  "Queue",
);
export const queueList = object({ items: list(queueSchema) }, {}, "QueueList");

const failedJobSchema = object(
  { id: text(), data: anything, attempts: count, error: text({ max: 65_536 }), failedAt: instant, can: canSchema },
  {},
  "FailedJob",
);
export const failedJobList = object({ items: list(failedJobSchema) }, {}, "FailedJobList");
export const failedJobQuery = object({}, { limit: { ...integer(1, 1000), default: 100 } });

export const queueName = text({ min: 1, max: 64, pattern: "^[A-Za-z0-9._-]+$" });
export const jobId = text({ min: 1, max: 128, pattern: "^[A-Za-z0-9._-]+$" });
