import { isDuplicateKey } from "../../../kernel/errors.ts";
import type { Instant } from "../../../kernel/time.ts";
import type { Collection, Document, Filter, Store, Update } from "../../store/port.ts";
import { type Backoff, FAILED_RETENTION } from "../options.ts";

/** `delayed` until its due time, `ready` to be taken, `active` while a worker has it, `failed` for the operator. */
export type JobState = "delayed" | "ready" | "active" | "failed";

export interface JobDocument extends Document {
  queue: string;
  state: JobState;
  /** JSON text. */
  data: string;
  key?: string;
  dedupe?: string;
  /** Unique: `queue/dedupe` while the job waits. */
  waitsFor?: string;
  /** Unique: `queue/key` from the job's first run to its end, so that no other job of the key can be taken. */
  holds?: string;
  dueAt: Instant;
  priority: number;
  attempts: number;
  backoff: Backoff;
  /** Runs that threw, and runs that ended with their worker. */
  failures: number;
  lost: number;
  enqueuedAt: Instant;
  /** Whose the running job is, and until when without a sign of life. */
  claim?: string;
  leaseUntil?: Instant;
  error?: string;
  failedAt?: Date;
}

export type JobCollection = Collection<JobDocument>;

export const waitsForOf = (queue: string, dedupe: string): string => `${queue}/${dedupe}`;
export const holdsOf = (queue: string, key: string): string => `${queue}/${key}`;
/** Matches what `holdsOf` gives for a queue: from its slash to the character after the slash. */
export const heldIn = (queue: string): { $gte: string; $lt: string } => ({ $gte: `${queue}/`, $lt: `${queue}0` });

export const openJobs = (store: Store, prefix: string): JobCollection => store.collection<JobDocument>(`${prefix}Jobs`);

export async function prepareJobs(jobs: JobCollection): Promise<void> {
  await jobs.createIndex({ waitsFor: 1 }, { unique: true, sparse: true });
  await jobs.createIndex({ holds: 1 }, { unique: true, sparse: true });
  await jobs.createIndex({ queue: 1, state: 1, priority: 1, dueAt: 1, _id: 1 });
  await jobs.createIndex({ queue: 1, state: 1, dueAt: 1 });
  await jobs.createIndex({ queue: 1, key: 1, state: 1, dueAt: 1, _id: 1 });
  await jobs.createIndex({ failedAt: 1 }, { expireAfter: FAILED_RETENTION });
}

/** Lets a job wait again, under its dedupe unless another job has taken that meanwhile: then both stay. */
export async function letWait(jobs: JobCollection, job: JobDocument, guard: Filter, update: Update): Promise<boolean> {
  const waitsFor = job.dedupe === undefined ? undefined : waitsForOf(job.queue, job.dedupe);
  if (waitsFor !== undefined) {
    try {
      return (await jobs.updateOne(guard, { ...update, $set: { ...update.$set, waitsFor } })).matchedCount > 0;
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
    }
  }
  return (await jobs.updateOne(guard, update)).matchedCount > 0;
}
