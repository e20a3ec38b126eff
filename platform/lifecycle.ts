import { type Clock, type Duration, type Instant, seconds, systemClock } from "../kernel/time.ts";
import type { Health } from "./health.ts";
import type { Logger } from "./log/logger.ts";
import { type ProcessHost, processHost } from "./process-host.ts";

/** What a composition root starts and stops. A constructor does nothing observable. */
export interface Service {
  readonly name: string;
  /** Resolves when the service does its work (a listener listens). */
  start(): Promise<void>;
  /** Takes nothing new and finishes what runs, at most until `deadline`. */
  drain(deadline: Instant): Promise<void>;
  /** Ends at once and frees everything. */
  stop(): Promise<void>;
}

export interface RunOptions {
  log: Logger;
  drainDeadline: Duration;
  clock?: Clock;
  health?: Health;
  host?: ProcessHost;
  /** Hears why a start failed, before the process ends. */
  startFailed?: (error: unknown) => void;
}

/** 0: drained and stopped; 1: a start, a stop or stray code failed; 2: a second signal cut the draining short. */
export type ExitCode = 0 | 1 | 2;

export interface RunningServices {
  /** Drains in reverse order, then stops in reverse order; the second call stops at once. */
  shutDown(reason: string): Promise<ExitCode>;
  /** Settles when everything has stopped, just before `host.exit`. */
  readonly ended: Promise<ExitCode>;
}

/** How long a stop, and what follows a stray error, may take before the process ends regardless. */
const STOP_GRACE = seconds(5);

/**
 * Starts the services in order and resolves when all run. SIGTERM or SIGINT drains and stops them, and ends the process;
 * a second one stops at once. A service that fails to start stops those before it: the promise rejects, `host.exit(1)`
 * has been called. A stray exception or rejection is logged and ends the process with 1 after a short drain.
 */
export async function runServices(services: readonly Service[], options: RunOptions): Promise<RunningServices> {
  const runner = new Runner(options);
  await runner.startAll(services);
  return runner;
}

class Runner implements RunningServices {
  readonly #started: Service[] = [];
  readonly #log: Logger;
  readonly #clock: Clock;
  readonly #host: ProcessHost;
  readonly #options: RunOptions;
  readonly #release: () => void;
  readonly ended: Promise<ExitCode>;
  #end: (code: ExitCode) => void = () => undefined;
  #hurry: () => void = () => undefined;
  readonly #hurried: Promise<void>;
  #starting: Promise<void> = Promise.resolve();
  #shutdown: Promise<ExitCode> | undefined;
  #code: ExitCode = 0;

  constructor(options: RunOptions) {
    this.#options = options;
    this.#log = options.log.child("lifecycle");
    this.#clock = options.clock ?? systemClock;
    this.#host = options.host ?? processHost;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    this.#hurried = new Promise((resolve) => {
      this.#hurry = resolve;
    });
    this.#release = this.#host.hold();
    this.#host.onSignal((signal) => void this.shutDown(signal));
    this.#host.onStray((error, kind) => this.#onStray(error, kind));
  }

  async startAll(services: readonly Service[]): Promise<void> {
    for (const service of services) {
      if (this.#shutdown) break;
      try {
        this.#starting = service.start();
        await this.#starting;
        this.#started.push(service);
        this.#log.debug({ service: service.name }, "started");
      } catch (error) {
        this.#log.error({ error, service: service.name }, "start failed");
        this.#code = 1;
        this.#options.startFailed?.(error);
        await this.#bounded(service, "stop", () => service.stop(), this.#clock.now() + STOP_GRACE);
        await (this.#shutdown ?? this.shutDown("start failed"));
        throw error;
      }
    }
    if (this.#shutdown) await this.#shutdown;
    else this.#options.health?.enter("running");
  }

  shutDown(reason: string): Promise<ExitCode> {
    if (this.#shutdown) {
      this.#log.warn({ reason }, "stopping at once");
      if (this.#code === 0) this.#code = 2;
      this.#hurry();
    }
    this.#shutdown ??= this.#drainAndStop(reason);
    return this.#shutdown;
  }

  async #drainAndStop(reason: string): Promise<ExitCode> {
    this.#log.info({ reason }, "shutting down");
    this.#options.health?.enter("draining");
    const deadline = this.#clock.now() + (this.#code === 1 ? STOP_GRACE : this.#options.drainDeadline);
    // A signal may come while a service starts: it is let finish, so that it can be drained like the others.
    const current = this.#starting.catch(() => undefined);
    await this.#bounded(undefined, "drain", () => current, deadline);
    for (const service of this.#started.toReversed()) {
      await this.#bounded(service, "drain", () => service.drain(deadline), deadline);
    }
    for (const service of this.#started.toReversed()) {
      await this.#bounded(service, "stop", () => service.stop(), this.#clock.now() + STOP_GRACE);
    }
    this.#log.info({ code: this.#code }, "stopped");
    this.#release();
    this.#end(this.#code);
    this.#host.exit(this.#code);
    return this.#code;
  }

  /** One step of one service: its failure or lateness is logged and does not keep the others from theirs. */
  async #bounded(
    service: Service | undefined,
    step: "drain" | "stop",
    run: () => Promise<void>,
    deadline: Instant,
  ): Promise<void> {
    let cancel = (): void => undefined;
    const late = new Promise<"late">((resolve) => {
      const timer = this.#clock.after(Math.max(0, deadline - this.#clock.now()), () => resolve("late"));
      cancel = () => timer.cancel();
    });
    const hurried = step === "drain" ? [this.#hurried.then(() => "hurried" as const)] : [];
    try {
      const result = await Promise.race([run().then(() => "done" as const), late, ...hurried]);
      if (result === "late") this.#log.warn({ service: service?.name, step }, "not finished in time");
    } catch (error) {
      this.#log.error({ error, service: service?.name, step }, "failed");
      this.#code = 1;
    } finally {
      cancel();
    }
  }

  #onStray(error: unknown, kind: string): void {
    this.#log.fatal({ error }, kind);
    this.#code = 1;
    if (!this.#shutdown) void this.shutDown(kind);
  }
}
