import { merged } from "../../kernel/merged.ts";
import type { Instant } from "../../kernel/time.ts";
import type { Update } from "../../platform/store/port.ts";
import { type OperationHistoryEntry, type OperationState, openStates, operationMoves } from "./model.ts";
import type { OperationCollection, StoredOperation } from "./stored.ts";

/** Entries of an operation's history that are kept. */
export const HISTORY = 50;

export const isOpen = (state: OperationState): boolean => openStates.includes(state);
export const isLegalMove = (from: OperationState, to: OperationState): boolean =>
  (operationMoves[from] as readonly OperationState[]).includes(to);

/**
 * The states to pass from `from` to `to` (`to` included), the fewest there are; `undefined` when no legal way leads
 * there. Needed where a report overtakes what we knew: a completion for an operation that waits to be repeated.
 */
export function legalWay(from: OperationState, to: OperationState): OperationState[] | undefined {
  let ways: OperationState[][] = [[from]];
  const visited = new Set([from]);
  while (ways.length > 0) {
    const longer: OperationState[][] = [];
    for (const way of ways) {
      for (const next of operationMoves[way.at(-1)!]) {
        if (next === to) return [...way.slice(1), next];
        if (visited.has(next)) continue;
        visited.add(next);
        longer.push([...way, next]);
      }
    }
    ways = longer;
  }
  return undefined;
}

export interface Move {
  to: OperationState;
  at: Instant;
  note?: string;
  set?: Record<string, unknown>;
  unset?: readonly (keyof StoredOperation & string)[];
}

const onTheWay = (states: readonly OperationState[], { at, note }: Move): OperationHistoryEntry[] =>
  states.map((state, index) => ({ at, state, ...(index === states.length - 1 && note !== undefined && { note }) }));

/** The fields that only make sense while queued, or with the device. */
const leavingQueue = ["wakeAt", "nextAttemptAt", "dedupeKey"] as const;
const leavingAccepted = ["completionDueAt"] as const;

/** The fields that a move takes away. */
function goneWith(from: OperationState, { to, set = {}, unset = [] }: Move): Set<string> {
  const gone = new Set<string>([
    ...unset,
    ...(to === "queued" ? [] : leavingQueue),
    ...(from === "accepted" ? leavingAccepted : []),
    ...(isOpen(to) ? [] : ["openFor"]),
  ]);
  for (const field of Object.keys(set)) gone.delete(field);
  return gone;
}

function afterwards(known: StoredOperation, way: readonly OperationState[], move: Move): StoredOperation {
  const gone = goneWith(known.state, move);
  const kept: Record<string, unknown> = {};
  for (const field in known) if (!gone.has(field)) kept[field] = known[field as keyof StoredOperation];
  const history = [...known.history, ...onTheWay(way, move)].slice(-HISTORY);
  return Object.assign(kept, fieldsSet(move), { history }) as unknown as StoredOperation;
}

const fieldsSet = ({ to, at, set = {} }: Move) =>
  merged(set, isOpen(to) ? { state: to } : { state: to, finishedAt: at });

function updateOf(from: OperationState, way: readonly OperationState[], move: Move): Update {
  const gone = goneWith(from, move);
  return {
    $set: fieldsSet(move),
    ...(gone.size > 0 && { $unset: Object.fromEntries([...gone].map((field) => [field, true as const])) }),
    $push: { history: { $each: onTheWay(way, move), $slice: -HISTORY } },
  };
}

/**
 * Moves an operation, if it is still in the state in which the caller knows it and the table allows the move; of several
 * who try at once one wins. Resolves to the operation as the move left it, to `undefined` when it did not move.
 */
export async function moveOperation(
  operations: OperationCollection,
  known: StoredOperation,
  move: Move,
  options: { guard?: Record<string, unknown>; indirect?: boolean } = {},
): Promise<StoredOperation | undefined> {
  const way = options.indirect
    ? legalWay(known.state, move.to)
    : isLegalMove(known.state, move.to)
      ? [move.to]
      : undefined;
  if (way === undefined) return undefined;
  const guard = merged(options.guard ?? {}, { state: known.state, attempt: known.attempt });
  const moved = await operations.gathered.updateById(known._id, updateOf(known.state, way, move), guard);
  return moved ? afterwards(known, way, move) : undefined;
}
