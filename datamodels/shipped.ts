import { readFileSync } from "node:fs";
import { DataModel } from "./model.ts";
import type { PackedModel } from "./packed.ts";

/** One entry of `facts/index.json`, written by `scripts/models-extract.ts`. */
export interface ShippedEntry {
  readonly name: string;
  readonly file: string;
  /** The published file that it was made from. */
  readonly document: string;
  readonly spec: string;
  readonly isService: boolean;
  readonly counts: DataModel["counts"];
}

const folder = new URL("./facts/", import.meta.url);
const loaded = new Map<string, DataModel>();
let entries: readonly ShippedEntry[] | undefined;

/** The models that come with Steward. Reads the index only. */
export function shippedModels(): readonly ShippedEntry[] {
  entries ??= JSON.parse(readFileSync(new URL("index.json", folder), "utf8")) as ShippedEntry[];
  return entries;
}

/** A model that comes with Steward; read from disk at its first use (a few milliseconds) and then kept. */
export function shippedModel(name: string): DataModel | undefined {
  const known = loaded.get(name);
  if (known) return known;
  const entry = shippedModels().find((candidate) => candidate.name === name);
  if (!entry) return undefined;
  const model = new DataModel(JSON.parse(readFileSync(new URL(entry.file, folder), "utf8")) as PackedModel);
  loaded.set(name, model);
  return model;
}
