import { newId } from "../../kernel/ids.ts";
import type { Duration } from "../../kernel/time.ts";
import type { Collection, Filter } from "../../platform/store/port.ts";
import type { Page } from "../door.ts";
import { pageOf } from "../page.ts";
import type { Audit, AuditDocument, AuditInput, AuditQuery } from "./model.ts";

/** Who did what to which resource; append-only, with retention. */
export class AuditLog implements Audit {
  readonly #entries: Collection<AuditDocument>;
  readonly #retention: Duration;

  constructor(entries: Collection<AuditDocument>, retention: Duration) {
    this.#entries = entries;
    this.#retention = retention;
  }

  async append(entry: AuditInput): Promise<void> {
    const expiresAt = new Date(entry.at + this.#retention);
    await this.#entries.gathered.insertOne({ ...entry, _id: newId(entry.at), expiresAt });
  }

  async list({ cursor, limit, ...wanted }: AuditQuery): Promise<Page<AuditDocument>> {
    const filter: Filter = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
    if (cursor !== undefined) filter["_id"] = { $lt: cursor };
    const items = await this.#entries.find(filter, { sort: { _id: -1 }, limit: limit + 1 }).toArray();
    return pageOf(items, limit, ({ _id }) => _id);
  }
}
