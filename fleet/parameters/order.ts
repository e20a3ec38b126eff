import type { Instant } from "../../kernel/time.ts";

/**
 * The order in which patches of a device apply: microseconds since the epoch, never twice the same in one process, so
 * that two patches of one millisecond keep the order in which they were given.
 */
export type PatchOrder = number;

export function createPatchOrder(): (at: Instant) => PatchOrder {
  let last = 0;
  return (at) => {
    last = Math.max(at * 1000, last + 1);
    return last;
  };
}
