import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { minutes, seconds, systemClock } from "../../../../kernel/time.ts";
import { openEmbedded } from "../../../../platform/store/embedded/store.ts";
import type { Document, Store } from "../../../../platform/store/port.ts";
import { type Migration, migrate } from "../../../../platform/store/schema.ts";
import { settle, VirtualClock } from "../../../support/virtual-clock.ts";

describe("migrate", () => {
  let directory: string;
  let store: Store;
  let ran: string[];
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "steward-schema-"));
    store = openEmbedded(directory);
    await store.start();
    ran = [];
  });
  afterEach(async () => {
    await store.stop();
    await rm(directory, { recursive: true });
  });

  const step = (version: number, name: string, work: () => Promise<void> = async () => undefined): Migration => ({
    version,
    name,
    async up() {
      ran.push(name);
      await work();
    },
  });

  it("runs what is missing, in order, once", async () => {
    expect(await migrate(store, [step(1, "a"), step(2, "b")], systemClock)).toBe(2);
    expect(await migrate(store, [step(1, "a"), step(2, "b")], systemClock)).toBe(2);
    expect(await migrate(store, [step(1, "a"), step(2, "b"), step(3, "c")], systemClock)).toBe(3);
    expect(ran).toEqual(["a", "b", "c"]);
    const schema = await store.collection<Document>("meta").findOne({ _id: "schema" });
    expect(schema).toMatchObject({ version: 3, history: [{ name: "a" }, { name: "b" }, { name: "c" }] });
    expect(schema).not.toHaveProperty("holder");
  });

  it("goes on behind the last finished step after one that failed", async () => {
    const broken = step(2, "b", () => Promise.reject(new Error("interrupted")));
    await expect(migrate(store, [step(1, "a"), broken, step(3, "c")], systemClock)).rejects.toThrow("interrupted");
    await migrate(store, [step(1, "a"), step(2, "b"), step(3, "c")], systemClock);
    expect(ran).toEqual(["a", "b", "b", "c"]);
  });

  it("refuses data of a newer Steward and leaves it alone", async () => {
    await migrate(store, [step(1, "a"), step(2, "b")], systemClock);
    await expect(migrate(store, [step(1, "a")], systemClock)).rejects.toMatchObject({
      code: "schema.newer",
      details: { current: 2, known: 1 },
    });
    expect(await store.collection<Document>("meta").findOne({ _id: "schema" })).toMatchObject({ version: 2 });
  });

  it("lets one of several processes migrate while the others wait", async () => {
    const migrations = [step(1, "a"), step(2, "b")];
    expect(await Promise.all([1, 2, 3].map(() => migrate(store, migrations, systemClock)))).toEqual([2, 2, 2]);
    expect(ran).toEqual(["a", "b"]);
  });

  it("takes over from a process that died, once its hold is over", async () => {
    const clock = new VirtualClock();
    const meta = store.collection<Document>("meta");
    await meta.insertOne({
      _id: "schema",
      version: 0,
      history: [],
      holder: "dead",
      heldUntil: clock.now() + minutes(1),
    });
    const migrated = migrate(store, [step(1, "a")], clock);
    while (clock.pending === 0) await settle();
    expect(ran).toEqual([]);
    let version: number | undefined;
    void migrated.then((reached) => (version = reached));
    while (version === undefined) await clock.advance(seconds(30));
    expect(version).toBe(1);
    expect(ran).toEqual(["a"]);
  });

  it("wants versions without gaps", async () => {
    await expect(migrate(store, [step(1, "a"), step(3, "c")], systemClock)).rejects.toMatchObject({ code: "internal" });
  });
});
