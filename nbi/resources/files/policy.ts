import type { Action, Policy } from "../../policy.ts";

/** What decides about a file beside permissions. */
export interface FileState {
  readonly isInUse: boolean;
}

export const filePolicy = {
  list: { permission: "files:read" },
  get: { permission: "files:read" },
  download: { permission: "files:read" },
  create: { permission: "files:write" },
  delete: {
    permission: "files:write",
    refusal: ({ isInUse }: FileState) => (isInUse ? "an open operation uses this file" : undefined),
  },
} as const satisfies Record<string, Action<FileState>>;

export const fileActions: Policy<FileState> = { download: filePolicy.download, delete: filePolicy.delete };
