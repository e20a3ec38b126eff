import { type ByteCount, kib } from "../../kernel/bytes.ts";
import { newId } from "../../kernel/ids.ts";
import { type Duration, days } from "../../kernel/time.ts";
import type { Logger } from "../../platform/log/logger.ts";
import type { Collection, Document, Filter, Store } from "../../platform/store/port.ts";
import { maskSecrets } from "./mask-secrets.ts";
import type { Trace, TraceEntry, TracePage } from "./trace.ts";

interface TraceDocument extends Document {
  deviceId: string;
  sessionId: string;
  at: number;
  direction: TraceEntry["direction"];
  status?: number;
  text: string;
  cut?: true;
  /** For the retention index. */
  keptFrom: Date;
}

export interface TraceLimits {
  /** Per device; the oldest go first. */
  messages: number;
  /** Per message. */
  bytes: ByteCount;
  retention: Duration;
}

export const standardTraceLimits: TraceLimits = { messages: 1_000, bytes: kib(256), retention: days(7) };

/** How many messages beyond the limit a device may gather before the oldest are removed: one removal serves many writes. */
const SLACK = 50;

/** The trace on a store: one document per message. */
export function createTrace(options: { store: Store; log: Logger; limits?: Partial<TraceLimits> }): Trace {
  const limits = { ...standardTraceLimits, ...options.limits };
  return new StoreTrace(options.store.collection<TraceDocument>("traces"), options.log.child("acs.trace"), limits);
}

class StoreTrace implements Trace {
  readonly #entries: Collection<TraceDocument>;
  readonly #log: Logger;
  readonly #limits: TraceLimits;
  /** Writes since the device was last looked through. */
  readonly #written = new Map<string, number>();

  constructor(entries: Collection<TraceDocument>, log: Logger, limits: TraceLimits) {
    this.#entries = entries;
    this.#log = log;
    this.#limits = limits;
  }

  async prepare(): Promise<void> {
    await this.#entries.createIndex({ deviceId: 1, _id: 1 });
    await this.#entries.createIndex({ keptFrom: 1 }, { expireAfter: this.#limits.retention });
  }

  async write(entry: Omit<TraceEntry, "id" | "cut">): Promise<void> {
    try {
      const isLong = entry.text.length > this.#limits.bytes;
      const text = maskSecrets(isLong ? entry.text.slice(0, this.#limits.bytes) : entry.text);
      const document = { ...entry, _id: newId(entry.at), text, keptFrom: new Date(entry.at) };
      await this.#entries.gathered.insertOne(isLong ? { ...document, cut: true } : document);
      await this.#trim(entry.deviceId);
    } catch (error) {
      this.#log.warn({ deviceId: entry.deviceId, error }, "message not traced");
    }
  }

  async read(deviceId: string, { after, limit }: { after?: string; limit: number }): Promise<TracePage> {
    const filter: Filter = after === undefined ? { deviceId } : { deviceId, _id: { $gt: after } };
    const found = await this.#entries.find(filter, { sort: { _id: 1 }, limit: limit + 1 }).toArray();
    const items = found
      .slice(0, limit)
      .map(({ _id, keptFrom: _kept, ...rest }) => ({ ...rest, id: _id }) as TraceEntry);
    const last = items.at(-1);
    return found.length > limit && last ? { items, next: last.id } : { items };
  }

  async clear(deviceId: string): Promise<void> {
    await this.#entries.deleteMany({ deviceId });
    this.#written.delete(deviceId);
  }

  async #trim(deviceId: string): Promise<void> {
    const written = (this.#written.get(deviceId) ?? SLACK) + 1;
    if (written < SLACK) {
      this.#written.set(deviceId, written);
      return;
    }
    this.#written.set(deviceId, 0);
    const [newestToGo] = await this.#entries
      .find({ deviceId }, { sort: { _id: -1 }, skip: this.#limits.messages, limit: 1, projection: { _id: 1 } })
      .toArray();
    if (newestToGo) await this.#entries.deleteMany({ deviceId, _id: { $lte: newestToGo._id } });
  }
}
