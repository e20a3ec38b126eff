import type { Action } from "../../policy.ts";

export const eventPolicy = { list: { permission: "events:read" } } as const satisfies Record<string, Action>;
