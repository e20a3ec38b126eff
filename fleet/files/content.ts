import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import type { ByteCount } from "../../kernel/bytes.ts";
import { StewardError } from "../../kernel/errors.ts";
import type { Instant } from "../../kernel/time.ts";
import type { ByteRange } from "./model.ts";

export type ByteSource = AsyncIterable<Uint8Array>;

/** What arrived, still apart from the stored files until `keep`. */
export interface Received {
  readonly size: ByteCount;
  readonly sha256: string;
  /** Makes it the content of its id: durable once resolved. */
  keep(): Promise<void>;
  discard(): Promise<void>;
}

/** Ids are ours (kernel/ids); whatever else comes never becomes a path. */
const ID = /^[0-9a-z]{26}$/;

/** The bytes of stored files: `<directory>/<last two of id>/<id>`, received under `<directory>/incoming`. */
export class ContentDirectory {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /**
   * Streams `source` to disk and syncs it. Rejects with `body.tooLarge` beyond `maxBytes`, with what the source throws
   * when it breaks off, and with `engine.unavailable` when the disk refuses; nothing is left behind then.
   */
  async receive(id: string, source: ByteSource, maxBytes: ByteCount): Promise<Received> {
    const incoming = join(this.#directory, "incoming", this.#checked(id));
    await mkdir(dirname(incoming), { recursive: true });
    const handle = await open(incoming, "wx", 0o600).catch(refusedByDisk);
    try {
      const { size, sha256 } = await pour(source, handle, maxBytes);
      await handle.sync().catch(refusedByDisk);
      return {
        size,
        sha256,
        keep: () => this.#keep(id, incoming),
        discard: () => rm(incoming, { force: true }),
      };
    } catch (error) {
      await rm(incoming, { force: true });
      throw error;
    } finally {
      await handle.close();
    }
  }

  /** A stream of the content or a range of it; destroying the stream frees its descriptor. `undefined`: no such content. */
  async read(id: string, range?: ByteRange): Promise<Readable | undefined> {
    if (!ID.test(id)) return undefined;
    const handle = await open(this.#pathOf(id), "r").catch(absent);
    return handle?.createReadStream(range === undefined ? {} : { start: range.start, end: range.end });
  }

  async remove(id: string): Promise<void> {
    if (ID.test(id)) await rm(this.#pathOf(id), { force: true });
  }

  /** Removes what was being received before `before` and was never kept: left by a crash or a broken transfer. */
  async sweepIncoming(before: Instant): Promise<number> {
    const folder = join(this.#directory, "incoming");
    let removed = 0;
    for (const name of await readdir(folder).catch(() => [])) {
      const path = join(folder, name);
      const facts = await stat(path).catch(absent);
      if (facts === undefined || facts.mtimeMs >= before) continue;
      await rm(path, { force: true });
      removed += 1;
    }
    return removed;
  }

  /** Ids of contents kept before `before`; for finding those without a record. */
  async *idsBefore(before: Instant): AsyncIterable<string> {
    for (const shard of await readdir(this.#directory).catch(() => [])) {
      if (shard.length !== 2) continue;
      for (const id of await readdir(join(this.#directory, shard)).catch(() => [])) {
        if (!ID.test(id)) continue;
        const facts = await stat(this.#pathOf(id)).catch(absent);
        if (facts !== undefined && facts.ctimeMs < before) yield id;
      }
    }
  }

  async #keep(id: string, incoming: string): Promise<void> {
    const path = this.#pathOf(id);
    await mkdir(dirname(path), { recursive: true });
    await rename(incoming, path).catch(refusedByDisk);
    await syncDirectory(dirname(path));
    await syncDirectory(this.#directory);
  }

  #checked(id: string): string {
    if (!ID.test(id)) throw new StewardError("internal", "a file's id has the wrong form");
    return id;
  }

  #pathOf(id: string): string {
    return join(this.#directory, this.#checked(id).slice(-2), id);
  }
}

async function pour(
  source: ByteSource,
  handle: FileHandle,
  maxBytes: ByteCount,
): Promise<{ size: number; sha256: string }> {
  const hash = createHash("sha256");
  let size = 0;
  for await (const chunk of source) {
    size += chunk.byteLength;
    if (size > maxBytes) throw new StewardError("body.tooLarge", `a file may have at most ${maxBytes} bytes`);
    hash.update(chunk);
    await writeWhole(handle, chunk);
  }
  return { size, sha256: hash.digest("hex") };
}

async function writeWhole(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  let offset = 0;
  while (offset < chunk.byteLength) {
    const { bytesWritten } = await handle.write(chunk, offset, chunk.byteLength - offset).catch(refusedByDisk);
    offset += bytesWritten;
  }
}

async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const refusedByDisk = (cause: unknown): never => {
  throw new StewardError("engine.unavailable", "the files' disk refuses to write", { cause });
};

const absent = (error: unknown): undefined => {
  if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
  throw error;
};
