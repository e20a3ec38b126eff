import type { RpcRequest } from "../../acs/rpc/index.ts";
import { type ListenerHabits, ordinaryListener } from "./connection-request.ts";
import { type HttpHabits, ordinaryHttp } from "./http-client.ts";
import { type Misbehaviour, misbehaviourNames, misbehaviours } from "./misbehaviours.ts";

/** How one kind of CPE behaves: an ordinary one and its misbehaviours on top. Shared by all that have the same. */
export class Character {
  readonly http: HttpHabits;
  readonly listener: ListenerHabits;
  readonly #names: ReadonlySet<Misbehaviour>;

  constructor(names: readonly Misbehaviour[]) {
    this.#names = new Set(names);
    const entries = names.map((name) => misbehaviours[name]);
    this.http = Object.assign({}, ordinaryHttp, ...entries.map(({ http }) => http)) as HttpHabits;
    this.listener = Object.assign({}, ordinaryListener, ...entries.map(({ listener }) => listener)) as ListenerHabits;
  }

  has(name: Misbehaviour): boolean {
    return this.#names.has(name);
  }

  events(events: RpcRequest<"Inform">["Event"]): RpcRequest<"Inform">["Event"] {
    return this.#entries().reduce((changed, entry) => entry.events?.(changed) ?? changed, events);
  }

  /** An envelope as bytes. */
  spell(envelope: string): Buffer {
    const text = this.#entries().reduce((changed, entry) => entry.spell?.(changed) ?? changed, envelope);
    return Buffer.from(text, this.has("latin1") ? "latin1" : "utf8");
  }

  #entries() {
    if (this.#names.size === 0) return [];
    return misbehaviourNames.filter((name) => this.#names.has(name)).map((name) => misbehaviours[name]);
  }
}

const characters = new Map<string, Character>();

export function characterOf(names: readonly Misbehaviour[] = []): Character {
  const key = names.join();
  let character = characters.get(key);
  if (character === undefined) {
    character = new Character(names);
    characters.set(key, character);
  }
  return character;
}
