import type { Filter, Sort } from "../port.ts";
import { typeRank } from "../values.ts";
import type { CollectionInfo, Index } from "./catalog.ts";
import { type Condition, type Conditions, conditionsOf, implies, impliesPresence } from "./conditions.ts";
import { documentKey, isLegalId } from "./environment.ts";
import { afterPrefix, type Direction, encodeKey, encodeTypeBound, shortenBound } from "./keys.ts";

/** Keys from `start` up to, but not with, `end`. */
export interface Range {
  readonly start: Buffer;
  readonly end: Buffer;
}

/** Where to look. Whatever is found is still tested with the filter: a plan may find too much, never too little. */
export interface Plan {
  /** Absent: the documents themselves, by id. */
  readonly index?: Index;
  readonly ranges: readonly Range[];
  readonly reverse: boolean;
  /** The documents come in the wanted order. */
  readonly sorted: boolean;
  /** A document may be met more than once. */
  readonly repeats: boolean;
}

const MAX_RANGES = 2_000;

export function planQuery(info: CollectionInfo, filter: Filter, sort: Sort | undefined): Plan {
  const conditions = conditionsOf(filter);
  const order = Object.entries(sort ?? {}) as [string, Direction][];
  const byId = conditions.get("_id");
  if (byId?.in !== undefined) return planByIds(info, byId.in, order);
  let best = planById(info, byId, order);
  let bestScore =
    (best.ranges[0]!.start.length > info.prefix.length ? 4 : 0) + (best.sorted && order.length > 0 ? 3 : 0);
  for (const index of info.indexes) {
    if (!isUsable(index, conditions)) continue;
    const { plan, score } = planByIndex(index, conditions, order);
    if (score > bestScore) [best, bestScore] = [plan, score];
  }
  return best;
}

const sortsById = (order: readonly [string, Direction][]): boolean => order.length === 0 || order[0]![0] === "_id";

function planByIds(info: CollectionInfo, ids: readonly unknown[], order: readonly [string, Direction][]): Plan {
  const unique = [...new Set(ids.filter(isLegalId))];
  const ranges = unique.map((id) => {
    const start = documentKey(info.prefix, id);
    return { start, end: Buffer.concat([start, Buffer.of(0)]) };
  });
  return { ranges, reverse: false, sorted: order.length === 0 || ranges.length < 2, repeats: false };
}

function planById(info: CollectionInfo, condition: Condition | undefined, order: readonly [string, Direction][]): Plan {
  const { lower, upper } = condition ?? {};
  const whole = { start: info.prefix, end: afterPrefix(info.prefix) };
  const from = isLegalId(lower?.value) ? documentKey(info.prefix, lower.value) : whole.start;
  const to = isLegalId(upper?.value) ? Buffer.concat([documentKey(info.prefix, upper.value), Buffer.of(0)]) : whole.end;
  const sorted = sortsById(order);
  return { ranges: [{ start: from, end: to }], reverse: sorted && order[0]?.[1] === -1, sorted, repeats: false };
}

/** Whether the index holds every document that can match. */
function isUsable(index: Index, conditions: Conditions): boolean {
  if (index.partial !== undefined && !implies(conditions, index.partial)) return false;
  return !index.sparse || index.paths.some((path) => impliesPresence(conditions.get(path)));
}

function planByIndex(
  index: Index,
  conditions: Conditions,
  order: readonly [string, Direction][],
): { plan: Plan; score: number } {
  const { ranges, equal, ranged } = rangesOf(index, conditions);
  const direction = ranges.length === 1 ? sortDirection(index, equal, order) : undefined;
  const plan: Plan = {
    index,
    ranges,
    reverse: direction === -1,
    sorted: order.length === 0 || direction !== undefined,
    repeats: index.throughArray.includes(true),
  };
  const unique = index.unique && equal === index.paths.length;
  const score =
    (unique ? 1_000 : 0) + equal * 10 + (ranged ? 4 : 0) + (direction !== undefined && order.length > 0 ? 3 : 0);
  return { plan, score };
}

