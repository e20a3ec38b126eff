import { PatternAutomaton } from "./automaton.ts";
import { PatternError, type PatternNode, parsePattern } from "./parse.ts";

export interface PatternMatcher {
  test(value: string): boolean;
}

const MAX_CACHED = 4_000;
const cache = new Map<string, PatternMatcher | string>();

/**
 * A matcher for a whole value, or why the pattern is none. Where backtracking cannot explode, JavaScript's own engine does
 * it; elsewhere an automaton, so that no pattern of an imported model can stall the server.
 */
export function compilePattern(source: string): PatternMatcher | string {
  const known = cache.get(source);
  if (known !== undefined) return known;
  if (cache.size >= MAX_CACHED) cache.clear();
  const made = compile(source);
  cache.set(source, made);
  return made;
}

function compile(source: string): PatternMatcher | string {
  try {
    const node = parsePattern(source);
    return isBacktrackingSafe(node) ? new RegExp(`^(?:${toJavaScript(node)})$`, "u") : new PatternAutomaton(node);
  } catch (error) {
    if (error instanceof PatternError || error instanceof SyntaxError) return error.message;
    throw error;
  }
}

function toJavaScript(node: PatternNode): string {
  switch (node.kind) {
    case "set":
      return node.source;
    case "sequence":
      return node.items.map(toJavaScript).join("");
    case "choice":
      return `(?:${node.items.map(toJavaScript).join("|")})`;
    case "repeat":
      return `(?:${toJavaScript(node.item)}){${node.min},${node.max === Number.POSITIVE_INFINITY ? "" : node.max}}`;
  }
}

/** How many ways a backtracking engine may have to try: `ways` of bounded choices, times the length per unbounded loop. */
interface Effort {
  readonly ways: number;
  readonly loops: number;
}

const MAX_WAYS = 2_000;
const MAX_WAYS_IN_LOOP = 64;

export function isBacktrackingSafe(node: PatternNode): boolean {
  const { ways, loops } = effortOf(node);
  return loops === 0 ? ways <= MAX_WAYS : loops === 1 && ways <= MAX_WAYS_IN_LOOP;
}

function effortOf(node: PatternNode): Effort {
  switch (node.kind) {
    case "set":
      return { ways: 1, loops: 0 };
    case "sequence":
      return node.items
        .map(effortOf)
        .reduce((a, b) => ({ ways: a.ways * b.ways, loops: a.loops + b.loops }), { ways: 1, loops: 0 });
    case "choice":
      return node.items
        .map(effortOf)
        .reduce((a, b) => ({ ways: a.ways + b.ways, loops: Math.max(a.loops, b.loops) }), { ways: 0, loops: 0 });
    case "repeat":
      return repeated(effortOf(node.item), node.min, node.max);
  }
}

function repeated(item: Effort, min: number, max: number): Effort {
  if (max === Number.POSITIVE_INFINITY) {
    return item.ways === 1 && item.loops === 0 ? { ways: 1, loops: 1 } : { ways: Number.POSITIVE_INFINITY, loops: 1 };
  }
  if (item.ways === 1) return { ways: max - min + 1, loops: item.loops * Math.max(1, max) };
  let ways = 0;
  for (let times = min; times <= max && ways <= MAX_WAYS; times++) ways += item.ways ** times;
  return { ways, loops: item.loops * Math.max(1, max) };
}
