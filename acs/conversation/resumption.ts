import type { DeviceDocument } from "../../fleet/devices/model.ts";
import { procedures } from "../procedures/index.ts";
import { parseCookie, sessionIdOf } from "../session/cookie.ts";
import { parseSession, serialiseSession } from "../session/session.ts";
import { isLive } from "../session/states.ts";
import type { ConversationDependencies, ConversationLimits } from "./dependencies.ts";
import { adopt, leaseEnd } from "./lease.ts";
import type { Live } from "./live.ts";
import { createLive } from "./new-session.ts";
import { prepareRun } from "./prepare-run.ts";
import type { Registry } from "./registry.ts";

/**
 * Sessions by their cookie: those of this process, and those that another left behind in the device's lease. A balancer
 * in front of several processes should still keep a session with one of them: going on elsewhere costs a read and
 * repeats what can be repeated.
 */
export class Resumption {
  readonly #deps: ConversationDependencies;
  readonly #limits: ConversationLimits;
  readonly #registry: Registry;
  readonly #running = new Map<string, Promise<Live | undefined>>();

  constructor(deps: ConversationDependencies, limits: ConversationLimits, registry: Registry) {
    this.#deps = deps;
    this.#limits = limits;
    this.#registry = registry;
  }

  /** At once for a session of this process, which is the rule. */
  byCookie(cookie: string): Live | undefined | Promise<Live | undefined> {
    const parsed = parseCookie(cookie);
    if (!parsed) return undefined;
    const { deviceId, secret } = parsed;
    const known = this.#registry.bySecret(secret);
    if (known) return known.cookie === cookie ? known : undefined;
    const sessionId = sessionIdOf(secret);
    const running = this.#running.get(sessionId);
    if (running) return running;
    const resuming = this.#resume(deviceId, sessionId, secret).finally(() => this.#running.delete(sessionId));
    this.#running.set(sessionId, resuming);
    return resuming;
  }

  async #resume(deviceId: string, sessionId: string, secret: string): Promise<Live | undefined> {
    const device = await this.#deps.fleet.contacts.resume(deviceId, sessionId);
    const live = device && this.#rebuild(device, sessionId, secret);
    if (!live || !(await this.#take(live, deviceId))) return undefined;
    await this.#restoreRun(live);
    this.#registry.add(live);
    this.#deps.log.info({ deviceId, sessionId, state: live.session.state }, "session taken over from another worker");
    return live;
  }

  #rebuild(device: DeviceDocument, sessionId: string, secret: string): Live | undefined {
    const session = device.lease?.session === undefined ? undefined : parseSession(device.lease.session);
    if (!session || session.id !== sessionId || !isLive(session.state)) return undefined;
    const live = createLive(session, secret, this.#deps.quirks.of(session.model));
    adopt(live, device);
    live.leaseUntil = device.lease?.until ?? 0;
    return live;
  }

  /** A lease with another end tells the worker that had it that the session has moved. */
  async #take(live: Live, deviceId: string): Promise<boolean> {
    const until = leaseEnd(live, this.#limits, this.#deps.clock.now());
    live.leaseUntil = until === live.leaseUntil ? until + 1 : until;
    const lease = { sessionId: live.session.id, until: live.leaseUntil, session: serialiseSession(live.session) };
    return this.#deps.fleet.contacts.keep(deviceId, lease);
  }

  async #restoreRun(live: Live): Promise<void> {
    const { outstanding } = live.session;
    if (!outstanding) return;
    live.lastMethod = outstanding.method;
    const operation = await this.#deps.fleet.operations.get(outstanding.operationId);
    if (!operation || !(operation.request.kind in procedures)) return;
    const run = await prepareRun(this.#deps, live, operation);
    live.run = { ...run, begun: true, stale: outstanding.repeatable };
  }
}
