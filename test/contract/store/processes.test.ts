import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { openEmbedded } from "../../../platform/store/embedded/store.ts";
import type { Document, Store } from "../../../platform/store/port.ts";

jest.setTimeout(60_000);

const root = join(import.meta.dirname, "../../..");
type Child = ChildProcessByStdio<null, Readable, null>;

let directory: string;
const children = new Set<Child>();

function run(task: string, writer: string): { child: Child; lines: string[]; ended: Promise<unknown> } {
  const script = join(root, "test/contract/store/victim.ts");
  const child = spawn(process.execPath, ["--import", "tsx", script, directory, task, writer], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, NODE_OPTIONS: "" },
  });
  children.add(child);
  let text = "";
  const lines: string[] = [];
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
    const parts = text.split("\n");
    text = parts.pop()!;
    lines.push(...parts);
    child.emit("progress");
  });
  return { child, lines, ended: once(child, "close") };
}

async function withStore<T>(work: (store: Store) => Promise<T>): Promise<T> {
  const store = openEmbedded(directory);
  await store.start();
  try {
    return await work(store);
  } finally {
    await store.stop();
  }
}

describe("the embedded store of several processes", () => {
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "steward-store-"));
  });
  afterEach(async () => {
    for (const child of children) child.kill("SIGKILL");
    children.clear();
    await rm(directory, { recursive: true });
  });

  it("has everything that was acknowledged before a SIGKILL, and indexes that agree with the documents", async () => {
    await withStore((store) => store.collection("work").createIndex({ key: 1 }, { unique: true }));
    let acknowledged = 0;
    for (let round = 0; round < 6; round++) {
      const { child, lines, ended } = run("write", `r${round}`);
      while (lines.length < 150 + round * 40) await once(child, "progress");
      child.kill("SIGKILL");
      await ended;
      acknowledged += lines.length;
      await withStore((store) => expectAcknowledged(store, lines));
    }
    expect(acknowledged).toBeGreaterThan(900);
  });

  it("loses no increment of two processes and one more that writes beside them", async () => {
    await withStore(async (store) => {
      const collection = store.collection<Document>("work");
      await collection.insertOne({ _id: "counter", n: 0 });
      const others = [run("increment", "a"), run("increment", "b")];
      for (let n = 0; n < 50; n++) await collection.updateOne({ _id: "counter" }, { $inc: { n: 1 } });
      await Promise.all(others.map(({ ended }) => ended));
      expect(await collection.findOne({ _id: "counter" })).toEqual({ _id: "counter", n: 450 });
    });
  });

  it("gives a unique key to one of two processes, also when the index was made by a third", async () => {
    await withStore(async (store) => {
      const collection = store.collection<Document>("work");
      const rivals = [run("claim", "a"), run("claim", "b")];
      await collection.createIndex({ key: 1 }, { unique: true });
      await Promise.all(rivals.map(({ ended }) => ended));
      const outcomes = rivals.flatMap(({ lines }) => lines);
      expect(outcomes).toHaveLength(120);
      expect(outcomes.filter((line) => line.endsWith(" won"))).toHaveLength(60);
      expect(outcomes.filter((line) => line.endsWith(" engine.duplicateKey"))).toHaveLength(60);
      expect(await collection.countDocuments({})).toBe(60);
    });
  });
});

async function expectAcknowledged(store: Store, lines: readonly string[]): Promise<void> {
  const collection = store.collection<Document>("work");
  const state = new Map<string, string>();
  for (const line of lines) state.set(line.slice(2), line[0]!);
  const lost: string[] = [];
  for (const [id, last] of state) {
    const document = await collection.findOne({ _id: id });
    // A write under way when the process died may or may not be there: the next state is as good as the acknowledged one.
    if (document === undefined ? last === "i" || (last === "u" && !endsInDelete(id)) : last === "d")
      lost.push(`${last} ${id}`);
    if (document !== undefined && last === "u" && document["n"] !== 1) lost.push(`${last} ${id}`);
    if (document !== undefined && (await collection.findOne({ key: document["key"] }))?._id !== id)
      lost.push(`index of ${id}`);
  }
  expect(lost).toEqual([]);
  expect(await collection.countDocuments({ key: { $gt: "" } })).toBe(await collection.countDocuments({}));
}

const endsInDelete = (id: string): boolean => Number(id.split("-")[2]) % 3 === 2;
