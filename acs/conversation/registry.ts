import { type Principal, principalKey } from "../session/principal.ts";
import { isLive } from "../session/states.ts";
import type { Live } from "./live.ts";

const MAX_LINGERING = 2_000;

/** The sessions of this process, and the ways to find the one that a message belongs to (specs §1.2). */
export class Registry {
  readonly #byId = new Map<string, Live>();
  readonly #byEndpoint = new Map<string, Live>();
  readonly #byConnection = new Map<string, Set<Live>>();
  readonly #bySource = new Map<string, Set<Live>>();
  readonly #ended = new Set<Live>();

  /** Lingering ones included. */
  all(): IterableIterator<Live> {
    return this.#byId.values();
  }

  get liveCount(): number {
    return this.#byId.size - this.#ended.size;
  }

  add(live: Live): void {
    this.#byId.set(live.session.id, live);
    this.#byEndpoint.set(live.session.endpointKey, live);
    put(this.#bySource, sourceKey(live.session.remoteAddress, live.session.principal), live);
  }

  /** The session came over this connection. */
  attach(live: Live, connectionId: string): void {
    if (!this.#byId.has(live.session.id) || live.connections.has(connectionId)) return;
    live.connections.add(connectionId);
    put(this.#byConnection, connectionId, live);
  }

  connectionClosed(connectionId: string): void {
    for (const live of this.#byConnection.get(connectionId) ?? []) live.connections.delete(connectionId);
    this.#byConnection.delete(connectionId);
  }

  byId(sessionId: string): Live | undefined {
    return this.#byId.get(sessionId);
  }

  byEndpoint(endpointKey: string): Live | undefined {
    return this.#byEndpoint.get(endpointKey);
  }

  /** Without a cookie: by the connection, then by source and principal, and only when exactly one live session matches. */
  guess(connectionId: string, remoteAddress: string, principal: Principal): Live | undefined {
    const here = this.#byConnection.get(connectionId);
    if (here) return onlyOne(here);
    return onlyLive(this.#bySource.get(sourceKey(remoteAddress, principal)) ?? new Set());
  }

  /** The session no longer owns its device; it stays findable for duplicates. Returns those forgotten to make room. */
  ended(live: Live): Live[] {
    if (this.#byEndpoint.get(live.session.endpointKey) === live) this.#byEndpoint.delete(live.session.endpointKey);
    if (this.#byId.get(live.session.id) === live) this.#ended.add(live);
    const forgotten: Live[] = [];
    for (const oldest of this.#ended) {
      if (this.#ended.size <= MAX_LINGERING) break;
      this.remove(oldest);
      forgotten.push(oldest);
    }
    return forgotten;
  }

  remove(live: Live): void {
    const { id, endpointKey, remoteAddress, principal } = live.session;
    if (this.#byId.get(id) !== live) return;
    if (this.#byEndpoint.get(endpointKey) === live) this.#byEndpoint.delete(endpointKey);
    this.#ended.delete(live);
    this.#byId.delete(id);
    drop(this.#bySource, sourceKey(remoteAddress, principal), live);
    for (const connectionId of live.connections) drop(this.#byConnection, connectionId, live);
    live.connections.clear();
  }
}

const sourceKey = (remoteAddress: string, principal: Principal): string =>
  `${remoteAddress} ${principalKey(principal)}`;

function put(index: Map<string, Set<Live>>, key: string, live: Live): void {
  const set = index.get(key);
  if (set) set.add(live);
  else index.set(key, new Set([live]));
}

function drop(index: Map<string, Set<Live>>, key: string, live: Live): void {
  const set = index.get(key);
  set?.delete(live);
  if (set?.size === 0) index.delete(key);
}

function onlyLive(candidates: ReadonlySet<Live>): Live | undefined {
  let found: Live | undefined;
  for (const live of candidates) {
    if (!isLive(live.session.state)) continue;
    if (found) return undefined;
    found = live;
  }
  return found;
}

/** On one connection also the session that has just ended: its CPE may say goodbye twice. */
function onlyOne(candidates: ReadonlySet<Live>): Live | undefined {
  const all = [...candidates];
  return onlyLive(candidates) ?? (all.some((live) => isLive(live.session.state)) ? undefined : all.at(-1));
}
