import type { Document, Filter, FindOptions, Sort } from "../port.ts";
import type { CollectionInfo } from "./catalog.ts";
import { documentKey, type Environment } from "./environment.ts";
import { compileFilter, type Predicate } from "./filter.ts";
import { type Plan, planQuery } from "./planner.ts";
import { compileSort } from "./sorting.ts";

/** How many index entries or documents one step looks at: a long query is many short turns. */
const STEP = 500;

/**
 * A query that is carried out in steps, each within one read transaction. Between two steps others may write: what
 * moves meanwhile may be met twice or not at all, as with MongoDB.
 */
export class Query {
  readonly #environment: Environment;
  readonly #prefix: Buffer;
  readonly #plan: Plan;
  readonly #matches: Predicate;
  readonly #seen: Set<string> | undefined;
  #range = 0;
  #last: Buffer | undefined;

  constructor(environment: Environment, info: CollectionInfo, filter: Filter, sort?: Sort) {
    this.#environment = environment;
    this.#prefix = info.prefix;
    this.#plan = planQuery(info, filter, sort);
    this.#matches = compileFilter(filter);
    this.#seen = this.#plan.repeats ? new Set() : undefined;
  }

  get sorted(): boolean {
    return this.#plan.sorted;
  }

  get done(): boolean {
    return this.#range >= this.#plan.ranges.length;
  }

  /** Up to `wanted` further matches; fewer do not mean that there are no more (see `done`). */
  step(wanted: number): Document[] {
    const found: Document[] = [];
    let looked = 0;
    while (!this.done && found.length < wanted && looked < STEP) {
      const before = looked;
      const limit = Math.min(STEP - looked, this.#plan.ranges.length > 1 ? STEP : Math.max(wanted, 8));
      let last: Buffer | undefined;
      for (const { key, value } of this.#entries(limit)) {
        looked++;
        last = key;
        const document = this.#fetch(value);
        if (document !== undefined && this.#matches(document)) found.push(document);
        if (found.length >= wanted) break;
      }
      if (found.length < wanted && looked - before < limit) {
        this.#range++;
        this.#last = undefined;
      } else this.#last = last ?? this.#last;
    }
    return found;
  }

  #entries(limit: number): Iterable<{ key: Buffer; value: unknown }> {
    const { start, end } = this.#plan.ranges[this.#range]!;
    const resumed = this.#last !== undefined;
    const { reverse } = this.#plan;
    return this.#environment.getRange({
      start: this.#last ?? (reverse ? end : start),
      end: reverse ? start : end,
      inclusiveEnd: reverse,
      reverse,
      exclusiveStart: resumed || reverse,
      limit,
    });
  }

  /** The document of an entry; a document met again counts once. */
  #fetch(value: unknown): Document | undefined {
    if (this.#plan.index === undefined) return value as Document;
    const id = value as string;
    if (this.#seen?.has(id)) return undefined;
    this.#seen?.add(id);
    return this.#environment.get(documentKey(this.#prefix, id)) as Document | undefined;
  }
}

/** Carries out `find` in steps, sorting in memory where the plan does not: each call gives the next documents, `undefined` at the end. */
export class FindSteps {
  readonly #query: Query;
  readonly #options: FindOptions;
  #sorted: Document[] | undefined;
  #toSkip: number;
  #left: number;

  constructor(query: Query, options: FindOptions) {
    this.#query = query;
    this.#options = options;
    this.#toSkip = options.skip ?? 0;
    this.#left = options.limit !== undefined && options.limit > 0 ? options.limit : Number.POSITIVE_INFINITY;
    if (!query.sorted) this.#sorted = [];
  }

  next(wanted: number): Document[] | undefined {
    if (this.#left === 0 || (this.#query.done && (this.#sorted === undefined || this.#sorted.length === 0)))
      return undefined;
    if (this.#sorted !== undefined) return this.#nextSorted(wanted);
    return this.#take(this.#query.step(Math.min(wanted, this.#left + this.#toSkip)));
  }

  /** Collects first; with a limit only as much as can still be among the first is kept. */
  #nextSorted(wanted: number): Document[] {
    const all = this.#sorted!;
    const keep = this.#left + this.#toSkip;
    if (!this.#query.done) {
      all.push(...this.#query.step(STEP));
      if (this.#query.done || all.length > 4 * keep + 2_000) {
        all.sort(compileSort(this.#options.sort!));
        if (all.length > keep) all.length = keep;
      }
      return [];
    }
    return this.#take(all.splice(0, Math.min(wanted, keep)));
  }

  #take(documents: Document[]): Document[] {
    const skipped = Math.min(this.#toSkip, documents.length);
    this.#toSkip -= skipped;
    const taken = skipped > 0 ? documents.slice(skipped) : documents;
    this.#left -= taken.length;
    return taken;
  }
}

/** All matches at once, for use within a write transaction. */
export function findNow(
  environment: Environment,
  info: CollectionInfo,
  filter: Filter,
  options: FindOptions = {},
): Document[] {
  const steps = new FindSteps(new Query(environment, info, filter, options.sort), options);
  const found: Document[] = [];
  for (let next = steps.next(STEP); next !== undefined; next = steps.next(STEP)) found.push(...next);
  return found;
}
