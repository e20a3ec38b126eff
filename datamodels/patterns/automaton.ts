import { PatternError, type PatternNode } from "./parse.ts";

const MAX_STATES = 6_000;
const MAX_CACHED = 20_000;

interface NfaState {
  /** A set to consume one character of, or only empty moves. */
  set?: RegExp;
  readonly next: number[];
}

interface DfaState {
  readonly members: readonly number[];
  readonly accepting: boolean;
  readonly moves: Map<string, DfaState | undefined>;
}

/**
 * Matches in time linear in the value, whatever the pattern: a nondeterministic automaton whose deterministic states are
 * made when first met. For the patterns that backtracking could make slow.
 */
export class PatternAutomaton {
  readonly #states: NfaState[] = [];
  readonly #accept: number;
  readonly #start: number;
  #deterministic = new Map<string, DfaState>();
  #cached = 0;

  /** Throws `PatternError` when the pattern needs too many states. */
  constructor(pattern: PatternNode) {
    this.#accept = this.#state();
    this.#start = this.#build(pattern, this.#accept);
  }

  test(value: string): boolean {
    if (this.#cached > MAX_CACHED) {
      this.#deterministic = new Map();
      this.#cached = 0;
    }
    let state: DfaState | undefined = this.#closure([this.#start]);
    for (const character of value) {
      if (!state.moves.has(character)) state.moves.set(character, this.#step(state, character));
      state = state.moves.get(character);
      if (!state) return false;
    }
    return state.accepting;
  }

  #state(set?: RegExp): number {
    if (this.#states.length >= MAX_STATES) throw new PatternError("it repeats too much");
    return this.#states.push({ ...(set ? { set } : {}), next: [] }) - 1;
  }

  /** Adds states that match `node` and then go on at `then`; returns where they begin. Built from the end. */
  #build(node: PatternNode, then: number): number {
    switch (node.kind) {
      case "set": {
        const state = this.#state(new RegExp(`^${node.source}$`, "u"));
        this.#states[state]!.next.push(then);
        return state;
      }
      case "sequence":
        return node.items.reduceRight((end, item) => this.#build(item, end), then);
      case "choice": {
        const fork = this.#state();
        for (const item of node.items) this.#states[fork]!.next.push(this.#build(item, then));
        return fork;
      }
      case "repeat":
        return this.#repeat(node.item, node.min, node.max, then);
    }
  }

  #repeat(item: PatternNode, min: number, max: number, then: number): number {
    let start: number;
    if (max === Number.POSITIVE_INFINITY) {
      start = this.#state();
      const again = this.#build(item, start);
      this.#states[start]!.next.push(again, then);
    } else {
      start = then;
      for (let i = min; i < max; i++) {
        const optional = this.#state();
        this.#states[optional]!.next.push(this.#build(item, start), then);
        start = optional;
      }
    }
    for (let i = 0; i < min; i++) start = this.#build(item, start);
    return start;
  }

  #step(from: DfaState, character: string): DfaState | undefined {
    this.#cached += 1;
    const reached: number[] = [];
    for (const member of from.members) {
      const state = this.#states[member]!;
      if (state.set?.test(character)) reached.push(...state.next);
    }
    return reached.length === 0 ? undefined : this.#closure(reached);
  }

  #closure(seeds: readonly number[]): DfaState {
    const members = new Set<number>();
    const pending = [...seeds];
    for (let index = pending.pop(); index !== undefined; index = pending.pop()) {
      if (members.has(index)) continue;
      members.add(index);
      const state = this.#states[index]!;
      if (!state.set) pending.push(...state.next);
    }
    const ordered = [...members].sort((a, b) => a - b);
    const key = ordered.join(",");
    const known = this.#deterministic.get(key);
    if (known) return known;
    const made: DfaState = { members: ordered, accepting: members.has(this.#accept), moves: new Map() };
    this.#deterministic.set(key, made);
    return made;
  }
}
