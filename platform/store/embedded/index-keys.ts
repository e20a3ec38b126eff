import { StewardError } from "../../../kernel/errors.ts";
import { isArrayPosition, splitPath } from "../paths.ts";
import { isPlainObject } from "../values.ts";
import { emptyArray } from "./keys.ts";

interface Reached {
  value: unknown;
  readonly parts: readonly string[];
  at: number;
}

export interface IndexTuples {
  /** One tuple of values per index entry; `undefined` where the field is missing. */
  readonly tuples: readonly (readonly unknown[])[];
  /** Which components came out of an array. */
  readonly throughArray: readonly boolean[];
}

/**
 * What a document contributes to an index over `paths`: one tuple, or one per element where a path leads into an array.
 * Two paths may share an array (they are then taken from the same element), but not lead into two different ones.
 */
export function indexTuples(document: unknown, paths: readonly string[]): IndexTuples {
  const tuples: unknown[][] = [];
  const throughArray = paths.map(() => false);
  expand(
    paths.map((path) => ({ value: document, parts: splitPath(path), at: 0 })),
    tuples,
    throughArray,
  );
  return { tuples, throughArray };
}

function expand(reached: readonly Reached[], tuples: unknown[][], throughArray: boolean[]): void {
  let array: readonly unknown[] | undefined;
  for (const field of reached) {
    advance(field);
    if (!Array.isArray(field.value) || field.at < 0) continue;
    if (array !== undefined && array !== field.value) {
      throw new StewardError("internal", `an index cannot hold two arrays of one document (${field.parts.join(".")})`);
    }
    array = field.value;
  }
  if (array === undefined) {
    tuples.push(reached.map(({ value }) => value));
    return;
  }
  reached.forEach((field, i) => (throughArray[i] ||= field.value === array));
  if (array.length === 0) {
    tuples.push(
      reached.map(({ value, parts, at }) => (value !== array ? value : at === parts.length ? emptyArray : undefined)),
    );
    return;
  }
  for (const element of array)
    expand(
      reached.map((field) => enter(field, array, element)),
      tuples,
      throughArray,
    );
}

/** Walks on to the path's end or to the next array. A field that is finished has `at` -1, or stands at an array's elements. */
function advance(field: Reached): void {
  while (field.at >= 0 && field.at < field.parts.length) {
    const part = field.parts[field.at]!;
    if (Array.isArray(field.value)) {
      if (!isArrayPosition(part)) return;
      field.value = field.value[Number(part)];
    } else if (isPlainObject(field.value)) field.value = field.value[part];
    else {
      field.value = undefined;
      field.at = -1;
      return;
    }
    field.at++;
  }
  if (!Array.isArray(field.value)) field.at = -1;
}

function enter(field: Reached, array: readonly unknown[], element: unknown): Reached {
  const { value, parts, at } = field;
  if (value !== array) return { value, parts, at };
  if (at === parts.length) return { value: element, parts, at: -1 };
  return isPlainObject(element) ? { value: element, parts, at } : { value: undefined, parts, at: -1 };
}
