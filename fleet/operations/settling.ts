import { merged } from "../../kernel/merged.ts";
import { type Duration, type Instant, minutes, seconds } from "../../kernel/time.ts";
import type { WorkOutcome } from "../door.ts";
import { carryOut } from "./finishing.ts";
import type { OperationFault } from "./model.ts";
import { isOpen, type Move } from "./moves.ts";
import type { OperationStore } from "./operation-store.ts";
import type { StoredOperation } from "./stored.ts";

const TRIES = 8;
/** Drops beyond the attempts after which an operation that always ends in `unknown` is given up. */
const DROPS_TOLERATED = 3;

/** 30 s, 1 min, 2 min, … at most 30 min. */
export const backOff = (attempt: number): Duration =>
  Math.min(minutes(30), seconds(30) * 2 ** Math.min(attempt - 1, 16));

/**
 * Moves an operation to what became of it. Resolves to the operation afterwards; to `undefined` when it is gone, was
 * never begun or is finished already: a report that comes twice changes nothing.
 */
export async function settleOperation(
  store: OperationStore,
  operationId: string,
  outcome: WorkOutcome,
  now: Instant,
): Promise<StoredOperation | undefined> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const known = store.begun.take(operationId) ?? (await store.operations.gathered.findByKey(operationId));
    if (known === undefined || !isOpen(known.state) || known.attempt === 0) return undefined;
    if (known.state === "accepted" && outcome.state === "accepted") return progressAccepted(store, known, outcome);
    if (known.state === outcome.state) return known;
    const settled = await carryOut(store, known, moveFor(known, outcome, now), { indirect: true });
    if (settled !== undefined) return settled;
  }
  store.log.warn({ operationId, state: outcome.state }, "an operation kept changing while it was settled");
  return undefined;
}

function moveFor(known: StoredOperation, outcome: WorkOutcome, at: Instant): Move {
  switch (outcome.state) {
    case "done":
      return {
        to: "done",
        at,
        ...noteOf(outcome),
        set: merged(present("result", outcome), present("items", outcome)),
        unset: ["fault"],
      };
    case "failed":
      return failed(at, outcome.fault, present("items", outcome));
    case "retry":
      if (known.attempt >= known.maxAttempts) return failed(at, outcome.fault);
      return again(known, at, outcome.fault, outcome.delay ?? backOff(known.attempt));
    case "accepted": {
      const set = { progress: outcome.progress, ...present("completionDueAt", outcome), ...present("result", outcome) };
      return { to: "accepted", at, ...noteOf(outcome), set, unset: ["completionDueAt"] };
    }
    case "unknown":
      return dropped(known, at, outcome);
  }
}

const failed = (at: Instant, fault: OperationFault, set: Record<string, unknown> = {}): Move => ({
  to: "failed",
  at,
  note: fault.code,
  set: { ...set, fault },
});

function again({ wake }: StoredOperation, at: Instant, fault: OperationFault, delay: Duration): Move {
  const nextAttemptAt = at + delay;
  return {
    to: "queued",
    at,
    note: fault.code,
    set: { fault, nextAttemptAt, ...(wake === "now" && { wakeAt: nextAttemptAt }) },
  };
}

/** The device is asked again soon what became of it; an operation that drops the link each time ends. */
export function dropped(known: StoredOperation, at: Instant, outcome: { note: string; progress?: string }): Move {
  if (known.attempt >= known.maxAttempts + DROPS_TOLERATED) {
    const message = `the link dropped in each of ${known.attempt} attempts, the last time: ${outcome.note}`;
    return failed(at, { code: "outcome.unknown", message });
  }
  const delay = known.attempt >= known.maxAttempts ? backOff(known.attempt - known.maxAttempts + 1) : 0;
  const due = { nextAttemptAt: at + delay, ...(known.wake === "now" && { wakeAt: at + delay }) };
  return { to: "unknown", at, note: outcome.note, set: { ...present("progress", outcome), ...due } };
}

const noteOf = ({ note }: { note?: string }): { note?: string } => (note === undefined ? {} : { note });

const present = <K extends string>(key: K, from: { [P in K]?: unknown }): Record<string, unknown> =>
  from[key] === undefined ? {} : { [key]: from[key] };

/** A second word about something accepted: only its data change. */
async function progressAccepted(
  { operations }: OperationStore,
  known: StoredOperation,
  outcome: WorkOutcome & { state: "accepted" },
): Promise<StoredOperation | undefined> {
  const set = { progress: outcome.progress, ...present("completionDueAt", outcome), ...present("result", outcome) };
  await operations.gathered.updateById(known._id, { $set: set }, { state: "accepted" });
  return operations.gathered.findByKey(known._id);
}
