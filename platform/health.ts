import type { Clock, Duration } from "../kernel/time.ts";

/** Rejects (or takes too long) when its part cannot do its work now. */
export type HealthCheck = () => Promise<void>;

export interface HealthReport {
  readonly ok: boolean;
  readonly checks: Readonly<Record<string, { ok: boolean; reason?: string }>>;
}

/**
 * What /healthz and /readyz show. Liveness: the process answers at all. Readiness: it has started, is not draining, and
 * every named check passes; a check that takes longer than `timeout` fails.
 */
export class Health {
  readonly #checks = new Map<string, HealthCheck>();
  readonly #clock: Clock;
  readonly #timeout: Duration;
  #phase: "starting" | "running" | "draining" = "starting";

  constructor(clock: Clock, timeout: Duration) {
    this.#clock = clock;
    this.#timeout = timeout;
  }

  add(name: string, check: HealthCheck): void {
    this.#checks.set(name, check);
  }

  enter(phase: "starting" | "running" | "draining"): void {
    this.#phase = phase;
  }

  async readiness(): Promise<HealthReport> {
    const results = await Promise.all(
      [...this.#checks].map(async ([name, check]) => [name, await this.#run(check)] as const),
    );
    const lifecycle = this.#phase === "running" ? { ok: true } : { ok: false, reason: this.#phase };
    const checks = { lifecycle, ...Object.fromEntries(results) };
    return { ok: Object.values(checks).every((result) => result.ok), checks };
  }

  async #run(check: HealthCheck): Promise<{ ok: boolean; reason?: string }> {
    let cancel = (): void => undefined;
    const late = new Promise<never>((_, reject) => {
      const timer = this.#clock.after(this.#timeout, () => reject(new Error(`no answer within ${this.#timeout} ms`)));
      cancel = () => timer.cancel();
    });
    try {
      await Promise.race([check(), late]);
      return { ok: true };
    } catch (error) {
      return { ok: false, reason: error instanceof Error ? error.message : String(error) };
    } finally {
      cancel();
    }
  }
}
