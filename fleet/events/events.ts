import { newId } from "../../kernel/ids.ts";
import type { Clock, Duration, Instant } from "../../kernel/time.ts";
import type { Collection, Filter } from "../../platform/store/port.ts";
import type { EventInput, EventQuery, Events, Page } from "../door.ts";
import { pageOf } from "../page.ts";
import type { EventDocument, EventType } from "./model.ts";

export type NewEvent = EventInput & { deviceId?: string; sessionId?: string; at: Instant };

/** How bad an event is when its writer does not say. */
const severities: Partial<Record<EventType, EventDocument["severity"]>> = {
  "device.identityCloned": "error",
  "device.rejected": "warning",
  "device.quarantined": "warning",
  "session.failed": "warning",
  "wake.failed": "warning",
  "authentication.failed": "warning",
};

/** The append-only log. Appends of many sessions share a write. */
export class EventLog implements Events {
  readonly #events: Collection<EventDocument>;
  readonly #clock: Clock;
  readonly #retention: Duration;

  constructor(events: Collection<EventDocument>, clock: Clock, retention: Duration) {
    this.#events = events;
    this.#clock = clock;
    this.#retention = retention;
  }

  /** A document for the log; `id` when the event must not be appended twice. */
  document(event: NewEvent, id = newId(this.#clock.now())): EventDocument {
    const { type, at, deviceId, operationId, sessionId, severity, data } = event;
    const document: EventDocument = {
      _id: id,
      type,
      at,
      severity: severity ?? severities[type] ?? "info",
      data: data ?? {},
      expiresAt: new Date(at + this.#retention),
    };
    if (deviceId !== undefined) document.deviceId = deviceId;
    if (operationId !== undefined) document.operationId = operationId;
    if (sessionId !== undefined) document.sessionId = sessionId;
    return document;
  }

  async append(events: readonly NewEvent[]): Promise<void> {
    await this.write(events.map((event) => this.document(event)));
  }

  async write(documents: readonly EventDocument[]): Promise<void> {
    await Promise.all(documents.map((document) => this.#events.gathered.insertOne(document)));
  }

  /** Which of these ids are in the log. */
  async known(ids: readonly string[]): Promise<Set<string>> {
    const found = await this.#events.find({ _id: { $in: ids } }, { projection: { _id: 1 } }).toArray();
    return new Set(found.map(({ _id }) => _id));
  }

  async list({
    deviceId,
    types,
    after,
    before,
    order = "newestFirst",
    limit,
  }: EventQuery): Promise<Page<EventDocument>> {
    const filter: Filter = {};
    if (deviceId !== undefined) filter["deviceId"] = deviceId;
    if (types !== undefined) filter["type"] = types.length === 1 ? types[0] : { $in: types };
    if (after !== undefined || before !== undefined) {
      filter["_id"] = { ...(after !== undefined && { $gt: after }), ...(before !== undefined && { $lt: before }) };
    }
    const sort = { _id: order === "newestFirst" ? (-1 as const) : (1 as const) };
    const items = await this.#events.find(filter, { sort, limit: limit + 1 }).toArray();
    return pageOf(items, limit, ({ _id }) => _id);
  }
}
