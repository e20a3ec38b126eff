import type { DeviceDocument } from "../../fleet/devices/model.ts";
import type { Credentials, Devices, Events, Operations, WakePort } from "../../fleet/door.ts";
import type { EventType } from "../../fleet/events/model.ts";
import type { OperationState } from "../../fleet/operations/model.ts";
import { type Clock, type Instant, minutes, seconds } from "../../kernel/time.ts";
import type { Logger } from "../../platform/log/logger.ts";
import type { HandlesOf, MetricTable } from "../../platform/metrics/definition.ts";
import type { Metrics } from "../../platform/metrics/metrics.ts";
import type { Job, Queue, QueueEngine, QueueWorker } from "../../platform/queue/port.ts";
import type { Collection, Store } from "../../platform/store/port.ts";
import { plainEndpointKey } from "../conversation/identity.ts";
import type { WakeCredentials } from "./answer-challenge.ts";
import { type WakeFailure, type WakeOutcome, wakeFailures } from "./connection-request.ts";
import { firstTry, nextTry, type WakeDocument, type WakePolicy } from "./schedule.ts";

export interface Wake extends WakePort {
  /** The device made contact because of a call (`6 CONNECTION REQUEST`): what was asked for is done. */
  contacted(deviceId: string): Promise<void>;
  /** To be called at start, when the store is open. */
  prepare(): Promise<void>;
  /** Asks for the calls that are long due: a queue that was away, or that lost a job, forgot them. Resolves to how many. */
  sweep(now: Instant): Promise<number>;
  /** Works the queue in this process. */
  process(options: { concurrency: number }): QueueWorker;
}

/** What wakes need of the fleet; asked late, because the fleet itself is made with a `WakePort`. */
export interface WakeFleet {
  devices: Pick<Devices, "get">;
  credentials: Pick<Credentials, "findForWaking">;
  events: Pick<Events, "append">;
  operations: Pick<Operations, "list">;
}

export interface WakeOptions {
  queue: QueueEngine;
  store: Store;
  fleet: () => WakeFleet;
  /** Calls the device, which made contact `from` there last: `requestConnection` with its guard and limits. */
  call: (url: string, credentials: WakeCredentials | undefined, from: string | undefined) => Promise<WakeOutcome>;
  policy: WakePolicy;
  clock: Clock;
  log: Logger;
  metrics: Metrics;
}

interface WakeJob {
  deviceId: string;
}

export const wakeCollection = "wakes";
const QUEUE = "wake";
const CALLED = "6 CONNECTION REQUEST";
/** A call that is due for so long has no job any more; a job that is there all the same is not doubled. */
const FORGOTTEN = minutes(2);
const PER_SWEEP = 1000;
/** What goes on with the next contact: what has not begun, and what was lost on the way. */
const WAITING: readonly OperationState[] = ["queued", "unknown"];

const wakeMetrics = {
  calls: {
    kind: "counter",
    name: "steward_wake_calls_total",
    help: "Connection requests, by outcome",
    labels: { outcome: ["accepted", ...(Object.keys(wakeFailures) as WakeFailure[])] },
  },
} as const satisfies MetricTable;

const endpointOf = ({ endpoints }: DeviceDocument) => endpoints.find(({ protocol }) => protocol === "cwmp");

export const createWake = (options: WakeOptions): Wake => new Waker(options);

/**
 * One document per device that is to be woken, one deduplicated job that works it. The job may run twice and in two
 * workers: an attempt is claimed in the document before the device is called.
 */
class Waker implements Wake {
  readonly #options: WakeOptions;
  readonly #queue: Queue<WakeJob>;
  readonly #wakes: Collection<WakeDocument>;
  readonly #metrics: HandlesOf<typeof wakeMetrics>;
  readonly #log: Logger;

  constructor(options: WakeOptions) {
    this.#options = options;
    this.#queue = options.queue.queue(QUEUE);
    this.#wakes = options.store.collection(wakeCollection);
    this.#metrics = options.metrics.register(wakeMetrics);
    this.#log = options.log.child("acs.wake");
  }

