import type { Action } from "../../policy.ts";

export const filePolicy = {
  list: { permission: "files:read" },
  get: { permission: "files:read" },
  download: { permission: "files:read" },
  create: { permission: "files:write" },
  delete: { permission: "files:write" },
} as const satisfies Record<string, Action>;

export const fileActions = { download: filePolicy.download, delete: filePolicy.delete } as const satisfies Record<
  string,
  Action
>;
