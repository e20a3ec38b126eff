import { isPlainObject } from "./values.ts";

const known = new Map<string, readonly string[]>();

/** The elements of a dotted path. Remembered, since few paths are asked for often. */
export function splitPath(path: string): readonly string[] {
  let parts = known.get(path);
  if (parts === undefined) {
    if (known.size > 5_000) known.clear();
    parts = path.split(".");
    known.set(path, parts);
  }
  return parts;
}

export const isArrayPosition = (part: string): boolean => /^(?:0|[1-9]\d{0,8})$/.test(part);

/**
 * Whether `test` holds for a value that `parts` lead to, as a filter sees it: arrays on the way are entered (their
 * documents, and the element that a number names), an array at the end counts with each of its elements and as a whole.
 * A missing field is `undefined`; an array on the way that holds no document leads to nothing at all.
 */
export function someValue(
  node: unknown,
  parts: readonly string[],
  at: number,
  test: (value: unknown) => boolean,
): boolean {
  let value = node;
  for (let i = at; i < parts.length; i++) {
    if (Array.isArray(value)) return someInArray(value, parts, i, test);
    if (!isPlainObject(value)) return test(undefined);
    value = value[parts[i]!];
  }
  if (Array.isArray(value) && value.some(test)) return true;
  return test(value);
}

function someInArray(
  items: readonly unknown[],
  parts: readonly string[],
  at: number,
  test: (value: unknown) => boolean,
): boolean {
  for (const item of items) if (isPlainObject(item) && someValue(item, parts, at, test)) return true;
  const part = parts[at]!;
  if (!isArrayPosition(part)) return false;
  const index = Number(part);
  return index < items.length && someValue(items[index], parts, at + 1, test);
}

/** Every scalar that `path` leads to, arrays entered. */
export function valuesAt(document: unknown, path: string): unknown[] {
  const found: unknown[] = [];
  someValue(document, splitPath(path), 0, (value) => {
    if (!Array.isArray(value)) found.push(value);
    return false;
  });
  return found;
}

/** `endpoints.0.state` and `endpoints.state` touch the same fields. */
const withoutPositions = (path: string): string =>
  splitPath(path)
    .filter((part) => !isArrayPosition(part))
    .join(".");

/** Whether writing `written` may change what `read` leads to. */
export function pathsOverlap(written: string, read: string): boolean {
  const a = withoutPositions(written);
  const b = withoutPositions(read);
  return a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`);
}
