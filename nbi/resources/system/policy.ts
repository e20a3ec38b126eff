import type { Action } from "../../policy.ts";

export const systemPolicy = {
  health: { permission: "system:read" },
  queues: { permission: "system:read" },
  failedJobs: { permission: "system:read" },
  retryJob: { permission: "system:write" },
} as const satisfies Record<string, Action>;
