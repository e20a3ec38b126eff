import { isDuplicateKey } from "../../../kernel/errors.ts";
import { newId } from "../../../kernel/ids.ts";
import type { Duration, Instant } from "../../../kernel/time.ts";
import { backoffDelay, errorText, MAX_LOST_RUNS } from "../options.ts";
import { heldIn, holdsOf, type JobCollection, type JobDocument, letWait } from "./document.ts";

/** Every move of a job is one guarded update of its document; whoever comes second finds nothing to update. */
export class Claims {
  readonly #jobs: JobCollection;
  readonly #queue: string;
  readonly #lease: Duration;
  /** Jobs that a worker of these claims runs, takes or settles. */
  readonly #ours = new Set<string>();

  constructor(jobs: JobCollection, queue: string, lease: Duration) {
    this.#jobs = jobs;
    this.#queue = queue;
    this.#lease = lease;
  }

  /**
   * Due jobs become ready, and so do those whose worker gives no sign of life. Our own never: a process or a store that
   * was held up for longer than a lease would run them beside themselves.
   */
  async ripen(now: Instant): Promise<void> {
    const queue = this.#queue;
    await this.#jobs.updateMany({ queue, state: "delayed", dueAt: { $lte: now } }, { $set: { state: "ready" } });
    await this.#jobs.updateMany(
      { queue, state: "active", leaseUntil: { $lt: now }, _id: { $nin: [...this.#ours] } },
      { $set: { state: "ready" }, $unset: { claim: true, leaseUntil: true }, $inc: { lost: 1 } },
    );
  }

  /** Ready jobs by priority, then due time; of a key that is held only the job that holds it. */
  async candidates(limit: number): Promise<JobDocument[]> {
    const queue = this.#queue;
    const held = await this.#jobs.find({ holds: heldIn(queue) }, { projection: { key: 1 } }).toArray();
    const free =
      held.length === 0 ? {} : { $or: [{ holds: { $exists: true } }, { key: { $nin: held.map(({ key }) => key) } }] };
    return this.#jobs
      .find({ queue, state: "ready", ...free }, { sort: { priority: 1, dueAt: 1, _id: 1 }, limit })
      .toArray();
  }

  /**
   * Takes a ready job, or the one of its key whose turn it is; `undefined` when others were faster. A job that was taken
   * is `release`d when its end is stored or given up.
   */
  async take(candidate: JobDocument, now: Instant): Promise<JobDocument | undefined> {
    const job = candidate.key === undefined || candidate.holds ? candidate : await this.headOf(candidate.key);
    if (!job || this.#ours.has(job._id)) return undefined;
    this.#ours.add(job._id);
    let taken: JobDocument | undefined;
    try {
      taken = await this.#claim(job, now);
    } finally {
      if (!taken) this.release(job);
    }
    return taken;
  }

  /** From here on the job is another's to run again, unless its end was stored. */
  release({ _id }: JobDocument): void {
    this.#ours.delete(_id);
  }

  async #claim(job: JobDocument, now: Instant): Promise<JobDocument | undefined> {
    try {
      const taken = await this.#jobs.findOneAndUpdate(
        { _id: job._id, state: "ready" },
        {
          $set: {
            state: "active",
            claim: newId(now),
            leaseUntil: now + this.#lease,
            ...(job.key === undefined ? {} : { holds: holdsOf(this.#queue, job.key) }),
          },
          $unset: { waitsFor: true },
        },
        { returnDocument: "after" },
      );
      if (!taken || taken.lost <= MAX_LOST_RUNS) return taken;
      await this.#giveUp(taken, "Its workers ended while they ran it", now);
      return undefined;
    } catch (error) {
      if (isDuplicateKey(error)) return undefined;
      throw error;
    }
  }

  async renew(jobs: readonly JobDocument[], now: Instant): Promise<void> {
    const ids = jobs.map(({ _id }) => _id);
    const claims = jobs.map(({ claim }) => claim);
    await this.#jobs.updateMany(
      { _id: { $in: ids }, claim: { $in: claims } },
      { $set: { leaseUntil: now + this.#lease } },
    );
  }

  async finish({ _id, claim }: JobDocument): Promise<void> {
    await this.#jobs.deleteOne({ _id, claim });
  }

  /** After a run that threw: waits for its retry, still holding its key, or has failed. */
  async fail(job: JobDocument, error: unknown, now: Instant): Promise<void> {
    const failures = job.failures + 1;
    if (failures >= job.attempts) return this.#giveUp({ ...job, failures }, errorText(error), now);
    const delay = backoffDelay(job.backoff, failures);
    await letWait(
      this.#jobs,
      job,
      { _id: job._id, claim: job.claim },
      {
        $set: { state: delay > 0 ? "delayed" : "ready", failures, dueAt: now + delay, error: errorText(error) },
        $unset: { claim: true, leaseUntil: true },
      },
    );
  }

  /** The job of a key whose turn it is, if it is ready. */
  headOf(key: string): Promise<JobDocument | undefined> {
    return this.#jobs.findOne({ queue: this.#queue, key, state: "ready" }, { sort: { dueAt: 1, _id: 1 } });
  }

  async #giveUp(job: JobDocument, error: string, now: Instant): Promise<void> {
    await this.#jobs.updateOne(
      { _id: job._id, claim: job.claim },
      {
        $set: { state: "failed", failures: job.failures, error, failedAt: new Date(now) },
        $unset: { claim: true, leaseUntil: true, holds: true, waitsFor: true },
      },
    );
  }

  /** When the next delayed job becomes due. */
  async nextDueAt(): Promise<Instant | undefined> {
    const next = await this.#jobs.findOne(
      { queue: this.#queue, state: "delayed" },
      { sort: { dueAt: 1 }, projection: { dueAt: 1 } },
    );
    return next?.dueAt;
  }
}
