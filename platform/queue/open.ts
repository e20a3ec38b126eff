import type { Clock, Duration } from "../../kernel/time.ts";
import type { Logger } from "../log/logger.ts";
import type { Store } from "../store/port.ts";
import { createBullmqQueue } from "./bullmq/engine.ts";
import { createEmbeddedQueue } from "./embedded/engine.ts";
import type { QueueEngine } from "./port.ts";

export interface QueueSettings {
  /** Absent: the queue lives in the store. */
  redisUrl?: string | undefined;
  store: Store;
  clock: Clock;
  prefix: string;
  log?: Logger;
  lease?: Duration;
}

/** The engine that the configuration asks for; nothing happens before its `start`. */
export function openQueue({ redisUrl, store, clock, prefix, log, lease }: QueueSettings): QueueEngine {
  const options = { ...(log ? { log } : {}), ...(lease === undefined ? {} : { lease }) };
  return redisUrl === undefined
    ? createEmbeddedQueue(store, clock, { ...options, prefix: `${prefix}Queue` })
    : createBullmqQueue(redisUrl, prefix, { ...options, clock });
}
