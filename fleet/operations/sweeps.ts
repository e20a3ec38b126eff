import { idFloor } from "../../kernel/ids.ts";
import { type Instant, minutes, seconds } from "../../kernel/time.ts";
import type { Filter } from "../../platform/store/port.ts";
import { cancellation, carryOut, createdEvent, finishedEvent, isToBeCancelled } from "./finishing.ts";
import type { OperationState } from "./model.ts";
import type { Move } from "./moves.ts";
import { type OperationStore, openOperations } from "./operation-store.ts";
import { queueOrder } from "./readiness.ts";
import { dropped } from "./settling.ts";
import type { StoredOperation } from "./stored.ts";
import { requestWake } from "./waking.ts";

/** Operations that one run ends, or asks for; the next run goes on. Also how many are looked at together. */
const PER_RUN = 1000;
/** Each look goes back by so much behind the last one: an operation may be stored that long after its time. */
const ANNOUNCED_WITHIN = minutes(5);
const ANNOUNCED = "announced";
const ANNOUNCED_AFTER = seconds(20);

const mayExpire: readonly OperationState[] = ["queued", "accepted", "unknown"];

const isExpired = ({ state, expiresAt, completionDueAt }: StoredOperation, now: Instant): boolean =>
  mayExpire.includes(state) && expiresAt <= now && !(state === "accepted" && (completionDueAt ?? 0) > now);

const isOverdue = ({ state, completionDueAt }: StoredOperation, now: Instant): boolean =>
  state === "accepted" && completionDueAt !== undefined && completionDueAt <= now;

/** One that the device had may have been carried out: only that nobody learnt of it in time is certain. */
const expiry = ({ state }: StoredOperation, at: Instant): Move => ({
  to: "expired",
  at,
  set: {
    fault: {
      code: "expired",
      message: state === "queued" ? "not carried out in time" : "not known to be carried out in time",
    },
  },
});

const overdue = ({ wake }: StoredOperation, at: Instant): Move => ({
  to: "unknown",
  at,
  note: "the completion did not come in time",
  ...(wake === "now" && { set: { wakeAt: at } }),
});

function healing(operation: StoredOperation, now: Instant): Move | undefined {
  // Left behind by a crash between the drop and the cancellation: it may not begin, and would hold back the others.
  if (isToBeCancelled(operation)) return cancellation(now);
  if (isOverdue(operation, now)) return overdue(operation, now);
  return isExpired(operation, now) ? expiry(operation, now) : undefined;
}

/** Puts right what time, or a crash, has overtaken, before it is decided what is next. Resolves to those still open, in `queueOrder`. */
export async function healOverdue(
  store: OperationStore,
  open: StoredOperation[],
  now: Instant,
): Promise<StoredOperation[]> {
  if (!open.some((operation) => healing(operation, now) !== undefined)) return open;
  const healed: StoredOperation[] = [];
  for (const operation of open) {
    const current = await healOne(store, operation, now);
    if (current?.openFor !== undefined) healed.push(current);
  }
  return healed.sort(queueOrder);
}

async function healOne(
  store: OperationStore,
  operation: StoredOperation,
  now: Instant,
): Promise<StoredOperation | undefined> {
  const move = healing(operation, now);
  if (move === undefined) return operation;
  return (await carryOut(store, operation, move)) ?? store.operations.findOne({ _id: operation._id });
}

const some = ({ operations }: OperationStore, filter: Filter): Promise<StoredOperation[]> =>
  operations.find(filter, { limit: PER_RUN }).toArray();

/** Those that `isExpired`, and no others: many that are still awaited must not keep a run from them. */
const expiredBy = (now: Instant): Filter => ({
  state: { $in: mayExpire },
  expiresAt: { $lte: now },
  $nor: [{ state: "accepted", completionDueAt: { $gt: now } }],
});

/** Ends what was not carried out in time. Resolves to how many. */
export async function expireOperations(store: OperationStore, now: Instant): Promise<number> {
  let count = 0;
  for (const operation of await some(store, expiredBy(now))) {
    if (await carryOut(store, operation, expiry(operation, now))) count += 1;
  }
  return count;
}

