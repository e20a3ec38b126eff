import type { DeviceDocument, Lease } from "../../../fleet/devices/model.ts";
import type {
  ContactOutcome,
  ContactReport,
  Contacts,
  EventInput,
  Fleet,
  Work,
  WorkOutcome,
} from "../../../fleet/door.ts";
import {
  type OperationDocument,
  type OperationRequest,
  type OperationState,
  openStates,
} from "../../../fleet/operations/model.ts";
import type { ParameterObservation, ParameterPatch, ParameterRecord } from "../../../fleet/parameters/model.ts";
import { StewardError } from "../../../kernel/errors.ts";
import { matchesPath } from "../../../kernel/path.ts";
import type { Clock, Instant } from "../../../kernel/time.ts";

type Part = Pick<Fleet, "contacts" | "work" | "operations" | "parameters">;
export type RecordedEvent = EventInput & { deviceId: string; at: Instant };

const blocking: ReadonlySet<string> = new Set(["reboot", "factoryReset"]);

/**
 * A fleet in memory that keeps the promises of fleet/door.ts as far as conversations see them. What it stores, it stores
 * as text, so that nothing is shared with the code under test. `log` lists the calls, for tests of order and of cost.
 */
export class FakeFleet {
  readonly clock: Clock;
  readonly log: string[] = [];
  readonly events: RecordedEvent[] = [];
  readonly patches: ParameterPatch[] = [];
  readonly closed: { sessionId: string; failed?: string; wakeAgain?: boolean }[] = [];
  readonly records = new Map<string, ParameterRecord>();
  policy: "accept" | "reject" = "accept";
  /** Calls fail like an engine that is gone. */
  broken = false;
  /** Held until resolved, before `work.next` answers. */
  nextGate: Promise<void> | undefined;
  /** The same before `contacts.resume` does. */
  resumeGate: Promise<void> | undefined;
  /** The same before `contacts.observe` does. */
  observeGate: Promise<void> | undefined;
  #devices = new Map<string, string>();
  #operations = new Map<string, string>();
  #count = 0;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  get fleet(): Part {
    return {
      contacts: this.#contacts(),
      work: this.#work(),
      operations: { get: (id: string) => Promise.resolve(this.find(id)) } as Fleet["operations"],
      parameters: {
        read: (_device: DeviceDocument, selectors: readonly string[]) => {
          this.#call("parameters.read");
          return Promise.resolve(
            [...this.records.values()].filter(({ path }) => selectors.some((one) => matchesPath(one, path))),
          );
        },
      } as Fleet["parameters"],
    };
  }

  add(request: OperationRequest, fields: Partial<OperationDocument> = {}): OperationDocument {
    const _id = `op${++this.#count}`;
    const now = this.clock.now();
    const operation: OperationDocument = {
      _id,
      deviceId: "device1",
      request,
      state: "queued",
      priority: 50,
      createdAt: now,
      createdBy: "test",
      expiresAt: now + 86_400_000,
      wake: "nextContact",
      correlator: `key-${_id}`,
      attempt: 0,
      maxAttempts: 3,
      history: [{ at: now, state: "queued" }],
      ...fields,
    };
    this.#put(operation);
    return operation;
  }

  operation(id: string): OperationDocument {
    const found = this.find(id);
    if (!found) throw new Error(`there is no ${id}`);
    return found;
  }

  find(id: string): OperationDocument | undefined {
    const text = this.#operations.get(id);
    return text === undefined ? undefined : (JSON.parse(text) as OperationDocument);
  }

  device(id = "device1"): DeviceDocument {
    const text = this.#devices.get(id);
    if (text === undefined) throw new Error(`there is no ${id}`);
    return JSON.parse(text) as DeviceDocument;
  }

  get devices(): number {
    return this.#devices.size;
  }

  update(id: string, change: Partial<DeviceDocument>): void {
    this.#devices.set(id, JSON.stringify({ ...this.device(id), ...change }));
  }

  eventTypes(): string[] {
    return this.events.map((event) => event.type);
  }

  /** What is done about a completion that is overdue; the worker's job in the real fleet. */
  overdue(id: string): void {
    this.#move(id, "unknown", { note: "overdue" });
  }

  #call(name: string): void {
    if (this.broken) throw new StewardError("engine.unavailable", "the engine is gone");
    this.log.push(name);
  }

  #put(operation: OperationDocument): void {
    this.#operations.set(operation._id, JSON.stringify(operation));
  }

  #move(
    id: string,
    state: OperationState,
    change: Partial<OperationDocument> & { note?: string } = {},
  ): OperationDocument {
    const operation = this.operation(id);
    const { note, ...fields } = change;
    const moved = { ...operation, ...fields, state };
    moved.history = [...operation.history, { at: this.clock.now(), state, ...(note === undefined ? {} : { note }) }];
    this.#put(moved);
    return this.operation(id);
  }

  #contacts(): Contacts {
    const byKey = (key: string): DeviceDocument | undefined =>
      [...this.#devices.keys()]
        .map((id) => this.device(id))
        .find((device) => device.endpoints.some((one) => one.key === key));
    const heldBy = (deviceId: string, sessionId: string): DeviceDocument | undefined => {
      const device = this.#devices.has(deviceId) ? this.device(deviceId) : undefined;
      return device?.lease?.sessionId === sessionId ? device : undefined;
    };
    return {
      open: async (report) => this.#open(report, byKey(report.endpointKey)),
      keep: async (deviceId, lease, endpoint) => {
        this.#call("contacts.keep");
        const device = heldBy(deviceId, lease.sessionId);
        if (!device) return false;
        const endpoints = device.endpoints.map((one) =>
          one.key === endpoint?.key ? { ...one, state: { ...one.state, ...endpoint.state } } : one,
        );
        this.update(deviceId, { lease, endpoints });
        return true;
      },
      close: async (deviceId, sessionId, end) => {
        this.#call("contacts.close");
        const { at: _at, ...rest } = end;
        this.closed.push({ sessionId, ...rest });
        const device = heldBy(deviceId, sessionId);
        if (device) {
          const { lease: _lease, ...free } = device;
          this.#devices.set(deviceId, JSON.stringify(free));
        }
      },
      resume: async (deviceId, sessionId) => {
        this.#call("contacts.resume");
        await this.resumeGate;
        return heldBy(deviceId, sessionId);
      },
      byEndpoint: async (key) => byKey(key),
      observe: async (deviceId, patch, { facts } = {}) => {
        this.#call("contacts.observe");
        await this.observeGate;
        if (facts) this.update(deviceId, facts);
        this.#take(patch);
      },
      record: async (deviceId, events, at) => {
        this.#call("contacts.record");
        for (const event of events) this.events.push({ ...event, deviceId, at });
      },
    };
  }

  #open(report: ContactReport, known: DeviceDocument | undefined): ContactOutcome {
    this.#call("contacts.open");
    if (!known && this.policy === "reject") return { admitted: false, reason: "rejected" };
    const _id = known?._id ?? `device${this.#devices.size + 1}`;
    const superseded: Lease | undefined = known?.lease;
    const state = { ...known?.endpoints[0]?.state, ...report.endpointState };
    const device: DeviceDocument = {
      ...(known ?? { admission: "active", tags: [], createdAt: report.at, version: 1 }),
      ...report.facts,
      _id,
      identity: report.identity,
      endpoints: [{ key: report.endpointKey, protocol: "cwmp", state }],
      lease: report.lease,
    } as DeviceDocument;
    this.#devices.set(_id, JSON.stringify(device));
    this.#take(report.values);
    for (const event of report.events) this.events.push({ ...event, deviceId: _id, at: report.at });
    if (superseded) {
      for (const id of this.#operations.keys()) {
        if (this.operation(id).state === "active") this.#move(id, "unknown", { note: "superseded" });
      }
    }
    const outcome = { admitted: true, device: this.device(_id), created: !known } as const;
    return superseded ? { ...outcome, supersededLease: superseded } : outcome;
  }

  #take(patch: ParameterPatch): void {
    this.patches.push(structuredClone(patch));
    const gone = (path: string): boolean =>
      [...(patch.complete ?? []), ...(patch.removed ?? [])].some((one) => path.startsWith(one));
    for (const path of this.records.keys()) if (gone(path)) this.records.delete(path);
    for (const one of patch.observations) this.records.set(one.path, recordOf(patch, one, this.records.get(one.path)));
  }

  #work(): Work {
    const all = (): OperationDocument[] => [...this.#operations.keys()].map((id) => this.operation(id));
    return {
      next: async (device, sessionId, now) => {
        this.#call("work.next");
        await this.nextGate;
        if (this.device(device._id).lease?.sessionId !== sessionId) return undefined;
        const mine = all().filter((one) => one.deviceId === device._id);
        const left = mine.find((one) => one.state === "active" || one.state === "unknown");
        if (left) return left;
        if (mine.some((one) => one.state === "accepted" && blocking.has(one.request.kind))) return undefined;
        return mine.find((one) => one.state === "queued" && (one.nextAttemptAt ?? 0) <= now);
      },
      begin: async (operation, progress) => {
        this.#call("work.begin");
        const current = this.operation(operation._id);
        if (!["queued", "unknown", "active"].includes(current.state)) return false;
        this.#move(operation._id, "active", { progress, attempt: current.attempt + 1 });
        return true;
      },
      advance: async (id, progress) => {
        this.#call("work.advance");
        if (this.operation(id).state !== "active")
          throw new StewardError("state.conflict", "no longer with the device");
        this.#put({ ...this.operation(id), progress });
      },
      settle: async (id, outcome) => {
        this.#call(`work.settle ${outcome.state}`);
        return openStates.includes(this.operation(id).state) ? this.#settle(id, outcome) : undefined;
      },
      findByCorrelator: async (deviceId, correlator, kinds) => {
        this.#call("work.findByCorrelator");
        const open = all().filter(
          (one) => one.deviceId === deviceId && kinds.includes(one.request.kind) && openStates.includes(one.state),
        );
        if (correlator !== "") return open.find((one) => one.correlator === correlator);
        const waiting = open.filter((one) => one.state !== "queued");
        return waiting.length === 1 ? waiting[0] : undefined;
      },
      awaiting: async (deviceId) => {
        this.#call("work.awaiting");
        return all().filter(
          (one) => one.deviceId === deviceId && (one.state === "accepted" || one.state === "unknown"),
        );
      },
    };
  }

  #settle(id: string, outcome: WorkOutcome): OperationDocument {
    const { attempt } = this.operation(id);
    if (this.operation(id).state === outcome.state && outcome.state === "unknown") return this.operation(id);
    if (outcome.state === "retry") {
      const { fault } = outcome;
      if (attempt >= this.operation(id).maxAttempts) return this.#move(id, "failed", { fault });
      return this.#move(id, "queued", { fault, nextAttemptAt: this.clock.now() + (outcome.delay ?? 60_000) });
    }
    if (outcome.state === "unknown") {
      const { failsAs: code = "outcome.unknown", note, progress, parked } = outcome;
      if (attempt >= this.operation(id).maxAttempts + 2)
        return this.#move(id, "failed", { fault: { code, message: note } });
      const kept = { ...(progress !== undefined && { progress }), ...(parked && { parked: 1 }) };
      return this.#move(id, "unknown", { note, ...kept });
    }
    const { state, ...fields } = outcome;
    return this.#move(id, state, fields);
  }
}

const recordOf = (
  patch: ParameterPatch,
  one: ParameterObservation,
  known: ParameterRecord | undefined,
): ParameterRecord => ({
  ...known,
  ...one,
  source: patch.source,
  readAt: patch.at,
  state: patch.unconfirmed ? "unconfirmed" : "seen",
});
