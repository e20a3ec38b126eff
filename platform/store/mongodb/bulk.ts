import {
  type AnyBulkWriteOperation,
  type Collection,
  type BulkWriteResult as DriverResult,
  MongoBulkWriteError,
} from "mongodb";
import type { BulkOperation, BulkWriteResult, Document } from "../port.ts";
import { isDuplicateKey, isUndone, type ServerAnswer, translate, translateAnswer, unavailable } from "./errors.ts";
import { isUpsert, toBulkOperation } from "./requests.ts";

export interface BulkOutcome {
  readonly result: DriverResult;
  /** What the server said of the operations that failed, by their place. */
  readonly failures: ReadonlyMap<number, ServerAnswer>;
}

/** Sends the operations. Failures of single ones are told, not thrown; `engine.unavailable` when the rest is not durable. */
export async function sendBulk<D extends Document>(
  collection: Collection<D>,
  operations: readonly AnyBulkWriteOperation<D>[],
  ordered: boolean,
): Promise<BulkOutcome> {
  try {
    return { result: await collection.bulkWrite([...operations], { ordered }), failures: new Map() };
  } catch (error) {
    if (!(error instanceof MongoBulkWriteError)) throw error;
    const failures = new Map<number, ServerAnswer>();
    for (const { index, code, errmsg } of [error.writeErrors].flat()) failures.set(index, { code, errmsg });
    if (error.result.getWriteConcernError() !== undefined || typeof error.code !== "number") throw unavailable(error);
    if (failures.size === 0) throw error;
    return { result: error.result, failures };
  }
}

type Counts = Omit<BulkWriteResult, "duplicates">;

const REPETITIONS = 4;

/**
 * The port's `bulkWrite`. Of two upserts of one key at the same time the server may refuse one as a duplicate, although
 * it would find the document now: such a one, or one that the server has undone, is sent again (ordered: with what came
 * behind it).
 */
export async function bulkWrite<D extends Document>(
  collection: Collection<D>,
  operations: readonly BulkOperation<D>[],
  ordered: boolean,
): Promise<BulkWriteResult> {
  const counts: Counts = { insertedCount: 0, matchedCount: 0, modifiedCount: 0, deletedCount: 0, upsertedCount: 0 };
  const duplicates: number[] = [];
  const repeated = new Map<number, number>();
  let places = operations.map((_, i) => i);
  while (places.length > 0) {
    const sent = places;
    const { result, failures } = await sendBulk(
      collection,
      sent.map((place) => toBulkOperation(operations[place]!)),
      ordered,
    ).catch((error: unknown) => Promise.reject(translate(collection.collectionName, error)));
    add(counts, result);
    places = [];
    for (const [index, answer] of failures) {
      const place = sent[index]!;
      const repetitions = repeated.get(place) ?? 0;
      const mayHelp = isUndone(answer) || (isDuplicateKey(answer) && isUpsert(operations[place]!));
      if (mayHelp && repetitions < REPETITIONS) {
        repeated.set(place, repetitions + 1);
        places = ordered ? sent.slice(index) : [...places, place];
      } else if (isDuplicateKey(answer)) duplicates.push(place);
      else throw translateAnswer(collection.collectionName, answer);
    }
  }
  return { ...counts, duplicates: duplicates.sort((a, b) => a - b) };
}

function add(counts: Counts, result: DriverResult): void {
  counts.insertedCount += result.insertedCount;
  counts.matchedCount += result.matchedCount;
  counts.modifiedCount += result.modifiedCount;
  counts.deletedCount += result.deletedCount;
  counts.upsertedCount += result.upsertedCount;
}
