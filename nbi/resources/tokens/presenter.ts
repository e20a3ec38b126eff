import type { Instant } from "../../../kernel/time.ts";
import { defined } from "../../http/defined.ts";
import { isoOf, toIso } from "../../http/instant.ts";
import { canOf } from "../../policy.ts";
import { type SeenToken, tokenActions } from "./policy.ts";
import type { TokenBody } from "./schema.ts";

export const presentToken = (token: SeenToken, grants: readonly string[], now: Instant): TokenBody =>
  defined({
    id: token.id,
    name: token.name,
    permissions: [...token.permissions],
    hint: token.hint,
    createdAt: toIso(token.createdAt),
    createdBy: token.createdBy,
    expiresAt: isoOf(token.expiresAt),
    revokedAt: isoOf(token.revokedAt),
    revokedBy: token.revokedBy,
    lastUsedAt: isoOf(token.lastUsedAt),
    can: canOf(tokenActions, token, grants, now),
  });
