import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "@jest/globals";
import type { EventInput } from "../../../../fleet/door.ts";
import { createFiles } from "../../../../fleet/files/index.ts";
import type { FileDocument, NewFile } from "../../../../fleet/files/model.ts";
import { hours } from "../../../../kernel/time.ts";
import { VirtualClock } from "../../../support/virtual-clock.ts";
import { memoryStore } from "./memory-store.ts";

const directories: string[] = [];
afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});

function start() {
  const directory = mkdtempSync(join(tmpdir(), "steward-files-"));
  directories.push(directory);
  const clock = new VirtualClock(Date.now());
  const store = memoryStore();
  const events: EventInput[] = [];
  const inUse = new Set<string>();
  const files = createFiles({
    store,
    clock,
    directory,
    maxFileSize: 1000,
    events: { append: async (more) => void events.push(...more) },
    inUse: async (ids) => new Set(ids.filter((id) => inUse.has(id))),
  });
  const onDisk = (): string[] =>
    readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => entry.name);
  return { directory, clock, store, events, inUse, files, onDisk };
}

async function* chunks(...parts: string[]): AsyncIterable<Uint8Array> {
  for (const part of parts) yield Buffer.from(part);
}
const firmware: NewFile = {
  name: "fw.bin",
  fileType: "1 Firmware Upgrade Image",
  version: "2.0",
  fits: [{ oui: "00D0FF" }],
};
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

async function read(stream: AsyncIterable<Buffer>): Promise<string> {
  let text = "";
  for await (const chunk of stream) text += chunk.toString();
  return text;
}

describe("a file", () => {
  it("is stored with its size and hash, and read back whole or in part", async () => {
    const { files, events } = start();
    const file = await files.create(chunks("firm", "", "ware"), firmware, "token:1");
    expect(file).toMatchObject({ ...firmware, size: 8, sha256: sha256("firmware"), createdBy: "token:1" });
    expect(await files.get(file._id)).toEqual(file);
    expect(await read(await files.open(file))).toBe("firmware");
    expect(await read(await files.open(file, { start: 2, end: 4 }))).toBe("rmw");
    expect(events).toMatchObject([{ type: "file.created", data: { fileId: file._id, sha256: file.sha256 } }]);
  });

  it("may be empty", async () => {
    const { files } = start();
    expect(await files.create(chunks(), firmware, "t")).toMatchObject({ size: 0, sha256: sha256("") });
  });

  it("that is too large leaves nothing", async () => {
    const { files, onDisk, store } = start();
    await expect(files.create(chunks("x".repeat(600), "x".repeat(600)), firmware, "t")).rejects.toMatchObject({
      code: "body.tooLarge",
    });
    expect([onDisk(), store.documents("files")]).toEqual([[], []]);
  });

  it("of another size or hash than expected leaves nothing", async () => {
    const { files, onDisk, store } = start();
    await expect(files.create(chunks("abc"), { ...firmware, expectedSize: 4 }, "t")).rejects.toMatchObject({
      code: "argument.invalid",
    });
    await expect(
      files.create(chunks("abc"), { ...firmware, expectedSha256: sha256("abd") }, "t"),
    ).rejects.toMatchObject({ code: "argument.invalid" });
    expect([onDisk(), store.documents("files")]).toEqual([[], []]);
    await files.create(
      chunks("abc"),
      { ...firmware, expectedSize: 3, expectedSha256: sha256("abc").toUpperCase() },
      "t",
    );
  });

  it("whose source breaks off leaves nothing", async () => {
    const { files, onDisk } = start();
    async function* broken(): AsyncIterable<Uint8Array> {
      yield Buffer.from("half");
      throw new Error("peer gone");
    }
    await expect(files.create(broken(), firmware, "t")).rejects.toThrow("peer gone");
    expect(onDisk()).toEqual([]);
  });

  it.each([
    ["../../etc/passwd", "passwd"],
    ["C:\\images\\fw.bin", "fw.bin"],
    ["a\r\nb\0", "a__b_"],
    ["..", "file"],
    ["dir/", "file"],
    ["x".repeat(300), "x".repeat(128)],
  ])("named %j is called %j", async (given, name) => {
    const { files } = start();
    expect((await files.create(chunks("x"), { ...firmware, name: given }, "t")).name).toBe(name);
  });

  it("is removed with its content, but not while an open operation uses it", async () => {
    const { files, inUse, onDisk, events } = start();
    const file = await files.create(chunks("x"), firmware, "t");
    inUse.add(file._id);
    await expect(files.remove(file._id, "t")).rejects.toMatchObject({ code: "state.conflict" });
    inUse.clear();
    expect(await files.remove(file._id, "t")).toBe(true);
    expect(await files.remove(file._id, "t")).toBe(false);
    expect(onDisk()).toEqual([]);
    expect(events.map(({ type }) => type)).toEqual(["file.created", "file.deleted"]);
  });

  it("whose content is gone, or whose id is no id of ours, cannot be opened", async () => {
    const { files, directory } = start();
    const file = await files.create(chunks("x"), firmware, "t");
    rmSync(join(directory, file._id.slice(-2)), { recursive: true });
    await expect(files.open(file)).rejects.toMatchObject({ code: "resource.notFound" });
    await expect(files.open({ ...file, _id: "../../../etc/passwd" })).rejects.toMatchObject({
      code: "resource.notFound",
    });
  });
});

