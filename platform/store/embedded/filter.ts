import { StewardError } from "../../../kernel/errors.ts";
import { someValue, splitPath } from "../paths.ts";
import type { Filter } from "../port.ts";
import { compareValues, equalValues, isPlainObject, typeRank } from "../values.ts";

export type Predicate = (document: unknown) => boolean;
type ValueTest = (value: unknown) => boolean;

/** Whether a field's condition is made of operators (`{ $gt: 1 }`) and not a document to be equal to. */
export function isOperators(condition: unknown): condition is Record<string, unknown> {
  if (!isPlainObject(condition)) return false;
  for (const key in condition) return key.startsWith("$");
  return false;
}

const holdsAlways: Predicate = () => true;
const every = (tests: readonly Predicate[]): Predicate => {
  if (tests.length === 0) return holdsAlways;
  if (tests.length === 1) return tests[0]!;
  return (document) => {
    for (const test of tests) if (!test(document)) return false;
    return true;
  };
};

/** The filter as a function. A condition that is `undefined` is a mistake of ours that would match too much: it is refused. */
export function compileFilter(filter: Filter): Predicate {
  const tests: Predicate[] = [];
  for (const key of Object.keys(filter)) {
    const condition = filter[key];
    if (condition === undefined) throw new StewardError("internal", `the filter's ${key} is undefined`);
    tests.push(key.startsWith("$") ? compileLogical(key, condition) : compileField(key, condition));
  }
  return every(tests);
}

/** Every path that it reads. */
export const fieldsOf = (filter: Filter | undefined): string[] =>
  Object.entries(filter ?? {}).flatMap(([key, value]) =>
    key.startsWith("$") ? (value as Filter[]).flatMap(fieldsOf) : [key],
  );

function compileLogical(operator: string, operand: unknown): Predicate {
  const branches = (operand as readonly Filter[]).map(compileFilter);
  switch (operator) {
    case "$and":
      return every(branches);
    case "$or":
      return (document) => branches.some((branch) => branch(document));
    case "$nor":
      return (document) => !branches.some((branch) => branch(document));
    default:
      throw new StewardError("internal", `the store knows no filter operator ${operator}`);
  }
}

function compileField(path: string, condition: unknown): Predicate {
  const parts = splitPath(path);
  if (isOperators(condition)) return every(compileOperators(parts, condition));
  return anyValue(parts, condition instanceof RegExp ? matching(condition) : equalTo(condition));
}

function anyValue(parts: readonly string[], test: ValueTest): Predicate {
  if (parts.length > 1) return (document) => someValue(document, parts, 0, test);
  const field = parts[0]!;
  return (document) => {
    const value = (document as Record<string, unknown>)[field];
    return typeof value === "object" ? someValue(document, parts, 0, test) : test(value);
  };
}

const not =
  (test: Predicate): Predicate =>
  (document) =>
    !test(document);

function compileOperators(parts: readonly string[], condition: Record<string, unknown>): Predicate[] {
  return Object.keys(condition).map((operator) => {
    const operand = condition[operator];
    if (operand === undefined)
      throw new StewardError("internal", `the filter's ${parts.join(".")} ${operator} is undefined`);
    switch (operator) {
      case "$ne":
        return not(anyValue(parts, equalTo(operand)));
      case "$nin":
        return not(anyValue(parts, equalToOne(operand as readonly unknown[])));
      case "$not":
        return not(
          every(
            compileOperators(
              parts,
              operand instanceof RegExp ? { $regex: operand } : (operand as Record<string, unknown>),
            ),
          ),
        );
      case "$exists":
        return operand ? anyValue(parts, isPresent) : not(anyValue(parts, isPresent));
      case "$elemMatch":
        return (document) => someArray(document, parts, compileElement(operand as Filter));
      default:
        return anyValue(parts, compileTest(operator, operand));
    }
  });
}

function compileTest(operator: string, operand: unknown): ValueTest {
  switch (operator) {
    case "$eq":
      return equalTo(operand);
    case "$in":
      return equalToOne(operand as readonly unknown[]);
    case "$gt":
      return ordered(operand, (order) => order > 0);
    case "$gte":
      return ordered(operand, (order) => order >= 0);
    case "$lt":
      return ordered(operand, (order) => order < 0);
    case "$lte":
      return ordered(operand, (order) => order <= 0);
    case "$regex":
      return matching(operand as RegExp);
    default:
      throw new StewardError("internal", `the store knows no field operator ${operator}`);
  }
}

const isPresent: ValueTest = (value) => value !== undefined;

function equalTo(operand: unknown): ValueTest {
  if (operand === undefined) throw new StewardError("internal", "the filter compares with undefined");
  if (operand === null) return (value) => value === null || value === undefined;
  if (typeof operand !== "object") return (value) => value === operand;
  return (value) => value !== undefined && value !== null && equalValues(value, operand);
}

function equalToOne(operands: readonly unknown[]): ValueTest {
  if (operands.every((operand) => typeof operand === "string" || typeof operand === "number")) {
    const set = new Set<unknown>(operands);
    return (value) => set.has(value);
  }
  const tests = operands.map((operand) => (operand instanceof RegExp ? matching(operand) : equalTo(operand)));
  return (value) => tests.some((test) => test(value));
}

/** Only values of the operand's type compare. */
function ordered(operand: unknown, holds: (order: number) => boolean): ValueTest {
  if (typeof operand === "number" || typeof operand === "string") {
    const type = typeof operand;
    return (value) => typeof value === type && holds(compareValues(value, operand));
  }
  const rank = typeRank(operand);
  return (value) => typeRank(value) === rank && holds(compareValues(value, operand));
}

function matching(pattern: RegExp): ValueTest {
  const stateless =
    pattern.global || pattern.sticky ? new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, "")) : pattern;
  return (value) => typeof value === "string" && stateless.test(value);
}

/** An element of an array: a document that matches, or a value for which the operators hold. */
export function compileElement(condition: unknown): Predicate {
  if (isOperators(condition) && !Object.keys(condition).some((key) => ["$and", "$or", "$nor"].includes(key))) {
    const tests = compileOperators(["element"], condition);
    return (element) => every(tests)({ element });
  }
  const matches = compileFilter(condition as Filter);
  return (element) => isPlainObject(element) && matches(element);
}

function someArray(document: unknown, parts: readonly string[], matches: Predicate): boolean {
  return someValue(document, parts, 0, (value) => Array.isArray(value) && value.some((element) => matches(element)));
}
