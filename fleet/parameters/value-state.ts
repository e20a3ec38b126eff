import { isObjectPath } from "../../kernel/path.ts";
import { type Duration, hours, type Instant } from "../../kernel/time.ts";
import type { ParameterRecord, ValueState } from "./model.ts";
import type { TreeRow } from "./tree.ts";

/** A value read longer ago than this may well be another by now. */
export const STALE_AFTER: Duration = hours(24);

/**
 * The one rule for a value's state (DESIGN decision 12): `unconfirmed` when it was written and not read since; `never`
 * without a value; `stale` when the device has booted since or it is older than a day; otherwise `seen`.
 */
export function valueState(row: TreeRow, path: string, now: Instant, bootedAt: Instant | undefined): ValueState {
  if (row.unconfirmed) return "unconfirmed";
  if (row.value === undefined && !isObjectPath(path)) return "never";
  return row.at < (bootedAt ?? 0) || row.at < now - STALE_AFTER ? "stale" : "seen";
}

export function recordOf(path: string, row: TreeRow, now: Instant, bootedAt: Instant | undefined): ParameterRecord {
  const { type, value, writable, notification, accessList, source } = row;
  const state = valueState(row, path, now, bootedAt);
  const readAt = state === "never" ? undefined : row.at;
  return { path, type, value, writable, notification, accessList, readAt, source, state };
}
