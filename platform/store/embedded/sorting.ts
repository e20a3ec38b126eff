import { splitPath } from "../paths.ts";
import type { Document, Sort } from "../port.ts";
import { compareValues, isPlainObject } from "../values.ts";
import type { Direction } from "./keys.ts";

export type Comparator = (a: Document, b: Document) => number;

/** Sorts by the smallest (ascending) or greatest (descending) element where a field is or lies in an array. */
export function compileSort(sort: Sort): Comparator {
  const fields = Object.entries(sort).map(([path, direction]) => ({ parts: splitPath(path), direction }));
  return (a, b) => {
    for (const { parts, direction } of fields) {
      const order = compareValues(sortValue(a, parts, 0, direction), sortValue(b, parts, 0, direction));
      if (order !== 0) return order * direction;
    }
    return 0;
  };
}

function sortValue(node: unknown, parts: readonly string[], at: number, direction: Direction): unknown {
  let value = node;
  for (let i = at; i < parts.length; i++) {
    if (Array.isArray(value))
      return extreme(
        value.map((item) => sortValue(item, parts, i, direction)),
        direction,
      );
    if (!isPlainObject(value)) return undefined;
    value = value[parts[i]!];
  }
  return Array.isArray(value) ? extreme(value, direction) : value;
}

function extreme(values: readonly unknown[], direction: Direction): unknown {
  return values.reduce<unknown>(
    (best, value, i) => (i === 0 || compareValues(value, best) * direction < 0 ? value : best),
    undefined,
  );
}
