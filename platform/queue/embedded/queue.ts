import { isDuplicateKey, StewardError } from "../../../kernel/errors.ts";
import { newId } from "../../../kernel/ids.ts";
import type { Clock } from "../../../kernel/time.ts";
import { planOf } from "../options.ts";
import type { FailedJob, JobOptions, Queue, QueueCounts } from "../port.ts";
import { type JobCollection, type JobDocument, letWait, waitsForOf } from "./document.ts";

/** A job that waits may be taken between two looks; then the next look finds it gone and the new one is added. */
const DEDUPE_LOOKS = 20;

export class EmbeddedQueue<T> implements Queue<T> {
  readonly name: string;
  readonly #jobs: JobCollection;
  readonly #clock: Clock;
  readonly #added: () => void;

  /** `added` is told when there is something new to take. */
  constructor(name: string, jobs: JobCollection, clock: Clock, added: () => void) {
    this.name = name;
    this.#jobs = jobs;
    this.#clock = clock;
    this.#added = added;
  }

  async enqueue(data: T, options?: JobOptions): Promise<string> {
    const id = await this.#add(this.#documentOf(data, options));
    this.#added();
    return id;
  }

  async enqueueMany(jobs: readonly { data: T; options?: JobOptions }[]): Promise<string[]> {
    const documents = jobs.map(({ data, options }) => this.#documentOf(data, options));
    const plain = documents.filter(({ dedupe }) => dedupe === undefined);
    if (plain.length > 0) await this.#jobs.insertMany(plain);
    const ids: string[] = [];
    for (const document of documents)
      ids.push(document.dedupe === undefined ? document._id : await this.#add(document));
    this.#added();
    return ids;
  }

  async counts(): Promise<QueueCounts> {
    const queue = this.name;
    const now = this.#clock.now();
    const count = (filter: Record<string, unknown>): Promise<number> => this.#jobs.countDocuments({ queue, ...filter });
    const due = { dueAt: { $lte: now } };
    const [ready, ripe, delayed, active, failed, oldest] = await Promise.all([
      count({ state: "ready" }),
      count({ state: "delayed", ...due }),
      count({ state: "delayed" }),
      count({ state: "active" }),
      count({ state: "failed" }),
      this.#jobs.findOne(
        { queue, state: { $in: ["ready", "delayed"] }, ...due },
        { sort: { dueAt: 1 }, projection: { dueAt: 1 } },
      ),
    ]);
    const counts = { waiting: ready + ripe, delayed: delayed - ripe, active, failed };
    return oldest ? { ...counts, oldestDueAt: oldest.dueAt } : counts;
  }

  async failed(limit: number): Promise<FailedJob[]> {
    const found = await this.#jobs
      .find({ queue: this.name, state: "failed" }, { sort: { failedAt: -1 }, limit })
      .toArray();
    return found.map((job) => ({
      id: job._id,
      data: JSON.parse(job.data) as unknown,
      attempts: job.failures,
      error: job.error ?? "",
      failedAt: job.failedAt?.getTime() ?? 0,
    }));
  }

  async retry(id: string): Promise<boolean> {
    const guard = { _id: id, queue: this.name, state: "failed" };
    const job = await this.#jobs.findOne(guard);
    const update = {
      $set: { state: "ready", dueAt: this.#clock.now(), failures: 0, lost: 0 },
      $unset: { error: true, failedAt: true },
    } as const;
    const waits = job !== undefined && (await letWait(this.#jobs, job, guard, update));
    if (waits) this.#added();
    return waits;
  }

  async remove(id: string): Promise<boolean> {
    const removed = await this.#jobs.deleteOne({ _id: id, queue: this.name, state: { $ne: "active" } });
    if (removed > 0) this.#added();
    return removed > 0;
  }

  #documentOf(data: T, options: JobOptions | undefined): JobDocument {
    const { key, dedupe, delay, priority, attempts, backoff } = planOf(options);
    const now = this.#clock.now();
    return {
      _id: newId(now),
      queue: this.name,
      state: delay > 0 ? "delayed" : "ready",
      data: JSON.stringify(data ?? null),
      ...(key === undefined ? {} : { key }),
      ...(dedupe === undefined ? {} : { dedupe, waitsFor: waitsForOf(this.name, dedupe) }),
      dueAt: now + delay,
      priority,
      attempts,
      backoff,
      failures: 0,
      lost: 0,
      enqueuedAt: now,
    };
  }

  async #add(document: JobDocument): Promise<string> {
    for (let look = 0; look < DEDUPE_LOOKS; look++) {
      try {
        await this.#jobs.insertOne(document);
        return document._id;
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
      }
      const waiting = await this.#jobs.findOne({ waitsFor: document.waitsFor });
      if (!waiting) continue;
      // Taken since that look: it starts after this call began, and so sees what the caller did before.
      await this.#jobs.updateOne(
        { _id: waiting._id, waitsFor: document.waitsFor, dueAt: { $gt: document.dueAt } },
        { $set: { dueAt: document.dueAt, state: document.state } },
      );
      return waiting._id;
    }
    throw new StewardError("engine.unavailable", `The queue ${this.name} changes faster than a job can be added`);
  }
}
