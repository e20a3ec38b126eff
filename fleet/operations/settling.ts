import { merged } from "../../kernel/merged.ts";
import type { Duration, Instant } from "../../kernel/time.ts";
import type { WorkOutcome } from "../door.ts";
import { attemptsAfterDrop, attemptsMade, backOff, delayAfterDrop } from "./attempts.ts";
import { carryOut } from "./finishing.ts";
import type { OperationFault } from "./model.ts";
import { isOpen, type Move } from "./moves.ts";
import type { OperationStore } from "./operation-store.ts";
import type { StoredOperation } from "./stored.ts";

const TRIES = 8;

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
    case "cancelled":
      return { to: "cancelled", at, note: outcome.note };
    case "retry":
      if (attemptsMade(known) >= known.maxAttempts) return failed(at, outcome.fault);
      return again(known, at, outcome.fault, outcome.delay ?? backOff(attemptsMade(known)));
    case "accepted": {
      const set = { progress: outcome.progress, ...present("completionDueAt", outcome), ...present("result", outcome) };
      return { to: "accepted", at, ...noteOf(outcome), set };
    }
    case "unknown":
      return outcome.parked ? parked(known, at, outcome) : dropped(known, at, outcome);
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
export function dropped(
  known: StoredOperation,
  at: Instant,
  { note, progress, failsAs = "outcome.unknown" }: Omit<WorkOutcome & { state: "unknown" }, "state">,
): Move {
  const attempts = attemptsMade(known);
  if (attempts >= attemptsAfterDrop(known)) {
    return failed(at, { code: failsAs, message: `given up after ${attempts} attempts, the last one: ${note}` });
  }
  return resumedFrom(known, at + delayAfterDrop(attempts), {
    to: "unknown",
    at,
    note,
    set: present("progress", { progress }),
  });
}

/** It goes on in the next session, as often as it takes. */
function parked(known: StoredOperation, at: Instant, { note, progress }: WorkOutcome & { state: "unknown" }): Move {
  const set = { ...present("progress", { progress }), parked: (known.parked ?? 0) + 1 };
  return resumedFrom(known, at, { to: "unknown", at, note, set });
}

const resumedFrom = ({ wake }: StoredOperation, due: Instant, move: Move): Move => ({
  ...move,
  set: { ...move.set, nextAttemptAt: due, ...(wake === "now" && { wakeAt: due }) },
});

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
