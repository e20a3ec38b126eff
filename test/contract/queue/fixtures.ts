import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { MongoClient } from "mongodb";
import { randomToken } from "../../../kernel/ids.ts";
import { milliseconds, seconds, systemClock } from "../../../kernel/time.ts";
import { createBullmqQueue } from "../../../platform/queue/bullmq/engine.ts";
import { createEmbeddedQueue } from "../../../platform/queue/embedded/engine.ts";
import type { QueueEngine } from "../../../platform/queue/port.ts";
import { openEmbedded } from "../../../platform/store/embedded/store.ts";
import { openMongo } from "../../../platform/store/mongodb/store.ts";
import type { Store } from "../../../platform/store/port.ts";
import type { QueueFixture } from "./contract.ts";

/** How long a killed worker's jobs stay away, in these tests. */
export const LEASE = seconds(1);

export const mongodbUrl = process.env["STEWARD_TEST_MONGODB_URL"];
export const redisUrl = process.env["STEWARD_TEST_REDIS_URL"];

/** Opens the engine that an environment names, here or in a child process. */
export async function openFixture(environment: NodeJS.ProcessEnv): Promise<QueueEngine> {
  const { TEST_QUEUE_REDIS: url, TEST_QUEUE_PREFIX: prefix = "", TEST_QUEUE_DIRECTORY: directory = "" } = environment;
  const { TEST_QUEUE_MONGODB: mongodbUrl, TEST_QUEUE_DATABASE: database = "" } = environment;
  if (mongodbUrl !== undefined) return openOnStore(openMongo(mongodbUrl, { database }));
  if (url === undefined) return openOnStore(openEmbedded(directory));
  const engine = createBullmqQueue(url, prefix, { lease: LEASE });
  await engine.start();
  return engine;
}

/** The embedded queue with a store of its own, as a process has it. */
async function openOnStore(store: Store): Promise<QueueEngine> {
  await store.start();
  const engine = createEmbeddedQueue(store, systemClock, { lease: LEASE, pollInterval: milliseconds(50) });
  await engine.start();
  const stop = engine.stop.bind(engine);
  return Object.assign(engine, {
    stop: async () => {
      await stop();
      await store.stop();
    },
  });
}

/** `url` may lead through a proxy; the keys are removed at `redisUrl` itself. */
export async function onRedis(url: string): Promise<QueueFixture & { prefix: string }> {
  const prefix = `test-queue-${randomToken(8)}`;
  const environment = { TEST_QUEUE_REDIS: url, TEST_QUEUE_PREFIX: prefix };
  return {
    prefix,
    environment,
    open: () => openFixture(environment),
    async destroy() {
      const redis = new Redis(redisUrl ?? url);
      for await (const keys of redis.scanStream({ match: `{${prefix}}*`, count: 1000 })) {
        if ((keys as string[]).length > 0) await redis.unlink(keys as string[]);
      }
      await redis.quit();
    },
  };
}

export async function onMongo(url: string): Promise<QueueFixture> {
  const database = `test-queue-${randomToken(8)}`;
  const environment = { TEST_QUEUE_MONGODB: url, TEST_QUEUE_DATABASE: database };
  return {
    environment,
    open: () => openFixture(environment),
    async destroy() {
      const client = await MongoClient.connect(url);
      await client.db(database).dropDatabase();
      await client.close();
    },
  };
}

export async function onDirectory(): Promise<QueueFixture> {
  const directory = await mkdtemp(join(tmpdir(), "steward-queue-"));
  const environment = { TEST_QUEUE_DIRECTORY: directory };
  return {
    environment,
    open: () => openFixture(environment),
    destroy: () => rm(directory, { recursive: true }),
  };
}
