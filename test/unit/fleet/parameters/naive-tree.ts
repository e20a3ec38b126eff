import type { ParameterPatch } from "../../../../fleet/parameters/model.ts";

interface NaiveRow {
  path: string;
  type?: string;
  value?: string;
  at: number;
  source: string;
  unconfirmed: boolean;
  writable?: boolean;
  notification?: number;
  accessList?: readonly string[];
}

const below = (subtree: string, path: string): boolean => path !== subtree && path.startsWith(subtree);

/** The meaning of patches, written as plainly as possible: one list, rewritten for each. */
export function naiveTree(patches: readonly ParameterPatch[]): NaiveRow[] {
  let rows: NaiveRow[] = [];
  for (const { at, source, observations, complete = [], removed = [], unconfirmed = false } of patches) {
    rows = rows.filter(({ path }) => !removed.some((subtree) => path === subtree || below(subtree, path)));
    const listed = (path: string): boolean => observations.some((seen) => seen.path === path);
    rows = rows.filter(({ path }) => listed(path) || !complete.some((subtree) => below(subtree, path)));
    for (const { path, value, ...facts } of observations) {
      const before = rows.find((row) => row.path === path);
      const row: NaiveRow = { ...(before ?? { path, at, source, unconfirmed: false }) };
      const defined = Object.fromEntries(Object.entries(facts).filter(([, fact]) => fact !== undefined));
      if (value !== undefined) Object.assign(row, { value, at, source, unconfirmed });
      rows = [...rows.filter((other) => other !== before), Object.assign(row, defined)];
    }
  }
  return rows;
}
