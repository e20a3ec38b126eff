import type { Action } from "../../policy.ts";

export const auditPolicy = { list: { permission: "audit:read" } } as const satisfies Record<string, Action>;
