import { leafName, parentPath } from "../../kernel/path.ts";
import type { CpeModel, ModelParameter } from "./model.ts";
import { type Shape, shapeOf, type TableShape } from "./shape.ts";

/** What a parameter is on one CPE. */
export interface TreeParameter extends ModelParameter {
  readonly notification: number;
  readonly accessList: readonly string[];
}

const ORDINARY = { notification: 0, accessList: ["Subscriber"] } as const;

/** A CPE's parameters: its model's, and what this CPE changed. A CPE costs what it changed, not what its model holds. */
export class CpeTree {
  readonly model: CpeModel;
  readonly #shape: Shape;
  readonly #changed = new Map<string, TreeParameter>();
  /** Parameters of rows that were added. */
  readonly #added = new Map<string, ModelParameter>();
  readonly #addedRows = new Set<string>();
  /** Objects whose children are not the model's any more. */
  readonly #children = new Map<string, readonly string[]>();
  /** Rows of the model that were deleted. */
  readonly #deleted = new Set<string>();
  /** The highest instance number that was given per table: numbers are not used again soon (TR-069 A.3.2.6). */
  readonly #highest = new Map<string, number>();

  constructor(model: CpeModel) {
    this.model = model;
    this.#shape = shapeOf(model);
  }

  get(name: string): TreeParameter | undefined {
    const changed = this.#changed.get(name);
    if (changed !== undefined) return changed;
    const known = this.#added.get(name) ?? (this.#isDeleted(name) ? undefined : this.model.parameters.get(name));
    return known === undefined ? undefined : { ...known, ...ORDINARY };
  }

  /** Ignores a name that the CPE does not have. */
  set(name: string, value: string): void {
    this.#change(name, { value });
  }

  setAttributes(name: string, attributes: { notification?: number; accessList?: readonly string[] }): void {
    this.#change(name, attributes);
  }

  #change(name: string, change: Partial<TreeParameter>): void {
    const known = this.get(name);
    if (known !== undefined) this.#changed.set(name, { ...known, ...change });
  }

  isObject(path: string): boolean {
    return this.#children.has(path) || (this.#shape.children.has(path) && !this.#isDeleted(path));
  }

  /** Full names at or below a path; a full name names itself. */
  below(path: string): string[] {
    if (!path.endsWith(".") && path !== "") return this.get(path) === undefined ? [] : [path];
    return this.walk(path).filter((name) => !name.endsWith("."));
  }

  /** Direct children in tree order; objects end with a dot. */
  children(path: string): readonly string[] {
    return this.#children.get(path) ?? this.#shape.children.get(path) ?? [];
  }

  /** The path itself and everything below it, objects too. */
  walk(path: string): string[] {
    const found: string[] = path === "" ? [] : [path];
    const visit = (object: string): void => {
      for (const child of this.children(object)) {
        found.push(child);
        if (child.endsWith(".")) visit(child);
      }
    };
    visit(path);
    return found;
  }

  /** For a table or an instance: whether the ACS may add or delete; for a parameter: whether it may write. */
  isWritable(path: string): boolean {
    if (!path.endsWith(".")) return this.get(path)?.writable ?? false;
    return (this.#table(path) ?? this.#table(parentPath(path)))?.writable ?? false;
  }

  /** Makes the next instance; `undefined` when the path is no table that the ACS may add to. */
  addInstance(path: string): number | undefined {
    const table = this.#table(path);
    if (table === undefined || !table.writable || !this.isObject(path)) return undefined;
    const instance = Math.max(this.#highest.get(path) ?? 0, ...this.#instances(path)) + 1;
    this.#highest.set(path, instance);
    const row = `${path}${instance}.`;
    this.#addedRows.add(row);
    this.#link(row);
    for (const [leaf, parameter] of table.row) {
      this.#added.set(row + leaf, { ...parameter, value: parameter.value.replaceAll("#", String(instance)) });
      this.#link(row + leaf);
    }
    for (const inner of table.innerTables) this.#link(row + inner);
    this.#count(path);
    return instance;
  }

  /** False when there is no such row or it may not be deleted. */
  deleteInstance(row: string): boolean {
    const table = parentPath(row);
    if (!this.isObject(row) || this.#table(table)?.writable !== true) return false;
    const instance = Number(leafName(row));
    this.#highest.set(table, Math.max(this.#highest.get(table) ?? 0, instance));
    for (const path of this.walk(row)) {
      this.#changed.delete(path);
      this.#added.delete(path);
      this.#addedRows.delete(path);
      this.#children.delete(path);
    }
    if (this.#shape.children.has(row)) this.#deleted.add(row);
    this.#children.set(
      table,
      this.children(table).filter((child) => child !== row),
    );
    this.#count(table);
    return true;
  }

  /** Gives every row that was added the next number of its table; rows within it are lost. */
  renumber(): void {
    const rows = [...this.#addedRows];
    for (const row of rows) {
      const kept = this.below(row).map((name) => [name.slice(row.length), this.get(name)!] as const);
      if (!this.deleteInstance(row)) continue;
      const table = parentPath(row);
      const renumbered = `${table}${this.addInstance(table)}.`;
      for (const [leaf, parameter] of kept) this.#change(renumbered + leaf, parameter);
    }
  }

  /** Back to the model's own state. */
  reset(): void {
    this.#changed.clear();
    this.#added.clear();
    this.#addedRows.clear();
    this.#children.clear();
    this.#deleted.clear();
    this.#highest.clear();
  }

  #instances(table: string): number[] {
    return this.children(table).map((child) => Number(leafName(child)));
  }

  #table(path: string): TableShape | undefined {
    return this.#shape.table(path);
  }

  #isDeleted(path: string): boolean {
    if (this.#deleted.size === 0) return false;
    for (let dot = path.indexOf("."); dot >= 0; dot = path.indexOf(".", dot + 1))
      if (this.#deleted.has(path.slice(0, dot + 1))) return true;
    return false;
  }

  /** Makes `path` a child of its object, and that of its own. */
  #link(path: string): void {
    const parent = parentPath(path);
    if (path.endsWith(".") && !this.isObject(path)) this.#children.set(path, []);
    const siblings = this.children(parent);
    if (siblings.includes(path)) return;
    if (!this.isObject(parent)) this.#link(parent);
    this.#children.set(parent, [...siblings, path]);
  }

  #count(table: string): void {
    this.set(`${table.slice(0, -1)}NumberOfEntries`, String(this.children(table).length));
  }
}
