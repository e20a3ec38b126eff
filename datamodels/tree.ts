import type { ParameterType } from "../kernel/value.ts";
import type { DataModel, ModelObject, ModelParameter } from "./model.ts";
import { plausibleValue } from "./values/plausible.ts";

/** One parameter of a made-up device. */
export interface TreeParameter {
  readonly type: ParameterType;
  readonly value: string;
  readonly writable: boolean;
}

export interface TreeTable {
  /** Leaf names below an instance: what a new row holds. */
  readonly row: ReadonlyMap<string, TreeParameter>;
  /** Whether rows can be added and deleted. */
  readonly writable: boolean;
}

/** A device that implements a model: the shape that the simulator runs (`CpeModel`). */
export interface DeviceTree {
  readonly parameters: ReadonlyMap<string, TreeParameter>;
  /** By concrete path with its last dot. */
  readonly tables: ReadonlyMap<string, TreeTable>;
}

export interface TreeOptions {
  /** Exactly so many parameters: cut, or grown by rows. By default one row per table. */
  readonly size?: number;
  /** Only these subtrees (generic, with last dot), and the parameters of their ancestors. By default everything. */
  readonly below?: readonly string[];
  /** For service models: where they are mounted, e.g. `Device.Services.`. */
  readonly mount?: string;
}

/** Builds the tree of a device from a model, with a plausible value for every parameter. The same options give the same tree. */
export function deviceTree(model: DataModel, { size = 0, below = [], mount = "" }: TreeOptions = {}): DeviceTree {
  const objects = [...model.objects].filter((object) => isLive(object.status) && isWanted(object.path, below));
  const growth = new TreeGrowth(objects, mount, size);
  for (const object of objects) growth.add(object, 1);
  const leafTables = objects.filter(
    (object) => object.isTable && hasParameters(object) && !hasTablesWithin(object, objects),
  );
  for (let instance = 2; growth.wantsMore && leafTables.length > 0; instance++) {
    for (const table of leafTables) growth.add(table, instance);
  }
  return growth.finish();
}

const isLive = (status: string | undefined): boolean => status === undefined || status === "current";
const isWanted = (path: string, below: readonly string[]): boolean =>
  below.length === 0 || below.some((root) => path.startsWith(root) || root.startsWith(path));
const hasParameters = (object: ModelObject): boolean =>
  [...object.parameters.values()].some((parameter) => isLive(parameter.status));
const hasTablesWithin = (object: ModelObject, all: readonly ModelObject[]): boolean =>
  all.some((other) => other !== object && other.isTable && other.path.startsWith(object.path));

class TreeGrowth {
  readonly #parameters = new Map<string, TreeParameter>();
  readonly #tables = new Map<string, TreeTable>();
  /** Rows per table, and where their number is told. */
  readonly #rows = new Map<string, { rows: number; counter: string | undefined }>();
  readonly #known: readonly ModelObject[];
  readonly #mount: string;
  readonly #size: number;

  constructor(objects: readonly ModelObject[], mount: string, size: number) {
    this.#known = objects;
    this.#mount = mount;
    this.#size = size;
  }

  get wantsMore(): boolean {
    return this.#parameters.size < this.#size;
  }

  /** Adds `object`; its own row is `instance`, rows above it are the first. */
  add(object: ModelObject, instance: number): void {
    if (this.#size > 0 && !this.wantsMore) return;
    const last = object.path.lastIndexOf("{i}");
    const ancestors = object.path.slice(0, Math.max(0, last)).replaceAll("{i}", "1");
    const path = this.#mount + (object.isTable ? `${ancestors}${instance}.` : object.path.replaceAll("{i}", "1"));
    if (object.isTable) this.#addRow(object, this.#mount + ancestors, instance);
    for (const [name, parameter] of liveParameters(object)) {
      if (this.#size > 0 && !this.wantsMore) return;
      this.#parameters.set(path + name, parameterOf(parameter, instance));
    }
  }

  /** With the counters set to what there is. */
  finish(): DeviceTree {
    for (const { rows, counter } of this.#rows.values()) {
      const count = counter === undefined ? undefined : this.#parameters.get(counter);
      if (count && counter !== undefined) this.#parameters.set(counter, { ...count, value: String(rows) });
    }
    return { parameters: this.#parameters, tables: this.#tables };
  }

  #addRow(object: ModelObject, table: string, instance: number): void {
    const parent = table.slice(0, table.lastIndexOf(".", table.length - 2) + 1);
    const counter = object.numEntriesParameter === undefined ? undefined : parent + object.numEntriesParameter;
    this.#rows.set(table, { rows: instance, counter });
    if (!this.#tables.has(table))
      this.#tables.set(table, { row: this.#newRow(object), writable: object.access === "readWrite" });
  }

  /** A new row has its own parameters and those of the single objects within it, but no rows of tables within it. */
  #newRow(object: ModelObject): Map<string, TreeParameter> {
    const row = new Map<string, TreeParameter>();
    for (const inner of this.#known) {
      if (!inner.path.startsWith(object.path) || inner.path.slice(object.path.length).includes("{i}")) continue;
      for (const [name, parameter] of liveParameters(inner)) {
        row.set(inner.path.slice(object.path.length) + name, parameterOf(parameter, 0));
      }
    }
    return row;
  }
}

const liveParameters = (object: ModelObject): [string, ModelParameter][] =>
  [...object.parameters].filter(([, parameter]) => isLive(parameter.status));

function parameterOf(parameter: ModelParameter, instance: number): TreeParameter {
  const { syntax, access, object } = parameter;
  const isKey =
    object.isTable && instance > 0 && object.uniqueKeys.some((key) => key.parameters.includes(parameter.name));
  const value = plausibleValue(parameter);
  return {
    type: syntax.type,
    value: isKey ? distinct(parameter, value, instance) : value,
    writable: access !== "readOnly",
  };
}

/** Keys differ from row to row where that is easy: aliases, names, numbers and addresses. */
function distinct({ name, syntax }: ModelParameter, value: string, instance: number): string {
  if (name === "Alias") return `cpe-${instance}`;
  if (syntax.format === "mac") return `02:00:00:00:${hex(instance >> 8)}:${hex(instance)}`;
  if (syntax.enumeration || syntax.patterns || syntax.pathRef || syntax.list || syntax.format) return value;
  if (syntax.type === "string") return `${value}${instance}`.slice(0, syntax.sizes?.[0]?.max ?? 256);
  return syntax.type === "unsignedInt" && !syntax.ranges ? String(instance) : value;
}

const hex = (byte: number): string => (byte & 255).toString(16).padStart(2, "0").toUpperCase();
