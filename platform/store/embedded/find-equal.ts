import type { Document, GatheredQuery } from "../port.ts";
import { isPlainObject } from "../values.ts";
import type { CollectionInfo, Index } from "./catalog.ts";
import { documentKey } from "./environment.ts";
import { compileFilter, type Predicate } from "./filter.ts";
import { afterPrefix, encodeKey, isTooLong } from "./keys.ts";
import type { Target } from "./mutations.ts";
import { type Comparator, compileSort } from "./sorting.ts";

interface Compiled {
  readonly matches: Predicate | undefined;
  readonly order: Comparator | undefined;
}

const compiled = new WeakMap<GatheredQuery, Compiled>();

function compile(query: GatheredQuery): Compiled {
  let known = compiled.get(query);
  if (known === undefined) {
    known = {
      matches: query.where && compileFilter(query.where),
      order: query.sort && compileSort(query.sort),
    };
    compiled.set(query, known);
  }
  return known;
}

/** An index over `field` alone that holds every document in which it is a text. */
function indexOver({ indexes }: CollectionInfo, field: string): Index | undefined {
  return indexes.find(
    ({ unique, paths, throughArray, partial }) =>
      !unique &&
      paths.length === 1 &&
      paths[0] === field &&
      !throughArray[0] &&
      (partial === undefined || demandsPresence(partial, field)),
  );
}

function demandsPresence(partial: object, field: string): boolean {
  const [only, ...others] = Object.entries(partial);
  if (only === undefined || others.length > 0 || only[0] !== field || !isPlainObject(only[1])) return false;
  const operators = Object.keys(only[1]);
  return operators.length === 1 && only[1]["$exists"] === true;
}

/**
 * The documents whose `field` equals `value`, from the one range of an index that holds them, without the planner: each
 * session asks so for its device's work. `undefined` when there is no such index.
 */
export function findEqual(
  { context: { environment }, info }: Target,
  field: string,
  value: string,
  query: GatheredQuery,
): Document[] | undefined {
  const index = indexOver(info, field);
  if (index === undefined) return undefined;
  const start = encodeKey(index.prefix, [value], index.directions);
  if (isTooLong(start)) return undefined;
  const { matches, order } = compile(query);
  const found: Document[] = [];
  for (const { value: id } of environment.getRange({ start, end: afterPrefix(start) })) {
    const document = environment.get(documentKey(info.prefix, id as string)) as Document | undefined;
    if (document !== undefined && (matches === undefined || matches(document))) found.push(document);
  }
  if (order !== undefined && found.length > 1) found.sort(order);
  return query.limitEach === undefined ? found : found.slice(0, query.limitEach);
}
