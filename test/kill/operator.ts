import type { StewardProcess } from "../../bench/steward.ts";
import type { Random } from "../fuzz/random.ts";
import { isFinal, listDevices, pause } from "./api.ts";
import type { Ledger } from "./ledger.ts";

/** Orders that are being given at once. */
const LANES = 4;
const BETWEEN_ORDERS = 40;
const BETWEEN_TRIES = 100;

/** An API client that keeps giving orders; an order without an answer is repeated with its idempotency key. */
export class Operator {
  readonly #steward: StewardProcess;
  readonly #ledger: Ledger;
  readonly #random: Random;
  #devices: readonly string[] = [];
  #stopped = false;
  #next = 0;
  #fileId = "";

  constructor(steward: StewardProcess, ledger: Ledger, random: Random) {
    this.#steward = steward;
    this.#ledger = ledger;
    this.#random = random;
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Before anything is killed. */
  async prepare(): Promise<void> {
    this.#devices = (await listDevices(this.#steward)).map(({ id }) => id);
    this.#fileId = await this.#steward.upload("kill-test.cfg", "3 Vendor Configuration File", Buffer.alloc(2_000, "x"));
  }

  /** Resolves after `stop`, when every order has its answer. */
  async work(): Promise<void> {
    await Promise.all(Array.from({ length: LANES }, () => this.#lane()));
  }

  async #lane(): Promise<void> {
    while (!this.#stopped) {
      await this.#order(`kill-${this.#next++}`);
      await pause(BETWEEN_ORDERS);
    }
  }

  #request(): Record<string, unknown> {
    const kinds: readonly Record<string, unknown>[] = [
      { kind: "reboot" },
      { kind: "download", fileType: "3 Vendor Configuration File", fileId: this.#fileId },
      { kind: "upload", fileType: "1 Vendor Configuration File" },
      {
        kind: "create",
        path: "Device.NAT.PortMapping.",
        values: [{ path: "Description", value: `made ${this.#next}` }],
      },
      { kind: "write", values: [{ path: "Device.DeviceInfo.ProvisioningCode", value: `p${this.#next}` }] },
      { kind: "read", paths: ["Device.DeviceInfo."] },
    ];
    return { ...this.#random.pick(kinds), options: { wake: "nextContact" } };
  }

  async #order(key: string): Promise<void> {
    const path = `/api/v1/devices/${this.#random.pick(this.#devices)}/operations`;
    const request = this.#request();
    while (!this.#stopped)
      try {
        const { id } = (await this.#steward.api("POST", path, request, { "Idempotency-Key": key })) as { id: string };
        this.#ledger.operations.set(id, String(request["kind"]));
        return;
      } catch (error) {
        if (isFinal(error)) {
          this.#ledger.surprises.push(String(error));
          return;
        }
        this.#ledger.unanswered += 1;
        await pause(BETWEEN_TRIES);
      }
  }
}
