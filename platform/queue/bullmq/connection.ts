import { Redis } from "ioredis";
import { StewardError } from "../../../kernel/errors.ts";
import { type Clock, type Duration, seconds } from "../../../kernel/time.ts";
import type { Logger } from "../../log/logger.ts";

/** How long a caller waits for a Redis that is away. */
const PATIENCE: Duration = seconds(3);
const SAME_ERROR_EVERY: Duration = seconds(10);

export const unavailable = (cause?: unknown): StewardError =>
  new StewardError("engine.unavailable", "Redis is not available", cause === undefined ? {} : { cause });

/** A connection that heals alone. `patient` ones wait for Redis without end: for workers. */
export function connectRedis(url: string, patient: boolean): Redis {
  return new Redis(url, {
    lazyConnect: true,
    connectTimeout: 2_000,
    maxRetriesPerRequest: patient ? null : 1,
    ...(patient ? {} : { commandTimeout: PATIENCE }),
    retryStrategy: (attempt) => Math.min(attempt * 100, 1_000),
  });
}

/** Redis errors come again with every attempt to connect: one line for many. */
export function errorReporter(log: Logger, clock: Clock): (error: Error) => void {
  let silentUntil = 0;
  return (error) => {
    if (clock.now() < silentUntil) return;
    silentUntil = clock.now() + SAME_ERROR_EVERY;
    log.warn({ error }, "Redis connection failed");
  };
}

function whenReady(redis: Redis, clock: Clock): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void): void => {
      timer.cancel();
      redis.off("ready", onReady);
      settle();
    };
    const onReady = (): void => end(resolve);
    const timer = clock.after(PATIENCE, () => end(() => reject(unavailable())));
    redis.once("ready", onReady);
  });
}

/**
 * Runs `work` when Redis answers, and rejects with `engine.unavailable` when it does not within the patience: nothing is
 * sent, and nothing piles up, while the connection is down.
 */
export async function withRedis<T>(redis: Redis, clock: Clock, work: () => Promise<T>): Promise<T> {
  if (redis.status !== "ready") await whenReady(redis, clock);
  let cancel = (): void => undefined;
  const late = new Promise<never>((_, reject) => {
    const timer = clock.after(2 * PATIENCE, () => reject(unavailable()));
    cancel = () => timer.cancel();
  });
  try {
    return await Promise.race([work(), late]);
  } catch (error) {
    if (error instanceof StewardError) throw error;
    if (
      error instanceof Error &&
      error.name === "ReplyError" &&
      !/^(?:LOADING|READONLY|CLUSTERDOWN|OOM|MISCONF|NOREPLICAS)/.test(error.message)
    ) {
      throw new StewardError("internal", `Redis refused a command: ${error.message}`, { cause: error });
    }
    throw unavailable(error);
  } finally {
    cancel();
  }
}
