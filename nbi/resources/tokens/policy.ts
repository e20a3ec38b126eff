import type { Token } from "../../../fleet/access/model.ts";
import type { Action } from "../../policy.ts";

export const tokenPolicy = {
  me: { permission: "authenticated" },
  list: { permission: "tokens:read" },
  create: { permission: "tokens:write" },
  revoke: { permission: "tokens:write" },
} as const satisfies Record<string, Action>;

/** `isLastAdministrator`: no other token may do everything for good. Nobody could ever make one again without it. */
export interface SeenToken extends Token {
  readonly isLastAdministrator: boolean;
}

const isAdministrator = ({ permissions, expiresAt, revokedAt }: Token): boolean =>
  permissions.includes("*") && expiresAt === undefined && revokedAt === undefined;

/** Each of all tokens beside the others. */
export function seenTogether(tokens: readonly Token[]): SeenToken[] {
  const isAlone = tokens.filter(isAdministrator).length === 1;
  return tokens.map((token) => ({ ...token, isLastAdministrator: isAlone && isAdministrator(token) }));
}

export const tokenActions = {
  revoke: {
    ...tokenPolicy.revoke,
    refusal({ revokedAt, isLastAdministrator }) {
      if (revokedAt !== undefined) return "it is revoked already";
      return isLastAdministrator ? "it is the last one that may do everything: make another first" : undefined;
    },
  },
} as const satisfies Record<string, Action<SeenToken>>;
