import type { Clock, Duration, Instant } from "../../kernel/time.ts";
import type { Glance } from "../conversation/index.ts";

export interface AdmissionLimits {
  /** Requests that are worked on at once. */
  maxInFlight: number;
  maxSessions: number;
  maxSessionsPerSource: number;
  /** After its last reply a session that was not seen to end counts so long for its source. */
  sessionLifetime: Duration;
}

export const overloadReasons = ["inFlight", "sessions", "source"] as const;
export type OverloadReason = (typeof overloadReasons)[number];

/** How much of the limits is open to whom: sessions that run go on, boots come before periodic reports (specs/cwmp.md §1.8). */
const SHARE = { other: 0.7, boot: 0.85, bootstrap: 0.95, running: 1 } as const;

/** Decides who is worked on and who hears 503. Counts only; nothing here waits. */
export class Admission {
  readonly #limits: AdmissionLimits;
  readonly #liveSessions: () => number;
  readonly #clock: Clock;
  /** By token; the one seen longest ago stands first. */
  readonly #sessions = new Map<string, { source: string; until: Instant }>();
  readonly #perSource = new Map<string, number>();
  #inFlight = 0;

  constructor(clock: Clock, limits: AdmissionLimits, liveSessions: () => number) {
    this.#limits = limits;
    this.#liveSessions = liveSessions;
    this.#clock = clock;
  }

  /** `undefined`: admitted, and counted until `leave`. */
  enter({ carried, priority }: Glance, source: string): OverloadReason | undefined {
    const reason = carried === "inform" ? this.#refusesInform(SHARE[priority], source) : this.#refuses(SHARE.running);
    if (reason === undefined) this.#inFlight += 1;
    return reason;
  }

  leave(): void {
    this.#inFlight -= 1;
  }

  /** A reply that carries this session's token goes to `source`. */
  sessionSeen(token: string, source: string): void {
    this.sessionEnded(token);
    this.#sessions.set(token, { source, until: this.#clock.now() + this.#limits.sessionLifetime });
    this.#perSource.set(source, (this.#perSource.get(source) ?? 0) + 1);
  }

  sessionEnded(token: string): void {
    const session = this.#sessions.get(token);
    if (session === undefined) return;
    this.#sessions.delete(token);
    const left = (this.#perSource.get(session.source) ?? 1) - 1;
    if (left > 0) this.#perSource.set(session.source, left);
    else this.#perSource.delete(session.source);
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  #refuses(share: number): OverloadReason | undefined {
    return this.#inFlight >= this.#limits.maxInFlight * share ? "inFlight" : undefined;
  }

  #refusesInform(share: number, source: string): OverloadReason | undefined {
    if (this.#liveSessions() >= this.#limits.maxSessions * share) return "sessions";
    this.#dropSilent();
    if ((this.#perSource.get(source) ?? 0) >= this.#limits.maxSessionsPerSource) return "source";
    return this.#refuses(share);
  }

  #dropSilent(): void {
    const now = this.#clock.now();
    for (const [token, { until }] of this.#sessions) {
      if (until > now) return;
      this.sessionEnded(token);
    }
  }
}
