import { Bag, Table } from "../../kernel/churn.ts";
import { type Principal, principalKey } from "../session/principal.ts";
import { isLive } from "../session/states.ts";
import type { Live } from "./live.ts";

const MAX_LINGERING = 2_000;
const AT_SOURCE = Symbol("at its source");

/** The sessions of this process, and the ways to find the one that a message belongs to (specs §1.2). */
export class Registry {
  readonly #bySecret = new Table<Live>();
  readonly #byEndpoint = new Table<Live>();
  readonly #byConnection = new Table<Live[]>();
  readonly #bySource = new Table<Bag<Live>>();
  /** The oldest first; they live long anyway, so that a Set serves (see kernel/churn). */
  readonly #ended = new Set<Live>();

  /** Lingering ones included. */
  all(): Live[] {
    return this.#bySecret.values();
  }

  get liveCount(): number {
    return this.#bySecret.size - this.#ended.size;
  }

  add(live: Live): void {
    const { endpointKey, remoteAddress, principal } = live.session;
    live.registered = true;
    this.#bySecret.set(live.secret, live);
    this.#byEndpoint.set(endpointKey, live);
    const source = sourceKey(remoteAddress, principal);
    const here = this.#bySource.get(source) ?? new Bag<Live>(AT_SOURCE);
    here.add(live);
    if (here.size === 1) this.#bySource.set(source, here);
  }

  /** The session came over this connection. */
  attach(live: Live, connectionId: string): void {
    if (!live.registered || live.connections.includes(connectionId)) return;
    live.connections.push(connectionId);
    const here = this.#byConnection.get(connectionId);
    if (here) here.push(live);
    else this.#byConnection.set(connectionId, [live]);
  }

  connectionClosed(connectionId: string): void {
    for (const live of this.#byConnection.get(connectionId) ?? []) without(live.connections, connectionId);
    this.#byConnection.delete(connectionId);
  }

  bySecret(secret: string): Live | undefined {
    return this.#bySecret.get(secret);
  }

  byEndpoint(endpointKey: string): Live | undefined {
    return this.#byEndpoint.get(endpointKey);
  }

  /** Without a cookie: by the connection, then by source and principal, and only when exactly one live session matches. */
  guess(connectionId: string, remoteAddress: string, principal: Principal): Live | undefined {
    const here = this.#byConnection.get(connectionId);
    if (here) return onlyOne(here);
    return onlyLive(this.#bySource.get(sourceKey(remoteAddress, principal)) ?? []);
  }

  /** The session no longer owns its device; it stays findable for duplicates. Returns those forgotten to make room. */
  ended(live: Live): Live[] {
    const { endpointKey } = live.session;
    if (this.#byEndpoint.get(endpointKey) === live) this.#byEndpoint.delete(endpointKey);
    if (live.registered) this.#ended.add(live);
    const forgotten: Live[] = [];
    for (const oldest of this.#ended) {
      if (this.#ended.size <= MAX_LINGERING) break;
      this.remove(oldest);
      forgotten.push(oldest);
    }
    return forgotten;
  }

  remove(live: Live): void {
    if (!live.registered) return;
    const { endpointKey, remoteAddress, principal } = live.session;
    if (this.#byEndpoint.get(endpointKey) === live) this.#byEndpoint.delete(endpointKey);
    this.#ended.delete(live);
    live.registered = false;
    this.#bySecret.delete(live.secret);
    const source = sourceKey(remoteAddress, principal);
    const here = this.#bySource.get(source);
    here?.delete(live);
    if (here?.size === 0) this.#bySource.delete(source);
    for (const connectionId of live.connections) {
      const others = this.#byConnection.get(connectionId) ?? [];
      without(others, live);
      if (others.length === 0) this.#byConnection.delete(connectionId);
    }
    live.connections.length = 0;
  }
}

const sourceKey = (remoteAddress: string, principal: Principal): string =>
  `${remoteAddress} ${principalKey(principal)}`;

function without<T>(items: T[], item: T): void {
  const at = items.indexOf(item);
  if (at >= 0) items.splice(at, 1);
}

function onlyLive(candidates: Iterable<Live>): Live | undefined {
  let found: Live | undefined;
  for (const live of candidates) {
    if (!isLive(live.session.state)) continue;
    if (found) return undefined;
    found = live;
  }
  return found;
}

/** On one connection also the session that has just ended: its CPE may say goodbye twice. */
function onlyOne(candidates: readonly Live[]): Live | undefined {
  return (
    onlyLive(candidates) ?? (candidates.some((live) => isLive(live.session.state)) ? undefined : candidates.at(-1))
  );
}
