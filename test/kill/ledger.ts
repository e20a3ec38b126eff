import type { Acknowledged } from "../../sim/cpe/cpe.ts";
import type { Executed } from "../../sim/cpe/state.ts";

/** What the peers know to be true: what the ACS acknowledged to them, and what they did for it. */
export class Ledger {
  /** Operation ids that the API answered 202 for, with their kind. */
  readonly operations = new Map<string, string>();
  /** Acknowledged Informs per serial number. */
  readonly informs = new Map<string, number>();
  /** Acknowledged `M …` events and TransferCompletes, as `serial code key`. */
  readonly reports = new Set<string>();
  readonly #executed = new Map<string, number>();
  unacknowledged = 0;

  acknowledged({ serialNumber, request, what }: Acknowledged): void {
    if (request === "Inform") this.informs.set(serialNumber, (this.informs.get(serialNumber) ?? 0) + 1);
    for (const one of what)
      if (request === "TransferComplete") this.reports.add(`${serialNumber} transfer ${one}`);
      else if (one.startsWith("M Reboot ")) this.reports.add(`${serialNumber} reboot ${one.slice(9)}`);
  }

  executed({ serialNumber, method, commandKey, target }: Executed): void {
    // A table's row is made by the AddObject of one operation, whose key it carries.
    const what = method === "AddObject" ? target.replace(/\d+\.$/, "") : "";
    const key = `${serialNumber} ${method} ${commandKey} ${what}`.trim();
    this.#executed.set(key, (this.#executed.get(key) ?? 0) + 1);
  }

  executions(method: string): { total: number; repeated: string[] } {
    const mine = [...this.#executed].filter(([key]) => key.split(" ")[1] === method);
    return {
      total: mine.reduce((sum, [, count]) => sum + count, 0),
      repeated: mine.filter(([, count]) => count > 1).map(([key, count]) => `${key} (${count} times)`),
    };
  }

  get informCount(): number {
    return [...this.informs.values()].reduce((sum, count) => sum + count, 0);
  }
}
