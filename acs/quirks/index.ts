import { type Dialect, defaultDialect } from "../soap/dialect.ts";
import { type Quirks, standardQuirks } from "./quirks.ts";
import { type Model, matchesModel, type QuirkRule } from "./rule.ts";
import { knownQuirks } from "./table.ts";

export { parseQuirkRules } from "./parse.ts";
export { type Quirks, standardQuirks } from "./quirks.ts";
export type { Model, QuirkRule } from "./rule.ts";

/** Quirks of one model, with its dialect complete. */
export type ResolvedQuirks = Omit<Quirks, "dialect"> & { readonly dialect: Dialect };

export interface QuirkTable {
  of(model: Model): ResolvedQuirks;
}

const CACHED_MODELS = 1_000;

/** The known rules, then the operator's. Each model is looked up once. */
export function createQuirkTable(additions: readonly QuirkRule[] = [], defaults: Partial<Quirks> = {}): QuirkTable {
  const rules = [...knownQuirks, ...additions];
  const base: Quirks = { ...standardQuirks, ...defaults };
  const cache = new Map<string, ResolvedQuirks>();
  return {
    of(model) {
      const key = `${model.manufacturer}\n${model.oui}\n${model.productClass}\n${model.softwareVersion}`;
      const known = cache.get(key);
      if (known) return known;
      if (cache.size >= CACHED_MODELS) cache.clear();
      const resolved = resolve(rules, base, model);
      cache.set(key, resolved);
      return resolved;
    },
  };
}

function resolve(rules: readonly QuirkRule[], base: Quirks, model: Model): ResolvedQuirks {
  let quirks = base;
  let dialect: Dialect = { ...defaultDialect, ...base.dialect };
  for (const rule of rules) {
    if (!matchesModel(rule.match, model)) continue;
    dialect = { ...dialect, ...rule.quirks.dialect };
    quirks = { ...quirks, ...rule.quirks };
  }
  return { ...quirks, dialect };
}
