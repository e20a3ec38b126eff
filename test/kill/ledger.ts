import type { Acknowledged } from "../../sim/cpe/cpe.ts";
import type { Executed } from "../../sim/cpe/state.ts";

/** Events that every Inform with this code leaves behind. */
const eventOfCode: Readonly<Record<string, string>> = {
  "0 BOOTSTRAP": "device.bootstrapped",
  "1 BOOT": "device.booted",
};

/** What the peers know to be true: what Steward acknowledged to them, and what they did for it. */
export class Ledger {
  /** Operation ids that the API answered for, with their kind. */
  readonly operations = new Map<string, string>();
  /** Operation ids whose cancellation was answered with `cancelled`. */
  readonly cancelled = new Set<string>();
  /** SHA-256 of the content, by file id. */
  readonly files = new Map<string, string>();
  /** Secrets of API tokens. */
  readonly tokens: string[] = [];
  readonly settings = new Settings();
  /** How many events of a type Steward owes, as `serial type`. */
  readonly owed = new Map<string, number>();
  /** Acknowledged TransferCompletes, as `serial commandKey`. */
  readonly transfers = new Set<string>();
  /** CommandKeys of reboots that `M Reboot` told of, and Steward acknowledged. */
  readonly reboots = new Set<string>();
  readonly #executed = new Map<string, number>();
  /** A reported failure allows the same transfer once more. */
  readonly #failedTransfers = new Map<string, number>();
  /** Requests to the API that got no answer, or 503. */
  unanswered = 0;
  /** Answers of the API that nobody should get. */
  readonly surprises: string[] = [];

  acknowledged({ serialNumber, request, what, faultCode }: Acknowledged): void {
    if (request === "Inform") {
      add(this.owed, `${serialNumber} Inform`);
      for (const event of what) {
        const type = eventOfCode[event];
        if (type !== undefined) add(this.owed, `${serialNumber} ${type}`);
        if (event.startsWith("M Reboot ")) this.reboots.add(event.slice("M Reboot ".length));
      }
    }
    if (request !== "TransferComplete") return;
    for (const key of what) {
      this.transfers.add(`${serialNumber} ${key}`);
      if (faultCode !== 0) add(this.#failedTransfers, key);
    }
  }

  executed({ serialNumber, method, commandKey, target }: Executed): void {
    // A table's row is made by the AddObject of one operation, whose key it carries.
    const what = method === "AddObject" ? target.replace(/\d+\.$/, "") : "";
    add(this.#executed, `${serialNumber} ${method} ${commandKey} ${what}`.trim());
  }

  /** How often CPEs carried `method` out, and what of it was repeated without a reason. */
  executions(method: string): { total: number; excused: number; repeated: { what: string; key: string }[] } {
    const repeated: { what: string; key: string }[] = [];
    let total = 0;
    let excused = 0;
    for (const [what, count] of this.#executed) {
      const [, name, key = ""] = what.split(" ");
      if (name !== method) continue;
      total += count;
      const allowed = 1 + (this.#failedTransfers.get(key) ?? 0);
      excused += Math.min(count, allowed) - 1;
      if (count > allowed) repeated.push({ what: `${what} (${count} times)`, key });
    }
    return { total, excused, repeated };
  }

  /** CommandKeys (and ParameterKeys) that CPEs carried `method` out for. */
  keysOf(method: string): Set<string> {
    const keys = [...this.#executed.keys()].map((what) => what.split(" "));
    return new Set(keys.filter(([, name]) => name === method).map(([, , key = ""]) => key));
  }

  owedOf(type: string): number {
    let sum = 0;
    for (const [key, count] of this.owed) if (key.endsWith(` ${type}`)) sum += count;
    return sum;
  }
}

/** Values that replace each other: which of them may be in force, given what was answered and what was only asked for. */
export class Settings {
  readonly #allowed = new Map<string, Set<string>>();

  asked(key: string, value: string): void {
    const allowed = this.#allowed.get(key) ?? new Set([""]);
    this.#allowed.set(key, allowed.add(value));
  }

  acknowledged(key: string, value: string): void {
    this.#allowed.set(key, new Set([value]));
  }

  get keys(): string[] {
    return [...this.#allowed.keys()];
  }

  allows(key: string, value: string): boolean {
    return this.#allowed.get(key)?.has(value) === true;
  }
}

const add = (counts: Map<string, number>, key: string): void => {
  counts.set(key, (counts.get(key) ?? 0) + 1);
};