/** `active` ones whose conversation is gone, and `accepted` ones whose completion did not come, become `unknown`. */
export async function recoverOperations(store: OperationStore, now: Instant): Promise<number> {
  let count = 0;
  for await (const active of inPortions(store.operations.find({ state: "active" }))) {
    for (const operation of await withoutConversation(store, active, now)) {
      if (await carryOut(store, operation, dropped(operation, now, { note: "the session ended without an answer" })))
        count += 1;
    }
  }
  for (const operation of await some(store, { state: "accepted", completionDueAt: { $lte: now } })) {
    if (await carryOut(store, operation, overdue(operation, now))) count += 1;
  }
  return count;
}

async function withoutConversation(
  { devices }: OperationStore,
  active: readonly StoredOperation[],
  now: Instant,
): Promise<StoredOperation[]> {
  const ids = [...new Set(active.map(({ deviceId }) => deviceId))];
  const found = await devices.find({ _id: { $in: ids } }, { projection: { lease: 1 } }).toArray();
  const held = new Set(found.filter(({ lease }) => lease !== undefined && lease.until > now).map(({ _id }) => _id));
  return active.filter(({ deviceId }) => !held.has(deviceId));
}

/** The conversation that had them is over, for the reason in `note`: what it had with the device is `unknown` now. */
export async function dropActive(store: OperationStore, deviceId: string, at: Instant, note: string): Promise<void> {
  const active = (await openOperations(store, deviceId)).filter(({ state }) => state === "active");
  await Promise.all(active.map((operation) => carryOut(store, operation, dropped(operation, at, { note }))));
}

/** A device was admitted or released: what waited for that wants its contact from `from` on. */
export async function oweWakes(store: OperationStore, deviceId: string, from: Instant): Promise<void> {
  const waiting = (await openOperations(store, deviceId)).filter(
    ({ state, wake }) => (state === "queued" || state === "unknown") && wake === "now",
  );
  await Promise.all(
    waiting.map(({ _id, state, notBefore = 0, nextAttemptAt = 0 }) => {
      const wakeAt = Math.max(from, notBefore, nextAttemptAt);
      return store.operations.gathered.updateById(_id, { $set: { wakeAt } }, { state });
    }),
  );
}

/** Asks for the contacts that are owed: scheduled, after a back-off, or because the queue refused or we crashed. */
export async function wakeDue(store: OperationStore, now: Instant): Promise<number> {
  let count = 0;
  const due = await store.operations.find({ wakeAt: { $lte: now } }, { sort: { wakeAt: 1 }, limit: PER_RUN }).toArray();
  for (const operation of due) {
    if (!(await requestWake(store, operation))) break;
    count += 1;
  }
  return count;
}

/** Appends the events of operations that a crash left without. */
export async function announceMissing(store: OperationStore, now: Instant): Promise<number> {
  const to = now - ANNOUNCED_AFTER;
  const last = await store.announced.findOne({ _id: ANNOUNCED });
  const from = Math.min(last?.to ?? to, to) - ANNOUNCED_WITHIN;
  const created = store.operations.find({ _id: { $gte: idFloor(from), $lt: idFloor(to) } });
  const finished = store.operations.find({ finishedAt: { $gte: from, $lt: to } });
  const appended = (await announce(store, created, createdEvent)) + (await announce(store, finished, finishedEvent));
  await store.announced.updateOne({ _id: ANNOUNCED }, { $set: { to } }, { upsert: true });
  return appended;
}

async function announce(
  store: OperationStore,
  found: AsyncIterable<StoredOperation>,
  eventOf: typeof createdEvent,
): Promise<number> {
  let appended = 0;
  for await (const operations of inPortions(found)) {
    const due = operations.map((operation) => eventOf(store, operation));
    const known = await store.events.known(due.map(({ _id }) => _id));
    const missing = due.filter(({ _id }) => !known.has(_id));
    await store.events.write(missing);
    appended += missing.length;
  }
  return appended;
}

async function* inPortions(found: AsyncIterable<StoredOperation>): AsyncGenerator<StoredOperation[], void, undefined> {
  let portion: StoredOperation[] = [];
  for await (const operation of found) {
    if (portion.push(operation) < PER_RUN) continue;
    yield portion;
    portion = [];
  }
  if (portion.length > 0) yield portion;
}
