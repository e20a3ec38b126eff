import type { Instant } from "../../kernel/time.ts";
import type { ParameterType } from "../../kernel/value.ts";
import type { ParameterObservation, ParameterPatch, ValueSource } from "./model.ts";

/** What is known of one parameter or object. Every field is always there: thousands of rows of one shape are quick. */
export interface TreeRow {
  type: ParameterType | undefined;
  value: string | undefined;
  /** When the value was read or written; without a value: when the name was listed. */
  at: Instant;
  source: ValueSource;
  unconfirmed: boolean;
  writable: boolean | undefined;
  notification: number | undefined;
  accessList: readonly string[] | undefined;
}

export type Tree = Map<string, TreeRow>;

/** Whether `path` lies below the subtree (last dot, or `""` for all); the object itself does not. */
export const isBelow = (subtree: string, path: string): boolean =>
  path.length > subtree.length && path.startsWith(subtree) && (subtree === "" || subtree.endsWith("."));

/** Whether removing `removed` takes `path` away: the same name, or below it. */
export const isTakenBy = (removed: string, path: string): boolean => path === removed || isBelow(removed, path);

/** Applies one patch: first what is gone, then what was seen. Absent fields keep what was known. */
export function applyPatch(tree: Tree, patch: ParameterPatch): void {
  if (patch.removed?.length || patch.complete?.length) removeGone(tree, patch);
  const { at, source, unconfirmed = false } = patch;
  for (const observation of patch.observations) {
    const row = tree.get(observation.path);
    if (row === undefined) tree.set(observation.path, firstRow(observation, at, source, unconfirmed));
    else updateRow(row, observation, at, source, unconfirmed);
  }
}

function removeGone(tree: Tree, { removed = [], complete = [], observations }: ParameterPatch): void {
  const seen = complete.length > 0 ? new Set(observations.map(({ path }) => path)) : undefined;
  for (const path of tree.keys()) {
    const gone =
      removed.some((subtree) => isTakenBy(subtree, path)) ||
      (seen !== undefined && !seen.has(path) && complete.some((subtree) => isBelow(subtree, path)));
    if (gone) tree.delete(path);
  }
}

/** A written value that is not kept (a secret) says that something was written, not what. */
const carriesValue = ({ value }: ParameterObservation, source: ValueSource, unconfirmed: boolean): boolean =>
  value !== undefined || (source === "written" && unconfirmed);

function firstRow(seen: ParameterObservation, at: Instant, source: ValueSource, unconfirmed: boolean): TreeRow {
  const { type, value, writable, notification, accessList } = seen;
  const written = unconfirmed && carriesValue(seen, source, unconfirmed);
  return { type, value, at, source, unconfirmed: written, writable, notification, accessList };
}

function updateRow(
  row: TreeRow,
  seen: ParameterObservation,
  at: Instant,
  source: ValueSource,
  unconfirmed: boolean,
): void {
  if (carriesValue(seen, source, unconfirmed)) {
    row.value = seen.value;
    row.at = at;
    row.source = source;
    row.unconfirmed = unconfirmed;
  }
  takeFacts(row, seen);
}

function takeFacts(row: TreeRow, { type, writable, notification, accessList }: ParameterObservation): void {
  if (type !== undefined) row.type = type;
  if (writable !== undefined) row.writable = writable;
  if (notification !== undefined) row.notification = notification;
  if (accessList !== undefined) row.accessList = accessList;
}