  async requestContact(deviceId: string, cause: { operationId?: string; reason: string }): Promise<void> {
    const { clock, policy, fleet } = this.#options;
    const now = clock.now();
    const [known, device] = await Promise.all([
      this.#wakes.gathered.findByKey(deviceId),
      fleet().devices.get(deviceId),
    ]);
    if (device === undefined) return;
    const forgotten =
      known !== undefined && (isAnswered(known, device) || (await this.#hasNowCredentials(known, device)));
    const current = forgotten || (known?.attempts ?? 0) >= policy.maxAttempts ? undefined : known;
    const calledContactAt = device.contact?.reasons.includes(CALLED) ? device.contact.lastAt : undefined;
    const dueAt = firstTry(now, current, calledContactAt, policy);
    const anew = current === undefined ? { since: now, attempts: 0 } : {};
    await this.#wakes.updateOne(
      { _id: deviceId },
      {
        $set: {
          ...anew,
          requestedAt: now,
          nextTryAt: dueAt,
          ...(cause.operationId === undefined ? { unconditional: true } : {}),
        },
        ...(current === undefined ? { $unset: { lastTryAt: true, acceptedAt: true, lastError: true } } : {}),
      },
      { upsert: true },
    );
    await this.#again(deviceId, dueAt);
    this.#log.debug({ deviceId, ...cause, dueAt }, "contact requested");
  }

  async state(deviceId: string): ReturnType<WakePort["state"]> {
    const { fleet } = this.#options;
    const [known, device] = await Promise.all([
      this.#wakes.gathered.findByKey(deviceId),
      fleet().devices.get(deviceId),
    ]);
    if (known === undefined || device === undefined || isAnswered(known, device)) return undefined;
    const { since, nextTryAt, attempts, lastError } = known;
    return {
      since,
      attempts,
      ...(nextTryAt === undefined ? {} : { nextTryAt }),
      ...(lastError === undefined ? {} : { lastError }),
    };
  }

  async contacted(deviceId: string): Promise<void> {
    const wake = await this.#wakes.gathered.findByKey(deviceId);
    if (wake !== undefined) await this.#done(wake);
  }

  prepare(): Promise<void> {
    return this.#wakes.createIndex({ nextTryAt: 1 }, { sparse: true });
  }

  async sweep(now: Instant): Promise<number> {
    const longDue = { nextTryAt: { $lte: now - FORGOTTEN } };
    const due = await this.#wakes.find(longDue, { sort: { nextTryAt: 1 }, limit: PER_SWEEP }).toArray();
    await Promise.all(due.map(({ _id }) => this.#again(_id, now)));
    return due.length;
  }

  process({ concurrency }: { concurrency: number }): QueueWorker {
    return this.#options.queue.process<WakeJob>(QUEUE, (job: Job<WakeJob>) => this.#work(job.data.deviceId), {
      concurrency,
    });
  }

  async #work(deviceId: string): Promise<void> {
    const { clock, fleet } = this.#options;
    const wake = await this.#wakes.findOne({ _id: deviceId });
    if (wake === undefined) return;
    const device = await fleet().devices.get(deviceId);
    if (device === undefined) return void (await this.#wakes.deleteOne({ _id: deviceId }));
    if (isAnswered(wake, device)) return this.#done(wake);
    const now = clock.now();
    if (device.lease !== undefined && device.lease.until > now) {
      return this.#again(deviceId, Math.min(device.lease.until, now + seconds(15)));
    }
    if (wake.nextTryAt === undefined) return;
    if (wake.nextTryAt > now) return this.#again(deviceId, wake.nextTryAt);
    if (!(await this.#isWanted(wake)))
      return void (await this.#wakes.deleteOne({ _id: deviceId, requestedAt: wake.requestedAt }));
    await this.#attempt(wake, device, now);
  }

  /** Claims the attempt, calls, writes down what came of it, and comes back later to see whether there was a contact. */
  async #attempt(wake: WakeDocument, device: DeviceDocument, now: Instant): Promise<void> {
    const { policy, call } = this.#options;
    if (wake.acceptedAt !== undefined)
      await this.#note(wake, "wake.failed", { reason: "noContact", attempts: wake.attempts });
    const attempts = wake.attempts + 1;
    const provisional = nextTry(now, attempts, true, policy) ?? now + policy.maxBackoff;
    const claim = { $set: { attempts, lastTryAt: now, nextTryAt: provisional }, $unset: { acceptedAt: true as const } };
    if (!(await this.#wakes.gathered.updateById(wake._id, claim, { attempts: wake.attempts }))) return;

    const endpoint = endpointOf(device);
    const url = endpoint?.state["connectionRequestUrl"];
    const outcome: WakeOutcome =
      endpoint === undefined || typeof url !== "string"
        ? { ok: false, reason: "invalidUrl", detail: "none is known" }
        : await call(url, await this.#credentialsOf(device, endpoint.key), device.contact?.remoteAddress);
    await this.#record({ ...wake, attempts }, outcome, typeof url === "string");
  }

  async #record(wake: WakeDocument, outcome: WakeOutcome, hasUrl: boolean): Promise<void> {
    const { clock, policy } = this.#options;
    const now = clock.now();
    const dueAt = hasUrl ? nextTry(now, wake.attempts, outcome.ok, policy) : undefined;
    const error = outcome.ok ? undefined : `${wakeFailures[outcome.reason]} (${outcome.detail})`.slice(0, 300);
    const gone: Record<string, true> = {
      ...(outcome.ok ? { lastError: true, lastFailure: true } : {}),
      ...(dueAt === undefined ? { nextTryAt: true } : {}),
    };
    await this.#wakes.gathered.updateById(
      wake._id,
      {
        $set: {
          ...(outcome.ok ? { acceptedAt: now } : { lastError: error, lastFailure: outcome.reason }),
          ...(dueAt === undefined ? {} : { nextTryAt: dueAt }),
        },
        ...(Object.keys(gone).length > 0 ? { $unset: gone } : {}),
      },
      { attempts: wake.attempts },
    );
    this.#metrics.calls.add({ outcome: outcome.ok ? "accepted" : outcome.reason });
    this.#log.info(
      { deviceId: wake._id, attempts: wake.attempts, error, nextTryAt: dueAt },
      outcome.ok ? "device called" : "wake failed",
    );
    if (!outcome.ok)
      await this.#note(wake, "wake.failed", {
        reason: outcome.reason,
        detail: outcome.detail,
        attempts: wake.attempts,
      });
    if (dueAt !== undefined) await this.#again(wake._id, dueAt);
  }

  /** What failed for want of credentials need not wait for a back-off once there are some. */
  async #hasNowCredentials({ lastFailure }: WakeDocument, device: DeviceDocument): Promise<boolean> {
    const endpoint = endpointOf(device);
    if (endpoint === undefined || lastFailure !== "noCredentials") return false;
    return (await this.#credentialsOf(device, endpoint.key)) !== undefined;
  }

  /** Also where an operator wrote the key without percent-encoding, as for authentication. */
  #credentialsOf({ identity }: DeviceDocument, key: string): Promise<WakeCredentials | undefined> {
    return this.#options.fleet().credentials.findForWaking(key, plainEndpointKey(identity));
  }

