import type { Filter } from "../port.ts";
import { compareValues, isPlainObject, typeRank } from "../values.ts";
import { isOperators } from "./filter.ts";

/** What a filter demands of one field, as far as an index can use it. */
export interface Condition {
  /** Equal to one of these. */
  in?: readonly unknown[];
  lower?: { value: unknown; inclusive: boolean };
  upper?: { value: unknown; inclusive: boolean };
  /** Present, or equal to something that is not null. */
  exists?: boolean;
}

export type Conditions = ReadonlyMap<string, Condition>;

const isIndexable = (value: unknown): boolean =>
  value !== undefined && !Array.isArray(value) && !(value instanceof RegExp);

/** The conditions that must all hold: top level and `$and`. Others are left to the filter itself. */
export function conditionsOf(filter: Filter, into: Map<string, Condition> = new Map()): Map<string, Condition> {
  for (const key of Object.keys(filter)) {
    const value = filter[key];
    if (key === "$and") for (const branch of value as Filter[]) conditionsOf(branch, into);
    else if (!key.startsWith("$")) addCondition(into, key, value);
  }
  return into;
}

function addCondition(into: Map<string, Condition>, path: string, demand: unknown): void {
  const condition = into.get(path) ?? {};
  if (isOperators(demand)) for (const operator of Object.keys(demand)) narrow(condition, operator, demand[operator]);
  else narrow(condition, "$eq", demand);
  into.set(path, condition);
}

function narrow(condition: Condition, operator: string, operand: unknown): void {
  switch (operator) {
    case "$eq":
      if (isIndexable(operand)) setIn(condition, [operand]);
      return;
    case "$in":
      if ((operand as readonly unknown[]).every(isIndexable)) setIn(condition, operand as readonly unknown[]);
      return;
    case "$gt":
    case "$gte":
      if (isBound(operand)) condition.lower ??= { value: operand, inclusive: operator === "$gte" };
      return;
    case "$lt":
    case "$lte":
      if (isBound(operand)) condition.upper ??= { value: operand, inclusive: operator === "$lte" };
      return;
    case "$exists":
      if (operand === true) condition.exists = true;
  }
}

function setIn(condition: Condition, values: readonly unknown[]): void {
  if (condition.in === undefined || values.length < condition.in.length) condition.in = values;
}

const isBound = (value: unknown): boolean => isIndexable(value) && value !== null && !isPlainObject(value);

/** Whether a document that meets `given` has the field, and not null in it. */
export const impliesPresence = (given: Condition | undefined): boolean =>
  given !== undefined &&
  (given.exists === true ||
    given.lower !== undefined ||
    given.upper !== undefined ||
    (given.in !== undefined && given.in.every((value) => value !== null)));

/** Whether every document that meets `given` matches `filter`: then a partial index over `filter` holds them all. */
export function implies(given: Conditions, filter: Filter): boolean {
  return Object.keys(filter).every((key) => {
    if (key === "$and") return (filter[key] as Filter[]).every((branch) => implies(given, branch));
    if (key.startsWith("$")) return false;
    const demand = filter[key];
    const have = given.get(key);
    const demands = isOperators(demand) ? demand : { $eq: demand };
    return (
      have !== undefined && Object.keys(demands).every((operator) => impliesOne(have, operator, demands[operator]))
    );
  });
}

function impliesOne(have: Condition, operator: string, operand: unknown): boolean {
  if (operator === "$exists") return operand === true && impliesPresence(have);
  if (have.in !== undefined) return have.in.every((value) => holds(value, operator, operand));
  const bound =
    operator === "$gt" || operator === "$gte"
      ? have.lower
      : operator === "$lt" || operator === "$lte"
        ? have.upper
        : undefined;
  if (bound === undefined || typeRank(bound.value) !== typeRank(operand)) return false;
  const order = compareValues(bound.value, operand);
  if (order === 0) return operator.endsWith("e") || !bound.inclusive;
  return operator.startsWith("$g") ? order > 0 : order < 0;
}

function holds(value: unknown, operator: string, operand: unknown): boolean {
  if (operator === "$in") return (operand as readonly unknown[]).some((item) => compareValues(value, item) === 0);
  const order = compareValues(value, operand);
  if (operator === "$eq") return order === 0;
  if (typeRank(value) !== typeRank(operand)) return false;
  if (operator === "$gt") return order > 0;
  if (operator === "$gte") return order >= 0;
  if (operator === "$lt") return order < 0;
  return operator === "$lte" && order <= 0;
}
