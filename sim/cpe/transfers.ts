import { fault } from "../../acs/rpc/faults.ts";
import { seconds, type Timer } from "../../kernel/time.ts";
import type { TransferQueue } from "./rpcs/context.ts";
import { type FinishedTransfer, type PendingTransfer, wireTime } from "./state.ts";
import type { Tasks } from "./tasks.ts";
import { carryOut, type TransferOutcome, type TransferTools } from "./transfer.ts";

export interface TransfersOptions extends TransferTools {
  readonly tasks: Tasks;
  /** A fault that was ordered for the next outcome. */
  readonly orderedFault: () => number | undefined;
  /** A transfer that was answered with Status 1 came to its end. */
  readonly finished: (transfer: PendingTransfer, outcome: TransferOutcome) => void;
  /** New firmware is in place. */
  readonly applied: (version: string) => void;
}

const RETRY_WAIT = seconds(5);

/** The transfers that a CPE accepted, from the RPC to the acknowledged TransferComplete (TR-069 A.3.2.8). */
export class Transfers implements TransferQueue {
  readonly #options: TransfersOptions;
  readonly #timers = new Map<PendingTransfer, Timer>();
  #pending: PendingTransfer[] = [];
  /** Ended by a factory reset and by `stop`. */
  #life: AbortController | undefined;

  constructor(options: TransfersOptions) {
    this.#options = options;
  }

  get pending(): readonly PendingTransfer[] {
    return this.#pending;
  }

  accept(transfer: PendingTransfer): void {
    this.#pending.push(transfer);
  }

  async runNow(transfer: PendingTransfer): Promise<FinishedTransfer> {
    const { finished, firmwareVersion } = await this.#attempt(transfer);
    if (firmwareVersion !== undefined) this.#options.applied(firmwareVersion);
    return finished;
  }

  cancel(commandKey: string): boolean {
    const meant = this.#pending.filter((transfer) => transfer.commandKey === commandKey);
    if (meant.some(({ state }) => state !== 1)) return false;
    for (const transfer of meant) this.remove(transfer);
    return true;
  }

  remove(transfer: PendingTransfer): void {
    this.#timers.get(transfer)?.cancel();
    this.#timers.delete(transfer);
    this.#pending = this.#pending.filter((other) => other !== transfer);
  }

  /** The session is over: what waits gets its timer. */
  schedule(): void {
    const { clock, tasks } = this.#options;
    for (const transfer of this.#pending) {
      if (transfer.state !== 1 || this.#timers.has(transfer)) continue;
      const delay = Math.max(0, (transfer.windows[0]?.opensAt ?? 0) - clock.now());
      this.#timers.set(
        transfer,
        tasks.later(delay, () => this.#run(transfer)),
      );
    }
  }

  /** Carries out what is due, within the session. */
  async runDue(): Promise<void> {
    const now = this.#options.clock.now();
    for (const transfer of this.#pending)
      if (transfer.state === 1 && transfer.windows.some(({ opensAt }) => opensAt <= now)) await this.#run(transfer);
  }

  /** Forgets all of them. */
  clear(): void {
    this.#life?.abort();
    this.#life = undefined;
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
    this.#pending = [];
  }

  async #run(transfer: PendingTransfer): Promise<void> {
    transfer.state = 2;
    const outcome = await this.#withinWindows(transfer);
    if (!this.#pending.includes(transfer)) return;
    transfer.state = 3;
    this.#options.finished(transfer, outcome);
  }

  async #withinWindows(transfer: PendingTransfer): Promise<TransferOutcome> {
    const { clock, tasks } = this.#options;
    let outcome = this.#failed(9020);
    for (const { opensAt, closesAt, retries } of transfer.windows) {
      if (clock.now() < opensAt) await tasks.wait(opensAt - clock.now());
      for (let attempt = 0; attempt <= retries && clock.now() <= closesAt; attempt++) {
        if (attempt > 0) await tasks.wait(RETRY_WAIT);
        outcome = await this.#attempt(transfer);
        if (outcome.finished.faultCode === 0) return outcome;
      }
    }
    return outcome;
  }

  async #attempt(transfer: PendingTransfer): Promise<TransferOutcome> {
    const ordered = this.#options.orderedFault();
    if (ordered !== undefined) return this.#failed(ordered);
    this.#life ??= new AbortController();
    return carryOut(transfer, this.#options, this.#life.signal);
  }

  #failed(code: number): TransferOutcome {
    const now = wireTime(this.#options.clock.now());
    return {
      finished: { faultCode: code, faultString: fault(code).faultString, startTime: now, completeTime: now },
    };
  }
}
