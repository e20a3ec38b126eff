import type { Clock, Duration } from "../../kernel/time.ts";
import type { Logger } from "../../platform/log/logger.ts";
import type { FleetCollections } from "../schema.ts";
import { AuditLog } from "./audit.ts";
import type { Access } from "./model.ts";
import { StoredSetup } from "./setup.ts";
import { StoredTokens } from "./tokens.ts";

export type {
  Access,
  Audit,
  AuditDocument,
  AuditInput,
  AuditQuery,
  NewToken,
  Setup,
  Token,
  TokenPrincipal,
  Tokens,
} from "./model.ts";

export function createAccess(
  collections: FleetCollections,
  clock: Clock,
  auditRetention: Duration,
  log: Logger,
): Access {
  const tokens = new StoredTokens(collections.tokens, clock, log);
  return {
    tokens,
    setup: new StoredSetup(collections.setups, tokens, clock),
    audit: new AuditLog(collections.audit, auditRetention),
  };
}
