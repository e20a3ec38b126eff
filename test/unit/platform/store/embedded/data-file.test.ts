import { mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { openEmbedded } from "../../../../../platform/store/embedded/store.ts";

describe("the embedded store's file", () => {
  let directory = "";
  let file = "";
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "steward-data-file-"));
    file = join(directory, "data.mdb");
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const opened = async (): Promise<number> => {
    const store = openEmbedded(directory);
    await store.start();
    try {
      return await store.collection("things").countDocuments({});
    } finally {
      await store.stop();
    }
  };

  async function fill(): Promise<void> {
    const store = openEmbedded(directory);
    await store.start();
    const things = store.collection("things");
    for (let i = 0; i < 20; i++) await things.insertOne({ _id: `${i}`, text: "x".repeat(5_000) });
    await store.stop();
  }

  it("is opened again as it was left, also when it is empty", async () => {
    writeFileSync(file, "");
    expect(await opened()).toBe(0);
    await fill();
    expect(await opened()).toBe(20);
  });

  it.each([
    ["noise", Buffer.alloc(100_000, 0x5a)],
    ["less than its head", Buffer.alloc(1_000)],
    ["nothing but zeros", Buffer.alloc(100_000)],
  ])("is refused when it holds %s", async (_, content) => {
    writeFileSync(file, content);
    const message = expect.stringContaining("data.mdb is not a store of Steward's");
    await expect(opened()).rejects.toMatchObject({ code: "configuration.invalid", message });
  });

  it("is refused when its end is missing", async () => {
    await fill();
    truncateSync(file, statSync(file).size / 2);
    const message = expect.stringContaining("data.mdb is cut off at its end");
    await expect(opened()).rejects.toMatchObject({ code: "configuration.invalid", message });
  });
});
