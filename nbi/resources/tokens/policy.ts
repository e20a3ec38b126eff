import type { Token } from "../../../fleet/access/model.ts";
import type { Action } from "../../policy.ts";

export const tokenPolicy = {
  me: { permission: "authenticated" },
  list: { permission: "tokens:read" },
  create: { permission: "tokens:write" },
  revoke: { permission: "tokens:write" },
} as const satisfies Record<string, Action>;

export const tokenActions = {
  revoke: {
    ...tokenPolicy.revoke,
    refusal: ({ revokedAt }) => (revokedAt === undefined ? undefined : "it is revoked already"),
  },
} as const satisfies Record<string, Action<Token>>;
