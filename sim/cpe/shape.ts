import { comparePaths, genericPath, parentPath } from "../../kernel/path.ts";
import type { CpeModel, ModelTable } from "./model.ts";

/** A table as every one of its rows has it. */
export interface TableShape extends ModelTable {
  /** Tables within a row, relative to it, with their last dot. */
  readonly innerTables: readonly string[];
}

/** What all CPEs of a model share of their tree. */
export interface Shape {
  /** Objects with their last dot, each with its direct children in tree order. */
  readonly children: ReadonlyMap<string, readonly string[]>;
  /** The table at a concrete path; tables in rows of one table are alike. */
  table(path: string): TableShape | undefined;
}

const shapes = new WeakMap<CpeModel, Shape>();

export function shapeOf(model: CpeModel): Shape {
  let shape = shapes.get(model);
  if (shape === undefined) {
    const tables = tablesOf(model);
    shape = { children: childrenOf(model), table: (path) => tables.get(genericPath(path)) };
    shapes.set(model, shape);
  }
  return shape;
}

function childrenOf(model: CpeModel): Map<string, string[]> {
  const children = new Map<string, string[]>();
  const known = new Set<string>();
  const link = (path: string): void => {
    if (known.has(path)) return;
    known.add(path);
    const parent = parentPath(path);
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [path]);
    else siblings.push(path);
    if (parent !== "") link(parent);
  };
  for (const table of model.tables.keys()) {
    children.set(table, []);
    link(table);
  }
  for (const name of model.parameters.keys()) link(name);
  for (const paths of children.values()) paths.sort(comparePaths);
  return children;
}

function tablesOf({ tables }: CpeModel): Map<string, TableShape> {
  const generic = new Map([...tables].map(([path, table]) => [genericPath(path), table]));
  return new Map(
    [...generic].map(([path, table]) => {
      const row = `${path}{i}.`;
      const innerTables = [...generic.keys()]
        .filter((other) => other.startsWith(row))
        .map((other) => other.slice(row.length))
        .filter((inner) => !inner.includes("{i}"));
      return [path, { ...table, innerTables }];
    }),
  );
}
