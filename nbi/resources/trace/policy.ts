import type { Action } from "../../policy.ts";

export const tracePolicy = {
  read: { permission: "traces:read" },
  start: { permission: "traces:write" },
  stop: { permission: "traces:write" },
  clear: { permission: "traces:write" },
} as const satisfies Record<string, Action>;
