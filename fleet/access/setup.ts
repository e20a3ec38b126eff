import type { Clock, Instant } from "../../kernel/time.ts";
import { hashToken, sameSecret } from "../../platform/secrets/tokens.ts";
import type { Collection, Document } from "../../platform/store/port.ts";
import type { Setup, Token, Tokens } from "./model.ts";
import { newSecret } from "./tokens.ts";

/** One document: whether the setup is open, and the first administrator's token once there is one. */
export interface SetupDocument extends Document {
  /** SHA-256 of the setup token; absent when spent. */
  hash?: string;
  preparedAt: Instant;
  firstTokenId?: string;
}

const ID = "setup";

export class StoredSetup implements Setup {
  readonly #setups: Collection<SetupDocument>;
  readonly #tokens: Tokens;
  readonly #clock: Clock;

  constructor(setups: Collection<SetupDocument>, tokens: Tokens, clock: Clock) {
    this.#setups = setups;
    this.#tokens = tokens;
    this.#clock = clock;
  }

  async prepare(given?: string): Promise<string | undefined> {
    const now = await this.#setups.findOne({ _id: ID });
    if (await this.#isOver(now)) return undefined;
    const setupToken = given ?? newSecret();
    const set = { hash: hashToken(setupToken), preparedAt: this.#clock.now() };
    await this.#setups.updateOne({ _id: ID }, { $set: set }, { upsert: true });
    return setupToken;
  }

  async pending(): Promise<boolean> {
    return (await this.#setups.findOne({ _id: ID }))?.hash !== undefined;
  }

  async consume(setupToken: string, name: string): Promise<{ token: Token; secret: string } | undefined> {
    const hash = (await this.#setups.findOne({ _id: ID }))?.hash;
    if (hash === undefined || !sameSecret(hash, hashToken(setupToken))) return undefined;
    // Spent before anything is made, and by one caller only: of two at once, the other finds nothing.
    const spent = await this.#setups.updateOne({ _id: ID, hash }, { $unset: { hash: true } });
    if (spent.matchedCount === 0) return undefined;
    const made = await this.#tokens.create({ name, permissions: ["*"] }, "setup");
    await this.#setups.updateOne({ _id: ID }, { $set: { firstTokenId: made.token.id } });
    return made;
  }

  async #isOver(setup: SetupDocument | undefined): Promise<boolean> {
    if (setup?.firstTokenId === undefined) return false;
    return (await this.#tokens.get(setup.firstTokenId))?.lastUsedAt !== undefined;
  }
}
