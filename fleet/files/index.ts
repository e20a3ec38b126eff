import type { Readable } from "node:stream";
import type { ByteCount } from "../../kernel/bytes.ts";
import { StewardError } from "../../kernel/errors.ts";
import { newId } from "../../kernel/ids.ts";
import { type Clock, hours } from "../../kernel/time.ts";
import type { Collection, Filter, Store } from "../../platform/store/port.ts";
import type { Events, Page } from "../door.ts";
import { type ByteSource, ContentDirectory, type Received } from "./content.ts";
import type { ByteRange, FileDocument, FileQuery, NewFile } from "./model.ts";

/** Files that devices fetch or send: a record in the store, the content on disk. Contents are never held in memory. */
export interface Files {
  /**
   * Takes in a content; durable once resolved (content, record and event). The same content for the same operation again
   * (a device that never saw our answer) resolves to the first file. Rejects with `body.tooLarge`, with
   * `argument.invalid` when size or hash are not the expected ones, with `engine.unavailable` when disk or store refuse,
   * and with what `content` throws when it breaks off; nothing is stored then. The content is for the caller to destroy.
   */
  create(content: ByteSource, file: NewFile, by: string): Promise<FileDocument>;
  get(id: string): Promise<FileDocument | undefined>;
  /** Newest first. */
  list(query: FileQuery): Promise<Page<FileDocument>>;
  /** Those of the files that cannot be removed now, since open operations use them. */
  inUse(ids: readonly string[]): Promise<ReadonlySet<string>>;
  /** `false`: there is none. Rejects with `state.conflict` while an open operation uses it. */
  remove(id: string, by: string): Promise<boolean>;
  /**
   * The content, or a range within it (`start <= end < size`). Who does not read it to its end must destroy it.
   * Rejects with `resource.notFound` when the content is gone.
   */
  open(file: FileDocument, range?: ByteRange): Promise<Readable>;
  /** Removes what crashes and broken transfers left on disk. Resolves to how many. A periodic job. */
  sweep(): Promise<number>;
}

export interface FilesOptions {
  store: Store;
  clock: Clock;
  /** Where the contents lie; processes that share a store share this directory too. */
  directory: string;
  maxFileSize: ByteCount;
  events: Pick<Events, "append">;
  /** Those of the files that open operations use. */
  inUse: (fileIds: readonly string[]) => Promise<ReadonlySet<string>>;
}

/** To be created at start, by the fleet's schema: `[keys]` of the collection `files`. */
export const fileCollection = "files";
export const fileIndexes: readonly Record<string, 1 | -1>[] = [
  { fileType: 1, _id: -1 },
  { operationId: 1 },
  { deviceId: 1 },
];

/** How long a transfer may be on its way before what it left on disk counts as abandoned. */
const ABANDONED = hours(24);

export function createFiles(options: FilesOptions): Files {
  return new StoredFiles(options);
}

class StoredFiles implements Files {
  readonly #options: FilesOptions;
  readonly #records: Collection<FileDocument>;
  readonly #content: ContentDirectory;

  constructor(options: FilesOptions) {
    this.#options = options;
    this.#records = options.store.collection<FileDocument>(fileCollection);
    this.#content = new ContentDirectory(options.directory);
  }

