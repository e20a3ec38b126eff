import type { Action } from "../../policy.ts";

export const parameterPolicy = {
  read: { permission: "parameters:read" },
  searchable: { permission: "devices:read" },
  makeSearchable: { permission: "devices:write" },
  stopSearchable: { permission: "devices:write" },
} as const satisfies Record<string, Action>;
