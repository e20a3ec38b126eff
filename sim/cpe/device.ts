import { type Duration, type Instant, seconds } from "../../kernel/time.ts";
import { isTrue } from "../../kernel/value.ts";
import type { CpeModel } from "./model.ts";
import { CpeTree } from "./tree.ts";

export interface DeviceOptions {
  readonly model: CpeModel;
  readonly serialNumber: string;
  readonly acsUrl: string;
  readonly interval?: Duration;
}

/** What a CPE is and how it is configured: its tree and the parameters of it that it obeys itself. */
export class CpeDevice {
  readonly tree: CpeTree;
  readonly model: CpeModel;
  readonly serialNumber: string;
  readonly #options: DeviceOptions;
  #bootedAt: Instant = 0;

  constructor(options: DeviceOptions) {
    this.#options = options;
    this.model = options.model;
    this.serialNumber = options.serialNumber;
    this.tree = new CpeTree(options.model);
  }

  /** A parameter below the root; empty when there is none. */
  value(leaf: string): string {
    return this.tree.get(this.model.root + leaf)?.value ?? "";
  }

  put(leaf: string, value: string): void {
    this.tree.set(this.model.root + leaf, value);
  }

  /** Out of the factory: nothing that an ACS or a user changed is left. */
  reset(): void {
    const { acsUrl, interval } = this.#options;
    this.tree.reset();
    this.put("DeviceInfo.SerialNumber", this.serialNumber);
    this.put("ManagementServer.URL", acsUrl);
    if (interval !== undefined)
      this.put("ManagementServer.PeriodicInformInterval", String(Math.max(1, Math.round(interval / 1_000))));
  }

  booted(now: Instant): void {
    this.#bootedAt = now;
  }

  /** Brings the values that move by themselves up to date. */
  refresh(now: Instant): void {
    this.put("DeviceInfo.UpTime", String(Math.max(0, Math.round((now - this.#bootedAt) / 1_000))));
  }

  get acsUrl(): string {
    return this.value("ManagementServer.URL") || this.#options.acsUrl;
  }

  /** `undefined` while periodic Informs are switched off. */
  get periodicInterval(): Duration | undefined {
    if (!isTrue(this.value("ManagementServer.PeriodicInformEnable"))) return undefined;
    return seconds(Number(this.value("ManagementServer.PeriodicInformInterval")) || 300);
  }

  /** The wait before retry n lies between m·(k/1000)^(n-1) and m·(k/1000)^n seconds, n at most 10 (TR-069 §3.2.1.1). */
  retryWait(retryCount: number, random: number): Duration {
    const minimum = Number(this.value("ManagementServer.CWMPRetryMinimumWaitInterval")) || 5;
    const multiplier = (Number(this.value("ManagementServer.CWMPRetryIntervalMultiplier")) || 2_000) / 1_000;
    const low = minimum * multiplier ** (Math.min(retryCount, 10) - 1);
    return seconds(low + low * (multiplier - 1) * random);
  }

  /** What an upload of the configuration holds. */
  configuration(): string {
    return this.tree
      .below("")
      .map((name) => `${name}=${this.tree.get(name)?.value ?? ""}\n`)
      .join("");
  }
}
