import { createHash } from "node:crypto";
import type { StewardProcess } from "../../bench/steward.ts";
import type { Random } from "../fuzz/random.ts";
import { isFinal, listDevices, pause, refusal } from "./api.ts";
import type { Ledger } from "./ledger.ts";

const BETWEEN_CHORES = 60;
const ANSWER_WITHIN = 10_000;

/** An API client that does all but give orders: it stores files, makes tokens, sets credentials and tags, and cancels. */
export class Clerk {
  readonly #steward: StewardProcess;
  readonly #ledger: Ledger;
  readonly #random: Random;
  readonly #chores: readonly (() => Promise<void>)[];
  #devices: readonly string[] = [];
  #stopped = false;
  #next = 0;

  constructor(steward: StewardProcess, ledger: Ledger, random: Random) {
    this.#steward = steward;
    this.#ledger = ledger;
    this.#random = random;
    this.#chores = [
      () => this.#storeFile(),
      () => this.#makeToken(),
      () => this.#setCredential(),
      () => this.#tag(),
      () => this.#cancel(),
    ];
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Before anything is killed. */
  async prepare(): Promise<void> {
    this.#devices = (await listDevices(this.#steward)).map(({ id }) => id);
  }

  /** What gets no answer is not repeated: it may have happened or not. */
  async work(): Promise<void> {
    while (!this.#stopped) {
      this.#next += 1;
      try {
        await within(ANSWER_WITHIN, this.#random.pick(this.#chores)());
      } catch (error) {
        if (isFinal(error)) this.#ledger.surprises.push(String(error));
        else this.#ledger.unanswered += 1;
      }
      await pause(BETWEEN_CHORES);
    }
  }

  async #storeFile(): Promise<void> {
    const content = this.#random.bytes(1 + this.#random.below(20_000));
    const id = await this.#steward.upload(`clerk-${this.#next}.bin`, "2 Web Content", content);
    this.#ledger.files.set(id, createHash("sha256").update(content).digest("hex"));
  }

  async #makeToken(): Promise<void> {
    const body = { name: `clerk-${this.#next}`, permissions: ["devices:*"] };
    const { secret } = (await this.#steward.api("POST", "/api/v1/tokens", body)) as { secret: string };
    this.#ledger.tokens.push(secret);
  }

  async #setCredential(): Promise<void> {
    const deviceId = this.#random.pick(this.#devices);
    const username = `user-${this.#next}`;
    await this.#set(`credential ${deviceId}`, username, () =>
      this.#steward.api("PUT", "/api/v1/credentials", {
        scope: { deviceId },
        purpose: "connectionRequest",
        username,
        secret: `secret-${this.#next}`,
      }),
    );
  }

  async #tag(): Promise<void> {
    const deviceId = this.#random.pick(this.#devices);
    const tag = `tag-${this.#next}`;
    await this.#set(`tag ${deviceId}`, tag, () =>
      this.#steward.api("PATCH", `/api/v1/devices/${deviceId}`, { tags: [tag] }),
    );
  }

  async #set(key: string, value: string, call: () => Promise<unknown>): Promise<void> {
    this.#ledger.settings.asked(key, value);
    await call();
    this.#ledger.settings.acknowledged(key, value);
  }

  /** One of the operations that were acknowledged last; that it is finished by now is no surprise. */
  async #cancel(): Promise<void> {
    const id = [...this.#ledger.operations.keys()].slice(-8)[this.#random.below(8)];
    if (id === undefined) return;
    try {
      const { state } = (await this.#steward.api("POST", `/api/v1/operations/${id}/cancel`)) as { state: string };
      if (state === "cancelled") this.#ledger.cancelled.add(id);
    } catch (error) {
      if (refusal(error) !== 409) throw error;
    }
  }
}

const within = <T>(milliseconds: number, work: Promise<T>): Promise<T> => {
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error("no answer in time")), milliseconds).unref();
  });
  return Promise.race([work, late]);
};
