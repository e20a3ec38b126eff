import { StewardError } from "../../kernel/errors.ts";
import { genericPath, isObjectPath, isWellFormedPath, MAX_PATH_LENGTH } from "../../kernel/path.ts";
import { type Clock, type Instant, seconds } from "../../kernel/time.ts";
import type { Collection, Document, Update } from "../../platform/store/port.ts";
import type { StoredDevice } from "../devices/stored.ts";
import type { ParameterPatch } from "./model.ts";
import { entriesOf, printSearchValues, readSearchValues, type SearchValues } from "./search-entries.ts";
import { isBelow, isTakenBy, type Tree } from "./tree.ts";

/** A parameter by whose value devices can be found; `_id` is its generic path. */
export interface SearchableDocument extends Document {
  createdAt: Instant;
  /** How far the values of known devices have been taken in: the last device's id; `done` at the end. */
  backfilledTo?: string;
  done?: true;
}

/** How long a process may not know of a registration that another one made. */
export const KNOWN_AFTER = seconds(5);

export const searchableLimits = { paths: 64, valuesPerDevice: 256 } as const;

/** Which parameters are searchable, and the index entries of a device. */
export class Searchables {
  readonly #registrations: Collection<SearchableDocument>;
  readonly #clock: Clock;
  #known: ReadonlySet<string> = new Set();
  #loadedAt: Instant | undefined;
  /** All who come meanwhile wait for it: what they do not know is not taken in. */
  #loading: Promise<void> | undefined;

  constructor(registrations: Collection<SearchableDocument>, clock: Clock) {
    this.#registrations = registrations;
    this.#clock = clock;
  }

  /** From memory, at most `KNOWN_AFTER` old: part of every contact. */
  async paths(): Promise<ReadonlySet<string>> {
    const now = this.#clock.now();
    if (this.#loadedAt === undefined || now - this.#loadedAt >= KNOWN_AFTER) {
      this.#loading ??= this.reload().finally(() => {
        this.#loading = undefined;
      });
      await this.#loading;
    }
    return this.#known;
  }

  async reload(): Promise<void> {
    const from = this.#clock.now();
    const found = await this.#registrations.find({}).toArray();
    this.#known = new Set(found.map(({ _id }) => _id));
    this.#loadedAt = from;
  }

  /** Durable once resolved; `false` when it was registered before. */
  async add(path: string): Promise<boolean> {
    requireGenericPath(path);
    await this.reload();
    if (this.#known.has(path)) return false;
    if (this.#known.size >= searchableLimits.paths) {
      throw new StewardError("state.conflict", `at most ${searchableLimits.paths} parameters can be searchable`);
    }
    await this.#registrations.updateOne(
      { _id: path },
      { $setOnInsert: { createdAt: this.#clock.now() } },
      { upsert: true },
    );
    await this.reload();
    return true;
  }

  async remove(path: string): Promise<void> {
    await this.#registrations.deleteOne({ _id: path });
    await this.reload();
  }

  unfinished(): Promise<SearchableDocument[]> {
    return this.#registrations.find({ done: { $exists: false } }).toArray();
  }

  async noteProgress(path: string, progress: { backfilledTo: string } | { done: true }): Promise<void> {
    await this.#registrations.updateOne({ _id: path }, { $set: progress });
  }
}

function requireGenericPath(path: string): void {
  const concrete = path.replaceAll(".{i}", ".1");
  if (
    path.length > MAX_PATH_LENGTH ||
    concrete.includes("*") ||
    isObjectPath(path) ||
    path === "" ||
    !isWellFormedPath(concrete)
  ) {
    throw new StewardError("argument.invalid", "a searchable parameter is named by its generic path", {
      details: { path },
    });
  }
  if (genericPath(concrete) !== path) {
    throw new StewardError("argument.invalid", "instances are written as {i}", { details: { path } });
  }
}

type SearchFields = NonNullable<Update["$set"]>;

/** The fields to set when a patch changes a searchable value; `undefined` (the rule) when it does not. */
export function searchFieldsAfter(
  device: StoredDevice,
  patch: ParameterPatch,
  known: ReadonlySet<string>,
): SearchFields | undefined {
  if (known.size === 0) return undefined;
  const values = readSearchValues(device.searchableValues);
  const changed = removeGone(values, patch, known);
  return takeValues(values, patch, known) || changed ? searchFields(values) : undefined;
}

export const searchFields = (values: SearchValues): SearchFields => ({
  searchable: entriesOf(values),
  searchableValues: printSearchValues(values),
});

export function searchValuesOf(tree: Tree, known: ReadonlySet<string>): SearchValues {
  const values: SearchValues = new Map();
  for (const [path, { type, value }] of tree) {
    if (value === undefined || values.size >= searchableLimits.valuesPerDevice || !known.has(genericPath(path)))
      continue;
    values.set(path, { ...(type !== undefined && { type }), value });
  }
  return values;
}

function removeGone(
  values: SearchValues,
  { removed = [], complete = [], observations }: ParameterPatch,
  known: ReadonlySet<string>,
): boolean {
  const seen = complete.length > 0 ? new Set(observations.map(({ path }) => path)) : undefined;
  let changed = false;
  for (const path of values.keys()) {
    const gone =
      !known.has(genericPath(path)) ||
      removed.some((subtree) => isTakenBy(subtree, path)) ||
      (seen !== undefined && !seen.has(path) && complete.some((subtree) => isBelow(subtree, path)));
    if (gone) changed = values.delete(path) || changed;
  }
  return changed;
}

function takeValues(values: SearchValues, { observations }: ParameterPatch, known: ReadonlySet<string>): boolean {
  let changed = false;
  for (const { path, type, value } of observations) {
    if (value === undefined || !known.has(genericPath(path))) continue;
    const before = values.get(path);
    if (before?.value === value || (before === undefined && values.size >= searchableLimits.valuesPerDevice)) continue;
    const knownType = type ?? before?.type;
    values.set(path, { ...(knownType !== undefined && { type: knownType }), value });
    changed = true;
  }
  return changed;
}
