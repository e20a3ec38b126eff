import type { StewardProcess } from "../../bench/steward.ts";
import type { Random } from "../fuzz/random.ts";
import type { Ledger } from "./ledger.ts";

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

  async work(): Promise<void> {
    this.#devices = await listDevices(this.#steward);
    this.#fileId = await this.#steward.upload("kill-test.cfg", "3 Vendor Configuration File", Buffer.alloc(2_000, "x"));
    while (!this.#stopped) {
      await this.#order(`kill-${this.#next++}`);
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
  }

  #request(): Record<string, unknown> {
    const kinds: readonly Record<string, unknown>[] = [
      { kind: "reboot" },
      { kind: "download", fileType: "3 Vendor Configuration File", fileId: this.#fileId },
      {
        kind: "create",
        path: "Device.NAT.PortMapping.",
        values: [{ path: "Description", value: `made ${this.#next}` }],
      },
      { kind: "write", values: [{ path: "Device.DeviceInfo.ProvisioningCode", value: `p${this.#next}` }] },
      { kind: "read", paths: ["Device.DeviceInfo."] },
    ];
    // One attempt: what is carried out again is then never a retry after a fault that the CPE reported.
    return { ...this.#random.pick(kinds), options: { wake: "nextContact", maxAttempts: 1 } };
  }

  async #order(key: string): Promise<void> {
    const path = `/api/v1/devices/${this.#random.pick(this.#devices)}/operations`;
    const request = this.#request();
    for (let attempt = 0; attempt < 200 && !this.#stopped; attempt++)
      try {
        const { id } = (await this.#steward.api("POST", path, request, { "Idempotency-Key": key })) as { id: string };
        this.#ledger.operations.set(id, String(request["kind"]));
        return;
      } catch (error) {
        if (/: (?:4\d\d) /.test(String(error))) throw error;
        this.#ledger.unacknowledged += 1;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
  }
}

export async function listDevices(steward: StewardProcess): Promise<string[]> {
  return (await everything<{ id: string }>(steward, "/api/v1/devices?limit=200")).map(({ id }) => id);
}

/** All pages of a list. */
export async function everything<T>(steward: StewardProcess, path: string): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const page = (await steward.api(
      "GET",
      cursor === undefined ? path : `${path}&cursor=${encodeURIComponent(cursor)}`,
    )) as { items: T[]; next?: string };
    items.push(...page.items);
    cursor = page.next;
  } while (cursor !== undefined);
  return items;
}
