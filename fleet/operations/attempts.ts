import { type Duration, minutes, seconds } from "../../kernel/time.ts";
import type { OperationDocument } from "./model.ts";

/** An attempt whose outcome got lost is followed by one that finds it out: this many more than `maxAttempts` are granted. */
const MORE_AFTER_DROP = 2;
/** So many lost attempts are followed by the next at once. */
const AT_ONCE = 2;

/** 30 s, 1 min, 2 min, … at most 30 min. */
export const backOff = (attempt: number): Duration =>
  Math.min(minutes(30), seconds(30) * 2 ** Math.min(attempt - 1, 16));

export const delayAfterDrop = (attempt: number): Duration => (attempt <= AT_ONCE ? 0 : backOff(attempt - AT_ONCE));

/** The attempt that fails for good when its outcome is lost like those before. */
export const attemptsAfterDrop = ({ maxAttempts }: Pick<OperationDocument, "maxAttempts">): number =>
  maxAttempts + MORE_AFTER_DROP;

/** Those that count: one that a session's own limit cut short took nothing from the device's patience or ours. */
export const attemptsMade = ({ attempt, parked = 0 }: Pick<OperationDocument, "attempt" | "parked">): number =>
  attempt - parked;

/** Of how many attempts those that it has had are told, in the state that it is in. */
export const attemptsAllowed = (operation: Pick<OperationDocument, "state" | "maxAttempts">): number =>
  operation.state === "unknown" ? attemptsAfterDrop(operation) : operation.maxAttempts;