  async #isWanted({ _id, unconditional }: WakeDocument): Promise<boolean> {
    if (unconditional) return true;
    const { items } = await this.#options.fleet().operations.list({ deviceId: _id, states: WAITING, limit: 1 });
    return items.length > 0;
  }

  async #done(wake: WakeDocument): Promise<void> {
    const gone = await this.#wakes.deleteOne({ _id: wake._id, requestedAt: wake.requestedAt });
    if (gone > 0 && wake.attempts > 0)
      await this.#note(wake, "wake.succeeded", { attempts: wake.attempts, since: wake.since });
  }

  async #note(wake: WakeDocument, type: EventType, data: Record<string, unknown>): Promise<void> {
    const severity = type === "wake.failed" ? "warning" : "info";
    await this.#options
      .fleet()
      .events.append([{ type, severity, deviceId: wake._id, at: this.#options.clock.now(), data }]);
  }

  async #again(deviceId: string, dueAt: Instant): Promise<void> {
    await this.#queue.enqueue(
      { deviceId },
      {
        dedupe: deviceId,
        delay: Math.max(0, dueAt - this.#options.clock.now()),
        attempts: 8,
        backoff: { kind: "exponential", delay: seconds(2), max: seconds(60) },
      },
    );
  }
}

/** A contact after the last request answers it, whatever brought it about. */
const isAnswered = (wake: WakeDocument, device: DeviceDocument): boolean =>
  device.contact !== undefined && device.contact.lastAt >= wake.requestedAt;