/** Components beyond the first of which several come out of the array cannot be narrowed: each may match another element. */
function usableComponents(index: Index): number {
  const arrays = index.throughArray.filter(Boolean).length;
  return arrays > 1 ? index.throughArray.indexOf(true) + 1 : index.paths.length;
}

function rangesOf(index: Index, conditions: Conditions): { ranges: Range[]; equal: number; ranged: boolean } {
  const usable = usableComponents(index);
  let prefixes: (readonly unknown[])[] = [[]];
  let equal = 0;
  for (; equal < usable; equal++) {
    const values = conditions.get(index.paths[equal]!)?.in;
    if (values === undefined || prefixes.length * values.length > MAX_RANGES) break;
    if (values.includes(null) && mayLackNull(index, equal)) break;
    prefixes = prefixes.flatMap((prefix) => values.map((value) => [...prefix, value]));
  }
  const condition = equal < usable ? conditions.get(index.paths[equal]!) : undefined;
  const ranged = condition?.lower !== undefined || condition?.upper !== undefined;
  const ranges = prefixes.map((prefix) =>
    ranged ? boundedRange(index, prefix, condition!) : equalRange(index, prefix),
  );
  return { ranges: ranges.length > 1 ? withoutRepeats(ranges) : ranges, equal, ranged };
}

/** A sparse index has no entry for an element of an array without any of its fields, though another element has one. */
const mayLackNull = (index: Index, component: number): boolean => index.sparse && index.throughArray[component]!;

function equalRange(index: Index, values: readonly unknown[]): Range {
  const start = shortenBound(encodeKey(index.prefix, values, index.directions));
  return { start, end: afterPrefix(start) };
}

/** Only values of the bound's type. In an array, one element may meet the lower bound and another the upper: one is used. */
function boundedRange(index: Index, values: readonly unknown[], condition: Condition): Range {
  const { lower } = condition;
  const upper = index.throughArray[values.length] && lower !== undefined ? undefined : condition.upper;
  const rank = typeRank((lower ?? upper)!.value);
  const descending = index.directions[values.length] === -1;
  const ofType = encodeTypeBound(index.prefix, values, index.directions, rank);
  const low = lower && encodeKey(index.prefix, [...values, lower.value], index.directions);
  const high =
    upper && typeRank(upper.value) === rank
      ? encodeKey(index.prefix, [...values, upper.value], index.directions)
      : undefined;
  const first = descending ? high : low;
  const last = descending ? low : high;
  const start = shortenBound(first ?? ofType);
  return { start, end: afterPrefix(shortenBound(last ?? ofType)) };
}

function withoutRepeats(ranges: readonly Range[]): Range[] {
  const sorted = ranges.toSorted((a, b) => Buffer.compare(a.start, b.start));
  return sorted.filter((range, i) => i === 0 || !range.start.equals(sorted[i - 1]!.start));
}

/** 1 or -1 when reading the index forwards or backwards gives the wanted order; the id is the last component of a non-unique index. */
function sortDirection(index: Index, equal: number, order: readonly [string, Direction][]): Direction | undefined {
  if (order.length === 0) return 1;
  if (index.shortened) return undefined;
  const components: [string, Direction, boolean][] = index.fields.map(([path, direction], i) => [
    path,
    direction,
    index.throughArray[i]!,
  ]);
  if (!index.unique) components.push(["_id", 1, false]);
  const open = components.slice(equal);
  const fixed = new Set(index.paths.slice(0, equal).filter((_, i) => !index.throughArray[i]));
  const wanted = order.filter(([path]) => !fixed.has(path));
  if (wanted.length > open.length) return undefined;
  let direction: Direction | undefined;
  for (const [i, [path, way]] of wanted.entries()) {
    const [component, own, throughArray] = open[i]!;
    if (component !== path || throughArray) return undefined;
    const needed: Direction = way === own ? 1 : -1;
    if (direction !== undefined && direction !== needed) return undefined;
    direction = needed;
  }
  return direction ?? 1;
}
