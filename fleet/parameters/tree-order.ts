const DOT = 46;
const ZERO = 48;
const NINE = 57;

/**
 * Order of the tree: element by element, instance numbers by their number and before names. A walk to the first
 * difference, without taking the paths apart: thousands are compared for each reading.
 */
export function compareInTree(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  let at = 0;
  while (at < shared && a.charCodeAt(at) === b.charCodeAt(at)) at += 1;
  if (at === a.length && at === b.length) return 0;
  const start = a.lastIndexOf(".", at - 1) + 1;
  const left = instanceEnd(a, start);
  const right = instanceEnd(b, start);
  if (left > 0 && right > 0) return left - right || rankAt(a, at) - rankAt(b, at);
  if (left > 0 !== right > 0 && !endsAt(a, start) && !endsAt(b, start)) return left > 0 ? -1 : 1;
  return rankAt(a, at) - rankAt(b, at);
}

/** Where the instance number that begins at `start` ends; 0 when none begins there. */
function instanceEnd(path: string, start: number): number {
  let end = start;
  for (let code = path.charCodeAt(end); code >= ZERO && code <= NINE; code = path.charCodeAt(end)) end += 1;
  return end > start && path.charCodeAt(start) !== ZERO && endsAt(path, end) ? end : 0;
}

const endsAt = (path: string, index: number): boolean => index >= path.length || path.charCodeAt(index) === DOT;

/** The end of the path comes before the end of an element, and that before any character. */
const rankAt = (path: string, index: number): number => {
  const code = path.charCodeAt(index);
  return Number.isNaN(code) ? -2 : code === DOT ? -1 : code;
};

export const sortPaths = (paths: Iterable<string>): string[] => [...paths].sort(compareInTree);

/** Merges `added` (in any order) into `sorted`, which is in tree order already. */
export function mergePaths(sorted: readonly string[], added: readonly string[]): string[] {
  const result: string[] = [];
  let from = 0;
  for (const path of sortPaths(added)) {
    while (from < sorted.length && compareInTree(sorted[from]!, path) < 0) result.push(sorted[from++]!);
    result.push(path);
  }
  while (from < sorted.length) result.push(sorted[from++]!);
  return result;
}