describe("what a device uploads", () => {
  const upload: NewFile = { name: "log", fileType: "2 Vendor Log File", deviceId: "d1", operationId: "o1" };

  it("is linked to device and operation, with an event", async () => {
    const { files, events } = start();
    const file = await files.create(chunks("log"), upload, "device:d1");
    expect(file).toMatchObject({ deviceId: "d1", operationId: "o1" });
    expect(events).toMatchObject([{ type: "file.uploadedByDevice", deviceId: "d1", operationId: "o1" }]);
  });

  it("and repeats is one file; another content is another", async () => {
    const { files, onDisk } = start();
    const first = await files.create(chunks("log"), upload, "device:d1");
    expect(await files.create(chunks("lo", "g"), upload, "device:d1")).toEqual(first);
    await files.create(chunks("more log"), upload, "device:d1");
    expect(onDisk()).toHaveLength(2);
  });
});

describe("a listing", () => {
  it("comes newest first, in pages, by filter", async () => {
    const { files, clock } = start();
    const stored: FileDocument[] = [];
    for (let i = 0; i < 5; i++) {
      stored.unshift(await files.create(chunks(`${i}`), { ...firmware, fileType: i % 2 ? "odd" : "even" }, "t"));
      await clock.advance(1);
    }
    const first = await files.list({ limit: 2 });
    const second = await files.list({ limit: 3, cursor: first.next! });
    expect([...first.items, ...second.items]).toEqual(stored);
    expect(second.next).toBeUndefined();
    expect((await files.list({ fileType: "odd", limit: 10 })).items.map(({ _id }) => _id)).toEqual([
      stored[1]!._id,
      stored[3]!._id,
    ]);
  });
});

describe("sweeping", () => {
  it("removes abandoned transfers and contents without a record, and nothing else", async () => {
    const { files, directory, store, clock, onDisk } = start();
    const kept = await files.create(chunks("kept"), firmware, "t");
    const orphan = await files.create(chunks("orphan"), firmware, "t");
    store.documents("files").splice(1, 1);
    const [old, young] = [join(directory, "incoming", "0".repeat(26)), join(directory, "incoming", "1".repeat(26))];
    for (const path of [old, young]) writeFileSync(path, "half");
    utimesSync(young, new Date(clock.now() + hours(24)), new Date(clock.now() + hours(24)));
    expect(await files.sweep()).toBe(0);
    await clock.advance(hours(25));
    expect(await files.sweep()).toBe(2);
    expect(onDisk().toSorted()).toEqual([kept._id, "1".repeat(26)].toSorted());
    expect(onDisk()).not.toContain(orphan._id);
  });
});
