import { readFileSync } from "node:fs";
import type { ParameterType } from "../../kernel/value.ts";
import { parameterTypes } from "../../kernel/value.ts";

/** One parameter of a simulated model. */
export interface ModelParameter {
  readonly type: ParameterType;
  readonly value: string;
  readonly writable: boolean;
}

/** A table whose rows can be made and removed, or multiplied to reach a size. */
export interface ModelTable {
  /** Leaf paths below the instance. */
  readonly row: ReadonlyMap<string, ModelParameter>;
  /** Whether the ACS may add and delete rows. */
  readonly writable: boolean;
}

/** What all CPEs of a kind share; a CPE keeps only what differs. */
export interface CpeModel {
  readonly name: string;
  readonly root: "Device." | "InternetGatewayDevice.";
  readonly manufacturer: string;
  readonly oui: string;
  readonly productClass: string;
  readonly softwareVersion: string;
  readonly parameters: ReadonlyMap<string, ModelParameter>;
  /** By table path, with its last dot. */
  readonly tables: ReadonlyMap<string, ModelTable>;
}

type Entry = [leaf: string, type: ParameterType, value: string, writable: 0 | 1];

/** The form of a model file: `#` in a row's value stands for the instance number. */
export interface ModelFile {
  name: string;
  root: CpeModel["root"];
  manufacturer: string;
  oui: string;
  productClass: string;
  softwareVersion: string;
  parameters: Entry[];
  tables: Record<string, { rows: number; writable: 0 | 1; grows?: 1; row: Entry[] }>;
}

export const modelNames = ["tr181-gateway", "tr098-gateway"] as const;
export type ModelName = (typeof modelNames)[number];

const files = new Map<ModelName, ModelFile>();

function readModelFile(name: ModelName): ModelFile {
  let file = files.get(name);
  if (file === undefined) {
    file = JSON.parse(readFileSync(new URL(`models/${name}.json`, import.meta.url), "utf8")) as ModelFile;
    files.set(name, file);
  }
  return file;
}

const models = new Map<string, CpeModel>();

/** The named model; with `size`, cut or grown (by rows of its growing tables) to exactly so many parameters. */
export function loadModel(name: ModelName, size = 0): CpeModel {
  const key = `${name} ${size}`;
  let model = models.get(key);
  if (model === undefined) {
    model = buildModel(readModelFile(name), size);
    models.set(key, model);
  }
  return model;
}

const parameterOf = ([, type, value, writable]: Entry, instance = 0): ModelParameter => {
  if (!parameterTypes.includes(type)) throw new TypeError(`a simulated model has the type ${type}`);
  return { type, value: instance === 0 ? value : value.replaceAll("#", String(instance)), writable: writable === 1 };
};

/** The model in a file of the user's own. Throws, with what is wrong with it, when it is none. */
export function loadModelFile(path: string, size = 0): CpeModel {
  const file: unknown = JSON.parse(readFileSync(path, "utf8"));
  const wrong = mistakeIn(file);
  if (wrong !== undefined) throw new TypeError(`${path} is no model of a CPE: ${wrong}`);
  return buildModel(file as ModelFile, size);
}

const isText = (value: unknown): value is string => typeof value === "string";
const isEntry = (entry: unknown): boolean =>
  Array.isArray(entry) &&
  entry.slice(0, 3).every(isText) &&
  parameterTypes.some((type) => type === entry[1]) &&
  (entry[3] === 0 || entry[3] === 1);

function mistakeIn(file: unknown): string | undefined {
  if (typeof file !== "object" || file === null) return "it is no object";
  const { root, parameters, tables, ...facts } = file as Partial<Record<keyof ModelFile, unknown>>;
  if (root !== "Device." && root !== "InternetGatewayDevice.") return "root is Device. or InternetGatewayDevice.";
  for (const name of ["name", "manufacturer", "oui", "productClass", "softwareVersion"] as const)
    if (!isText(facts[name])) return `${name} is missing`;
  const shape = "[path below the root, type, value, 0 or 1 (writable)]";
  if (!Array.isArray(parameters) || !parameters.every(isEntry)) return `parameters is a list of ${shape}`;
  if (typeof tables !== "object" || tables === null) return "tables is missing";
  for (const [path, table] of Object.entries(tables as Record<string, Partial<Record<string, unknown>> | null>)) {
    const { rows, row } = table ?? {};
    if (!path.endsWith(".") || !Number.isInteger(rows) || !Array.isArray(row) || !row.every(isEntry))
      return `the table ${path} needs a path with a last dot, rows, and row as a list of ${shape}`;
  }
  return undefined;
}

export function buildModel(file: ModelFile, size: number): CpeModel {
  const parameters = new Map<string, ModelParameter>();
  for (const entry of file.parameters) parameters.set(file.root + entry[0], parameterOf(entry));
  const addRow = (table: string, row: Entry[], instance: number): void => {
    for (const entry of row) {
      if (size > 0 && parameters.size >= size) return;
      parameters.set(`${file.root}${table}${instance}.${entry[0]}`, parameterOf(entry, instance));
    }
  };
  const tables = Object.entries(file.tables);
  for (const [table, { rows, row }] of tables) for (let i = 1; i <= rows; i++) addRow(table, row, i);
  const growing = tables.filter(([, { grows }]) => grows === 1);
  for (let extra = 1; parameters.size < size && growing.length > 0; extra++)
    for (const [table, { rows, row }] of growing) addRow(table, row, rows + extra);
  const { name, root, manufacturer, oui, productClass, softwareVersion } = file;
  return {
    name,
    root,
    manufacturer,
    oui,
    productClass,
    softwareVersion,
    parameters,
    tables: new Map(
      tables.map(([path, { row, writable }]) => [
        root + path,
        { writable: writable === 1, row: new Map(row.map((entry) => [entry[0], parameterOf(entry)])) },
      ]),
    ),
  };
}
