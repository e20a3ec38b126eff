import type { Document, IndexOptions } from "../port.ts";
import { equalValues, normalise } from "../values.ts";
import type { Index, IndexRecord } from "./catalog.ts";
import { duplicateKey, entryKeys } from "./entries.ts";
import type { Direction } from "./keys.ts";
import { afterPrefix } from "./keys.ts";
import type { Target } from "./mutations.ts";

const sameFields = (index: IndexRecord, fields: IndexRecord["fields"]): boolean => equalValues(index.fields, fields);

const sameOptions = (index: IndexRecord, options: IndexOptions): boolean =>
  index.unique === (options.unique ?? false) &&
  index.sparse === (options.sparse ?? false) &&
  index.expireAfter === options.expireAfter &&
  equalValues(index.partial, options.partial);

/** Makes the index over what is there; one with the same fields and other options is replaced. */
export function buildIndex(target: Target, keys: Record<string, Direction>, given: IndexOptions): void {
  const options = normalise(given) as IndexOptions;
  const fields = Object.entries(keys);
  const existing = target.info.indexes.find((index) => sameFields(index, fields));
  if (existing !== undefined && sameOptions(existing, options)) return;
  const { catalog } = target.context;
  const index = catalog.addIndex(target.name, fields, options);
  try {
    fill(target, index);
  } catch (error) {
    clear(target, index);
    catalog.removeIndex(target.name, index.number);
    throw error;
  }
  if (existing !== undefined) {
    clear(target, existing);
    catalog.removeIndex(target.name, existing.number);
  }
}

function fill({ context, name, info }: Target, index: Index): void {
  const { environment, catalog } = context;
  for (const { value } of environment.getRange({ start: info.prefix, end: afterPrefix(info.prefix) })) {
    const document = value as Document;
    const { keys, throughArray, shortened } = entryKeys(index, document);
    if (shortened || throughArray.includes(true)) catalog.note(index, throughArray, shortened);
    for (const key of keys) {
      if (index.unique && environment.get(key) !== undefined) throw duplicateKey(name, index.paths);
      void environment.put(key, document._id);
    }
  }
}

function clear({ context }: Target, index: Index): void {
  const { environment } = context;
  const keys = Array.from(environment.getKeys({ start: index.prefix, end: afterPrefix(index.prefix) }));
  for (const key of keys) void environment.remove(key);
}

/** Nothing happens when there is no such index. */
export function removeIndex(target: Target, keys: Record<string, Direction>): void {
  const index = target.info.indexes.find((candidate) => sameFields(candidate, Object.entries(keys)));
  if (index === undefined) return;
  clear(target, index);
  target.context.catalog.removeIndex(target.name, index.number);
}
