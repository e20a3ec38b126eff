import { type Clock, seconds, type Timer } from "../../kernel/time.ts";
import { AcsLink } from "./acs-link.ts";
import type { Character } from "./character.ts";
import type { CpeDevice } from "./device.ts";
import type { HttpClient } from "./http-client.ts";
import { informNow } from "./inform.ts";
import type { CpeOptions, SessionReport } from "./options.ts";
import type { Outbox } from "./outbox.ts";
import type { CpeContext, Restart } from "./rpcs/context.ts";
import { execute } from "./rpcs/index.ts";
import { CpeSession } from "./session.ts";
import { SessionFailed } from "./session-failed.ts";
import { Stopped, type Tasks } from "./tasks.ts";

export interface ContactPart {
  readonly options: CpeOptions;
  readonly clock: Clock;
  readonly character: Character;
  readonly device: CpeDevice;
  readonly outbox: Outbox;
  readonly tasks: Tasks;
  readonly http: HttpClient;
  /** What the RPCs of a session may touch. */
  readonly context: () => CpeContext;
  readonly runTransfers: () => Promise<void>;
  /** A session is over and the CPE stays up. */
  readonly idle: () => void;
  /** The CPE comes up again after these. */
  readonly boot: (restarts: readonly Restart[]) => void;
}

export type Phase = "waiting" | "inSession" | "booting" | "stopped";

/** When a CPE talks to its ACS: sessions one after the other, retries, periodic contact, reboots between sessions. */
export class Contact {
  readonly #part: ContactPart;
  readonly #said = new Set<string>();
  #phase: Phase = "waiting";
  #retryCount = 0;
  /** Something came up during a session. */
  #again = false;
  #restarts: Restart[] = [];
  /** The next periodic contact and the next retry. */
  #timers: Timer[] = [];
  #sessions: Promise<void> = Promise.resolve();

  constructor(part: ContactPart) {
    this.#part = part;
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** Runs a session, unless one runs or the CPE boots: then one follows. */
  async make(): Promise<void> {
    if (this.#phase === "inSession") this.#again = true;
    if (this.#phase !== "waiting") return;
    this.#sessions = this.#runSessions();
    await this.#sessions;
  }

  /** Now, or when the session is over. */
  restart(restart: Restart): void {
    this.#restarts.push(restart);
    if (this.#phase === "waiting") this.#goDown();
  }

  stop(): void {
    this.#phase = "stopped";
  }

  /** Resolves when no session runs. */
  settled(): Promise<void> {
    return this.#sessions;
  }

  async #runSessions(): Promise<void> {
    do {
      this.#again = false;
      this.#phase = "inSession";
      this.#cancelTimers();
      const url = this.#part.device.acsUrl;
      const failure = await this.#runSession(url);
      this.#part.http.endSession();
      if (failure instanceof Stopped) return;
      this.#phase = "waiting";
      this.#sessionEnded(url, failure !== undefined);
    } while (this.#again && this.#phase === "waiting");
  }

  /** Why it failed; `undefined` for success. */
  async #runSession(url: string): Promise<unknown> {
    const { clock, outbox } = this.#part;
    const started = clock.now();
    const events = outbox.events.map(({ code }) => code);
    let session: CpeSession | undefined;
    let failure: unknown;
    try {
      session = this.#newSession(url);
      await session.run();
    } catch (error) {
      failure = error ?? "no reason";
    }
    if (this.#phase === "stopped") return new Stopped("stopped");
    this.#report(failure, { events, rpcs: session?.rpcs ?? 0, took: clock.now() - started });
    return failure;
  }

  #newSession(url: string): CpeSession {
    const { options, clock, character, device, outbox, tasks, http, context, runTransfers } = this.#part;
    const cpe = context();
    return new CpeSession({
      link: new AcsLink(new URL(url), http, character),
      character,
      outbox,
      runTransfers,
      protocol: options.protocol ?? "1.2",
      latency: options.latency ?? 0,
      inform: () => informNow(device, outbox, { character, retryCount: this.#retryCount, now: clock.now() }),
      execute: (message) => execute(cpe, message),
      firstTime: (word) => !this.#said.has(word) && this.#said.add(word).size > 0,
      acknowledged: (request, what, faultCode) =>
        options.onAcknowledged?.({
          serialNumber: device.serialNumber,
          request,
          what,
          ...(faultCode === undefined ? {} : { faultCode }),
        }),
      wait: (delay) => tasks.wait(delay),
    });
  }

  #report(failure: unknown, session: Pick<SessionReport, "events" | "rpcs" | "took">): void {
    const { options, device } = this.#part;
    const refused = failure instanceof SessionFailed && failure.status === 503;
    options.onSession?.({
      serialNumber: device.serialNumber,
      outcome: failure === undefined ? "completed" : refused ? "refused" : "failed",
      ...session,
      ...(failure === undefined
        ? {}
        : { error: failure instanceof Error ? `${failure.name}: ${failure.message}` : "no reason" }),
    });
  }

  #sessionEnded(url: string, failed: boolean): void {
    const { device, outbox, options, tasks, idle } = this.#part;
    this.#retryCount = failed ? this.#retryCount + 1 : 0;
    if (failed) outbox.failed();
    if (this.#restarts.length > 0) return this.#goDown();
    if (device.acsUrl !== url) {
      // Another ACS knows nothing of this CPE (specs/cwmp.md §2.3).
      outbox.bootstrapped();
      this.#again = true;
    }
    idle();
    const random = options.random ?? Math.random;
    const later = (delay: number, code?: string): Timer =>
      tasks.later(delay, () => {
        if (code !== undefined) outbox.addEvent(code);
        return this.make();
      });
    if (failed) this.#timers.push(later(device.retryWait(this.#retryCount, random()) * (options.retryScale ?? 1)));
    const interval = device.periodicInterval;
    if (interval !== undefined) this.#timers.push(later(interval * (0.9 + 0.2 * random()), "2 PERIODIC"));
  }

  #goDown(): void {
    const { tasks, clock, options, device, boot } = this.#part;
    this.#phase = "booting";
    this.#cancelTimers();
    tasks.later(options.rebootTime ?? seconds(1), () => {
      this.#phase = "waiting";
      this.#retryCount = 0;
      boot(this.#restarts.splice(0));
      device.booted(clock.now());
      return this.make();
    });
  }

  #cancelTimers(): void {
    for (const timer of this.#timers.splice(0)) timer.cancel();
  }
}