  async create(content: ByteSource, file: NewFile, by: string): Promise<FileDocument> {
    const id = newId(this.#options.clock.now());
    const received = await this.#content.receive(id, content, this.#options.maxFileSize);
    try {
      checkExpectation(received, file);
      const known = await this.#alreadySent(received, file);
      if (known !== undefined) {
        await received.discard();
        // The first attempt may have ended between record and event.
        await this.#note(known, "file.uploadedByDevice", by);
        return known;
      }
      await received.keep();
    } catch (error) {
      await received.discard();
      throw error;
    }
    const record = recordOf(id, received, file, this.#options.clock.now(), by);
    // When this fails, the insert may have happened all the same: the content stays, and `sweep` takes it if it did not.
    await this.#records.insertOne(record);
    await this.#note(record, file.deviceId === undefined ? "file.created" : "file.uploadedByDevice", by);
    return record;
  }

  get(id: string): Promise<FileDocument | undefined> {
    return this.#records.findOne({ _id: id });
  }

  async list({ cursor, limit, ...wanted }: FileQuery): Promise<Page<FileDocument>> {
    const given = Object.entries(wanted).filter(([, value]) => value !== undefined);
    const filter: Filter = Object.fromEntries(given);
    if (cursor !== undefined) filter["_id"] = { $lt: cursor };
    const items = await this.#records.find(filter, { sort: { _id: -1 }, limit: limit + 1 }).toArray();
    if (items.length <= limit) return { items };
    const page = items.slice(0, limit);
    return { items: page, next: page.at(-1)!._id };
  }

  inUse(ids: readonly string[]): Promise<ReadonlySet<string>> {
    return this.#options.inUse(ids);
  }

  async remove(id: string, by: string): Promise<boolean> {
    const record = await this.get(id);
    if (record === undefined) return false;
    if ((await this.inUse([id])).has(id)) {
      throw new StewardError("state.conflict", "an open operation uses this file", { details: { fileId: id } });
    }
    if ((await this.#records.deleteOne({ _id: id })) === 0) return false;
    await this.#content.remove(id);
    await this.#note(record, "file.deleted", by);
    return true;
  }

  async open(file: FileDocument, range?: ByteRange): Promise<Readable> {
    const stream = await this.#content.read(file._id, range);
    if (stream === undefined) throw new StewardError("resource.notFound", "the content of this file is gone");
    return stream;
  }

  async sweep(): Promise<number> {
    const before = this.#options.clock.now() - ABANDONED;
    let removed = await this.#content.sweepIncoming(before);
    for await (const id of this.#content.idsBefore(before)) {
      if ((await this.get(id)) !== undefined) continue;
      await this.#content.remove(id);
      removed += 1;
    }
    return removed;
  }

  async #alreadySent({ sha256, size }: Received, { operationId }: NewFile): Promise<FileDocument | undefined> {
    return operationId === undefined ? undefined : this.#records.findOne({ operationId, sha256, size });
  }

  async #note(file: FileDocument, type: "file.created" | "file.deleted" | "file.uploadedByDevice", by: string) {
    const { _id: fileId, name, fileType, size, sha256, deviceId, operationId } = file;
    await this.#options.events.append([
      {
        type,
        at: this.#options.clock.now(),
        data: { fileId, name, fileType, size, sha256, by },
        ...(deviceId === undefined ? {} : { deviceId }),
        ...(operationId === undefined ? {} : { operationId }),
      },
    ]);
  }
}

function checkExpectation(received: Received, { expectedSize, expectedSha256 }: NewFile): void {
  if (expectedSize !== undefined && expectedSize !== received.size) {
    throw new StewardError("argument.invalid", `the content has ${received.size} bytes, not ${expectedSize}`);
  }
  if (expectedSha256 !== undefined && expectedSha256.toLowerCase() !== received.sha256) {
    throw new StewardError("argument.invalid", "the content does not have the expected SHA-256", {
      details: { expected: expectedSha256, given: received.sha256 },
    });
  }
}

function recordOf(id: string, { size, sha256 }: Received, file: NewFile, at: number, by: string): FileDocument {
  const { name, fileType, version, fits, deviceId, operationId } = file;
  return {
    _id: id,
    name: plainName(name),
    fileType,
    size,
    sha256,
    createdAt: at,
    createdBy: by,
    ...(version === undefined ? {} : { version }),
    ...(fits === undefined ? {} : { fits: fits.map((fit) => ({ ...fit })) }),
    ...(deviceId === undefined ? {} : { deviceId }),
    ...(operationId === undefined ? {} : { operationId }),
  };
}

/** Without directories and control characters, at most 128 characters: safe in a URL, a header and a listing. */
function plainName(name: string): string {
  const last = name.slice(Math.max(name.lastIndexOf("/"), name.lastIndexOf("\\")) + 1);
  const plain = Array.from(last, (character) => (isControl(character) ? "_" : character))
    .slice(0, 128)
    .join("")
    .trim();
  return plain === "" || plain === "." || plain === ".." ? "file" : plain;
}

const isControl = (character: string): boolean => character < " " || character === "\x7f";
