import { newId, randomToken } from "../../kernel/ids.ts";
import { type Clock, minutes } from "../../kernel/time.ts";
import type { Logger } from "../../platform/log/logger.ts";
import { hashToken } from "../../platform/secrets/tokens.ts";
import type { Collection } from "../../platform/store/port.ts";
import type { NewToken, Token, TokenDocument, TokenPrincipal, Tokens } from "./model.ts";

/** 32 characters of base 32: 160 random bits. */
const RANDOM_CHARACTERS = 32;
const PREFIX = "stw_";
/** How exact `lastUsedAt` is, after the first use. */
const USED_WITHIN = minutes(5);

export const newSecret = (): string => PREFIX + randomToken(RANDOM_CHARACTERS);

const shown = ({ _id, hash: _hash, ...rest }: TokenDocument): Token => ({ id: _id, ...rest }) as Token;

export class StoredTokens implements Tokens {
  readonly #tokens: Collection<TokenDocument>;
  readonly #clock: Clock;
  readonly #log: Logger;

  constructor(tokens: Collection<TokenDocument>, clock: Clock, log: Logger) {
    this.#tokens = tokens;
    this.#clock = clock;
    this.#log = log;
  }

  async create({ name, permissions, expiresAt }: NewToken, by: string): Promise<{ token: Token; secret: string }> {
    const now = this.#clock.now();
    const secret = newSecret();
    const document: TokenDocument = {
      _id: newId(now),
      name,
      hash: hashToken(secret),
      hint: secret.slice(-4),
      permissions: [...permissions],
      createdAt: now,
      createdBy: by,
      ...(expiresAt !== undefined && { expiresAt }),
    };
    await this.#tokens.insertOne(document);
    return { token: shown(document), secret };
  }

  async authenticate(secret: string): Promise<TokenPrincipal | undefined> {
    if (!secret.startsWith(PREFIX) || secret.length !== PREFIX.length + RANDOM_CHARACTERS) return undefined;
    const found = await this.#tokens.gathered.findByKey(hashToken(secret), "hash");
    const now = this.#clock.now();
    if (found === undefined || found.revokedAt !== undefined || (found.expiresAt ?? Number.POSITIVE_INFINITY) <= now)
      return undefined;
    this.#noteUse(found);
    return { tokenId: found._id, name: found.name, permissions: found.permissions };
  }

  async get(id: string): Promise<Token | undefined> {
    const found = await this.#tokens.findOne({ _id: id });
    return found && shown(found);
  }

  async list(): Promise<Token[]> {
    return (await this.#tokens.find({}, { sort: { _id: -1 } }).toArray()).map(shown);
  }

  revoke(id: string, by: string): Promise<boolean> {
    const update = { $set: { revokedAt: this.#clock.now(), revokedBy: by } };
    return this.#tokens.gathered.updateById(id, update, { revokedAt: { $exists: false } });
  }

  /** Nobody waits for it: an answer does not depend on it. */
  #noteUse({ _id, lastUsedAt }: TokenDocument): void {
    const now = this.#clock.now();
    if (lastUsedAt !== undefined && now - lastUsedAt < USED_WITHIN) return;
    this.#tokens.gathered
      .updateById(_id, { $max: { lastUsedAt: now } })
      .catch((error: unknown) => this.#log.warn({ tokenId: _id, error }, "the use of a token could not be noted"));
  }
}
