import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { MongoClient } from "mongodb";
import { randomToken } from "../../../kernel/ids.ts";
import { minutes } from "../../../kernel/time.ts";
import { openEmbedded } from "../../../platform/store/embedded/store.ts";
import { openMongo } from "../../../platform/store/mongodb/store.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";
import type { StoreFixture } from "./subject.ts";

export const mongodbUrl = process.env["STEWARD_TEST_MONGODB_URL"];

const until = async (holds: () => Promise<boolean>): Promise<void> => {
  while (!(await holds())) await delay(20);
};

/** The embedded engine in a directory of its own, on a clock of its own. */
export async function onDirectory(): Promise<StoreFixture> {
  const directory = await mkdtemp(join(tmpdir(), "steward-store-"));
  const clock = new VirtualClock(Date.now());
  const store = openEmbedded(directory, { clock });
  await store.start();
  return {
    store,
    async expire(isGone) {
      await clock.advance(minutes(1));
      await until(isGone);
    },
    async destroy() {
      await store.stop();
      await rm(directory, { recursive: true });
    },
  };
}

/** A database of its own on a MongoDB-wire server. */
export async function onMongodb(url: string): Promise<StoreFixture> {
  const database = `steward_test_store_${randomToken(8)}`;
  const store = openMongo(url, { database });
  await store.start();
  return {
    store,
    expire: until,
    async destroy() {
      await store.stop();
      const client = new MongoClient(url);
      await client.db(database).dropDatabase();
      await client.close();
    },
  };
}
