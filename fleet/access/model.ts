import type { Instant } from "../../kernel/time.ts";
import type { Document } from "../../platform/store/port.ts";
import type { Page } from "../door.ts";

/** `*`, an area (`devices:*`) or one permission (`devices:read`); which exist is the northbound API's business. */
export type Grant = string;

/** An API token as it is stored: only the hash of what was shown once. */
export interface TokenDocument extends Document {
  name: string;
  /** SHA-256 of the whole token, in hexadecimal. */
  hash: string;
  /** Its last four characters, to tell tokens apart. */
  hint: string;
  permissions: Grant[];
  createdAt: Instant;
  createdBy: string;
  expiresAt?: Instant;
  revokedAt?: Instant;
  revokedBy?: string;
  /** Exact for the first use, then to a few minutes. */
  lastUsedAt?: Instant;
}

/** What may be shown of a token. */
export interface Token {
  readonly id: string;
  readonly name: string;
  readonly hint: string;
  readonly permissions: readonly Grant[];
  readonly createdAt: Instant;
  readonly createdBy: string;
  readonly expiresAt?: Instant;
  readonly revokedAt?: Instant;
  readonly revokedBy?: string;
  readonly lastUsedAt?: Instant;
}

export interface NewToken {
  name: string;
  permissions: readonly Grant[];
  expiresAt?: Instant;
}

/** Whom a token proves. */
export interface TokenPrincipal {
  readonly tokenId: string;
  readonly name: string;
  readonly permissions: readonly Grant[];
}

export interface Tokens {
  /** `secret` is the token itself; it cannot be had again. */
  create(token: NewToken, by: string): Promise<{ token: Token; secret: string }>;
  /** `undefined`: unknown, expired or revoked. One gathered read. */
  authenticate(secret: string): Promise<TokenPrincipal | undefined>;
  get(id: string): Promise<Token | undefined>;
  /** Newest first, revoked ones too. */
  list(): Promise<Token[]>;
  /** `false`: there is none, or it was revoked before. */
  revoke(id: string, by: string): Promise<boolean>;
}

/** The first start: whoever holds the setup token makes the first administrator, once. */
export interface Setup {
  /**
   * Called at start. Resolves to the setup token to show (`given`, or a new one), or to `undefined` when the setup is
   * over. It is over once the first administrator's token has been used: one that was made but lost in a crash does not
   * lock everybody out.
   */
  prepare(given?: string): Promise<string | undefined>;
  pending(): Promise<boolean>;
  /** `undefined`: the setup token is wrong or spent. */
  consume(setupToken: string, name: string): Promise<{ token: Token; secret: string } | undefined>;
}

export interface AuditInput {
  at: Instant;
  /** Who: a token's name or id, `setup`, or a part of Steward. */
  by: string;
  tokenId?: string;
  /** What, as `resource.verb` (`devices.update`). */
  action: string;
  /** On what: a resource's id. */
  target?: string;
  requestId?: string;
  remoteAddress?: string;
  outcome: "done" | "refused" | "failed";
  /** Never a secret. */
  details?: Record<string, unknown>;
}

export interface AuditDocument extends Document, Readonly<AuditInput> {
  _id: string;
  expiresAt: Date;
}

export interface AuditQuery {
  by?: string;
  action?: string;
  target?: string;
  cursor?: string;
  limit: number;
}

export interface Audit {
  append(entry: AuditInput): Promise<void>;
  /** Newest first. */
  list(query: AuditQuery): Promise<Page<AuditDocument>>;
}

export interface Access {
  readonly tokens: Tokens;
  readonly setup: Setup;
  readonly audit: Audit;
}
