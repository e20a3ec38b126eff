import type { Action } from "../../policy.ts";

export const credentialPolicy = {
  list: { permission: "credentials:read" },
  put: { permission: "credentials:write" },
  delete: { permission: "credentials:write" },
} as const satisfies Record<string, Action>;

export const credentialActions = { delete: credentialPolicy.delete } as const satisfies Record<string, Action>;
