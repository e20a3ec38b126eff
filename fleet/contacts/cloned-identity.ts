import { hours, type Instant, minutes } from "../../kernel/time.ts";
import type { AddressSwitch } from "../devices/stored.ts";

/** Two boxes with one identity: they interrupt each other from different addresses, again and again (specs §1.7). */
const WITHIN = minutes(15);
const SWITCHES = 4;
const SUPERSEDED = 2;
const KEPT = 8;
/** Told at most once per hour and device. */
const AGAIN_AFTER = hours(1);

export interface CloneEvidence {
  switches: AddressSwitch[];
  /** True when the evidence suffices and has not been told lately. */
  cloned: boolean;
}

/** A contact came from another address than the one before. */
export function noteSwitch(
  earlier: readonly AddressSwitch[],
  latest: AddressSwitch,
  reportedAt: Instant | undefined,
): CloneEvidence {
  const switches = [...earlier, latest].filter(({ at }) => at > latest.at - WITHIN).slice(-KEPT);
  const returned = new Set(switches.map(({ address }) => address)).size < switches.length;
  const superseded = switches.filter((entry) => entry.superseded).length;
  const proven = switches.length >= SWITCHES && superseded >= SUPERSEDED && returned;
  return { switches, cloned: proven && (reportedAt === undefined || latest.at - reportedAt >= AGAIN_AFTER) };
}
