import { StewardError } from "../../../kernel/errors.ts";
import { splitPath } from "../paths.ts";
import type { Document, Filter, Update } from "../port.ts";
import { compareValues, equalValues, isPlainObject, normalise } from "../values.ts";
import { readField, removeField, writeField } from "./fields.ts";
import { compileElement, isOperators } from "./filter.ts";

type Fields = Record<string, unknown>;
/** Changes the document in place; whether anything is different. */
type Step = (document: Fields) => boolean;

/** An update, compiled once and applied within the write transaction. */
export interface CompiledUpdate {
  /** Every path that it writes. */
  readonly paths: readonly string[];
  /** The paths whose values before it needs to know: all but those of whole fields that are set. */
  readonly needs: readonly string[];
  apply(document: Fields, inserting: boolean): boolean;
}

const operators: Record<keyof Update, (path: string, operand: unknown) => Step> = {
  $set: compileSet,
  $setOnInsert: compileSet,
  $unset: (path) => (document) => removeField(document, splitPath(path)),
  $inc: compileInc,
  $max: (path, operand) => compileBound(path, operand, 1),
  $min: (path, operand) => compileBound(path, operand, -1),
  $push: compilePush,
  $addToSet: compileAddToSet,
  $pull: compilePull,
};

/** Takes a copy of every operand: the caller may change its objects afterwards. */
export function compileUpdate(update: Update): CompiledUpdate {
  const paths: string[] = [];
  const needs: string[] = [];
  const steps: Step[] = [];
  const insertSteps: Step[] = [];
  for (const operator of Object.keys(update) as (keyof Update)[]) {
    const fields = update[operator];
    if (fields === undefined) continue;
    const compile = operators[operator];
    if (compile === undefined)
      throw new StewardError("internal", `the store knows no update operator ${String(operator)}`);
    const target = operator === "$setOnInsert" ? insertSteps : steps;
    for (const path of Object.keys(fields)) {
      if (fields[path] === undefined) continue;
      paths.push(path);
      if (operator !== "$set" || path.includes(".")) needs.push(path);
      target.push(compile(path, fields[path]));
    }
  }
  refuseConflicts(paths);
  return {
    paths,
    needs,
    apply(document, inserting) {
      let changed = false;
      for (const step of steps) changed = step(document) || changed;
      if (inserting) for (const step of insertSteps) changed = step(document) || changed;
      return changed;
    },
  };
}

/** MongoDB refuses an update that writes a path twice, or a path and something below it. */
function refuseConflicts(paths: readonly string[]): void {
  if (paths.length < 2) return;
  const sorted = paths.map((path) => `${path}.`).sort();
  for (let i = 1; i < sorted.length; i++) {
    if (sorted[i]!.startsWith(sorted[i - 1]!)) {
      throw new StewardError("internal", `the update writes ${sorted[i - 1]!.slice(0, -1)} twice`);
    }
  }
}

function compileSet(path: string, operand: unknown): Step {
  const parts = splitPath(path);
  const value = normalise(operand);
  return (document) => {
    const before = readField(document, parts);
    if (before !== undefined && before !== null ? equalValues(before, value) : before === value) return false;
    // A copy for each document, since updateMany gives the value to several within one transaction.
    writeField(document, parts, typeof value === "object" ? normalise(value) : value);
    return true;
  };
}

function compileInc(path: string, operand: unknown): Step {
  const parts = splitPath(path);
  return (document) => {
    const before = readField(document, parts);
    if (before !== undefined && typeof before !== "number")
      throw new StewardError("internal", `${path} is not a number to add to`);
    writeField(document, parts, (before ?? 0) + (operand as number));
    return before === undefined || operand !== 0;
  };
}

function compileBound(path: string, operand: unknown, sign: 1 | -1): Step {
  const parts = splitPath(path);
  const value = normalise(operand);
  return (document) => {
    const before = readField(document, parts);
    if (before !== undefined && compareValues(value, before) * sign <= 0) return false;
    writeField(document, parts, normalise(value));
    return true;
  };
}

function readArray(document: Fields, parts: readonly string[]): unknown[] {
  const array = readField(document, parts);
  if (array !== undefined && !Array.isArray(array))
    throw new StewardError("internal", `${parts.join(".")} is not an array`);
  return array ?? [];
}

/** The values of `$each`, or the one value; a copy. */
function eachOf(operand: unknown): unknown[] {
  if (isPlainObject(operand) && "$each" in operand) return normalise(operand.$each) as unknown[];
  return [normalise(operand)];
}

function compilePush(path: string, operand: unknown): Step {
  const parts = splitPath(path);
  const values = eachOf(operand);
  const slice = isPlainObject(operand) ? (operand.$slice as number | undefined) : undefined;
  return (document) => {
    const before = readArray(document, parts);
    const after = [...before, ...(normalise(values) as unknown[])];
    writeField(document, parts, slice === undefined ? after : slice < 0 ? after.slice(slice) : after.slice(0, slice));
    return values.length > 0 || slice !== undefined;
  };
}

function compileAddToSet(path: string, operand: unknown): Step {
  const parts = splitPath(path);
  const values = eachOf(operand);
  return (document) => {
    const before = readField(document, parts);
    const after = [...readArray(document, parts)];
    for (const value of values) if (!after.some((item) => equalValues(item, value))) after.push(normalise(value));
    if (before !== undefined && after.length === (before as unknown[]).length) return false;
    writeField(document, parts, after);
    return true;
  };
}

/** `$pull` takes a value to be equal to, operators for the element, or a filter for elements that are documents. */
function compilePull(path: string, operand: unknown): Step {
  const parts = splitPath(path);
  const matches =
    isOperators(operand) || isPlainObject(operand)
      ? compileElement(operand as Filter)
      : (element: unknown) => equalValues(element, operand);
  return (document) => {
    const before = readField(document, parts);
    if (before === undefined) return false;
    const kept = readArray(document, parts).filter((element) => !matches(element));
    if (kept.length === (before as unknown[]).length) return false;
    writeField(document, parts, kept);
    return true;
  };
}

/** The document that an upsert starts from: what the filter demands by equality. */
export function seedOf(filter: Filter): Fields {
  const seed: Fields = {};
  for (const path of Object.keys(filter)) {
    const condition = filter[path];
    if (path === "$and") for (const branch of condition as Filter[]) Object.assign(seed, seedOf(branch));
    else if (!path.startsWith("$")) {
      const value = isOperators(condition) ? condition.$eq : condition;
      if (value !== undefined && !(value instanceof RegExp)) writeField(seed, splitPath(path), normalise(value));
    }
  }
  return seed;
}

/** The document that an upsert inserts. */
export function upserted(filter: Filter, update: CompiledUpdate, freshId: () => string): Document {
  const { _id, ...rest } = seedOf(filter);
  const document: Fields = { _id, ...rest };
  update.apply(document, true);
  document._id ??= freshId();
  return document as Document;
}
