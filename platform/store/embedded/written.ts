import { Recent } from "../../../kernel/churn.ts";
import type { Document } from "../port.ts";

interface Entry {
  readonly bytes: Buffer;
  readonly document: Document;
}

const KEPT = 1_000;
const MAX_BYTES = 8_192;

/**
 * Documents of a collection as they were written last, so that the next write of one need not decode what it changes: a
 * session writes its device again and again. An entry counts only for the very bytes that are stored; who else writes,
 * or a transaction that failed, can therefore not mislead it.
 */
export class Written {
  readonly #recent = new Recent<Entry>(KEPT);

  find(id: string, stored: Buffer): Document | undefined {
    const entry = this.#recent.get(id);
    if (entry === undefined || entry.bytes.compare(stored, 0, stored.length) !== 0) return undefined;
    return entry.document;
  }

  /** Before a document is changed: half a change must not be found. */
  forget(id: string): void {
    this.#recent.delete(id);
  }

  /** `document` is nobody else's. */
  keep(id: string, bytes: Buffer, document: Document): void {
    if (bytes.length > MAX_BYTES) return;
    this.#recent.set(id, { bytes, document });
  }
}
