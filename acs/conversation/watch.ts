import { type Duration, type Instant, seconds } from "../../kernel/time.ts";
import { isLive } from "../session/states.ts";
import type { ConversationDependencies, ConversationLimits } from "./dependencies.ts";
import type { Live } from "./live.ts";
import type { Registry } from "./registry.ts";

/** When to look again at a session whose message is still being answered: the store may be away for minutes. */
const ANSWERING: Duration = seconds(1);

/** Times the sessions. One timer per session, set anew only when it rings too early: an exchange costs none. */
export class Watch {
  readonly #deps: Pick<ConversationDependencies, "clock" | "fleet" | "log">;
  readonly #limits: ConversationLimits;
  readonly #registry: Registry;
  readonly #timedOut: (live: Live) => Promise<unknown>;
  readonly #waiters = new Set<() => void>();

  constructor(
    deps: Pick<ConversationDependencies, "clock" | "fleet" | "log">,
    limits: ConversationLimits,
    registry: Registry,
    timedOut: (live: Live) => Promise<unknown>,
  ) {
    this.#deps = deps;
    this.#limits = limits;
    this.#registry = registry;
    this.#timedOut = timedOut;
  }

  arm(live: Live): void {
    if (live.timer || !live.registered) return;
    const { clock } = this.#deps;
    const soonest = live.waiting > 0 ? ANSWERING : 1;
    live.timer = clock.after(Math.max(soonest, this.#dueAt(live) - clock.now()), () => {
      live.timer = undefined;
      void this.#ring(live);
    });
  }

  disarm(live: Live): void {
    live.timer?.cancel();
    live.timer = undefined;
  }

  #dueAt({ session, lastReplyAt }: Live): Instant {
    return lastReplyAt + (isLive(session.state) ? session.limits.inactivity : this.#limits.linger);
  }

  #isHeard(live: Live): boolean {
    return live.waiting > 0 || this.#dueAt(live) > this.#deps.clock.now();
  }

  async #ring(live: Live): Promise<void> {
    if (this.#isHeard(live)) return this.arm(live);
    const isOurs = isLive(live.session.state) && (await this.isOurs(live));
    // It may have spoken while the store was asked.
    if (this.#isHeard(live)) return this.arm(live);
    if (!isOurs) {
      this.#registry.remove(live);
      this.oneLess();
      return;
    }
    await this.#timedOut(live);
    this.#deps.log.info({ deviceId: live.device?._id, sessionId: live.session.id }, "session timed out");
    // Ended rather than aborted: it lingers like any other.
    live.lastReplyAt = this.#deps.clock.now();
    this.arm(live);
  }

  /** Another worker may have gone on with the session: then it is no longer ours to end. */
  async isOurs({ device, session, leaseUntil }: Live): Promise<boolean> {
    if (!device) return true;
    try {
      const current = await this.#deps.fleet.contacts.resume(device._id, session.id);
      return current?.lease?.until === leaseUntil;
    } catch {
      return false;
    }
  }

  /** A session stopped being live. */
  oneLess(): void {
    if (this.#registry.liveCount > 0) return;
    for (const wake of this.#waiters) wake();
  }

  untilNoneLive(deadline: Instant): Promise<void> {
    if (this.#registry.liveCount === 0) return Promise.resolve();
    const { clock } = this.#deps;
    return new Promise((resolve) => {
      const done = (): void => {
        timer.cancel();
        this.#waiters.delete(done);
        resolve();
      };
      const timer = clock.after(Math.max(0, deadline - clock.now()), done);
      this.#waiters.add(done);
    });
  }

  stop(): void {
    for (const live of this.#registry.all()) this.disarm(live);
    for (const wake of this.#waiters) wake();
  }
}
