import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createAddressGuard, createTrace, createWake, requestConnection, type Trace, type Wake } from "../acs/index.ts";
import { createFiles, type Files } from "../fleet/files/index.ts";
import { createFleet, type FleetCore } from "../fleet/index.ts";
import { createModels, type ModelServices, prepareInThread } from "../fleet/models/index.ts";
import { prepare } from "../fleet/schema.ts";
import { type Clock, days, seconds, systemClock } from "../kernel/time.ts";
import type { Config } from "../platform/config/table.ts";
import { prepareDataFolder } from "../platform/data-folder.ts";
import { Health } from "../platform/health.ts";
import type { Service } from "../platform/lifecycle.ts";
import { createLogger } from "../platform/log/create-logger.ts";
import type { Logger } from "../platform/log/logger.ts";
import { createMetrics, type Metrics } from "../platform/metrics/metrics.ts";
import { openQueue } from "../platform/queue/open.ts";
import type { QueueEngine } from "../platform/queue/port.ts";
import { requireSecretKey } from "../platform/secrets/key-check.ts";
import { loadSecretKey } from "../platform/secrets/secret-key.ts";
import { createSecrets, type Secrets } from "../platform/secrets/secrets.ts";
import { openStore } from "../platform/store/open.ts";
import type { Store } from "../platform/store/port.ts";
import { migrate } from "../platform/store/schema.ts";
import { migrations } from "./migrations.ts";
import { QueuePulse } from "./queue-pulse.ts";

/** What every process of Steward is made from. */
export interface Foundation {
  readonly config: Config;
  readonly version: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly health: Health;
  readonly secrets: Secrets;
  readonly store: Store;
  readonly queue: QueueEngine;
  readonly fleet: FleetCore;
  readonly models: ModelServices;
  readonly files: Files;
  readonly wake: Wake;
  readonly trace: Trace;
  /** Store and queue, in the order in which they start. */
  readonly services: readonly Service[];
}

const HEALTH_TIMEOUT = seconds(5);
const OPERATION_LIFETIME = days(30);
const WAKE_ATTEMPTS = 12;

export function readVersion(): string {
  for (const place of ["../package.json", "../../package.json"])
    try {
      return (JSON.parse(readFileSync(new URL(place, import.meta.url), "utf8")) as { version: string }).version;
    } catch {
      // The compiled tree lies one folder deeper.
    }
  return "unknown";
}

/** Makes everything and starts nothing, but for folder and secret key, which must be there before anything is sealed. */
export async function layFoundation(config: Config): Promise<Foundation> {
  const clock = systemClock;
  const log = createLogger({ level: config["log.level"], format: config["log.format"] });
  const metrics = createMetrics();
  const health = new Health(clock, HEALTH_TIMEOUT);
  const dataDir = config.dataDir;
  const secrets = createSecrets(await secretKeyOf(config), config["secrets.previousKeys"]);
  const store = openStore({
    dataDir,
    clock,
    commitDelay: config["store.commitDelay"],
    mongodbUrl: config["store.mongodbUrl"],
    database: config["store.mongodbDatabase"],
  });
  const queue = openQueue({
    redisUrl: config["queue.redisUrl"],
    store,
    clock,
    prefix: config["queue.prefix"],
    log,
    lease: config["queue.lease"],
  });
  health.add("store", () => store.ping());
  health.add("queue", () => queue.ping());
  const parts = { config, clock, log, metrics, health, secrets, store, queue };
  const wake = makeWake(parts, () => fleet);
  const models = createModels({
    store,
    clock,
    parameters: () => fleet.parameters,
    prepareImport: prepareInThread(),
  });
  const pulse = new QueuePulse(queue, clock);
  const fleet = makeFleet(parts, wake, models, pulse);
  const files = createFiles({
    store,
    clock,
    directory: join(dataDir, "files"),
    maxFileSize: config["files.maxSize"],
    events: fleet.events,
    inUse: (fileIds) => fleet.filesInUse(fileIds),
  });
  const trace = createTrace({
    store,
    log,
    limits: { messages: config["acs.traceMessages"], retention: config["retention.traces"] },
  });
  return {
    ...parts,
    version: readVersion(),
    wake,
    models,
    fleet,
    files,
    trace,
    services: engineServices(parts, { trace, wake }, pulse),
  };
}

async function secretKeyOf({ dataDir, ...config }: Config): Promise<string> {
  // With a server and a key of its own a process keeps nothing there but files, if there are any.
  if (!config["store.mongodbUrl"] || !config["secrets.key"]) await prepareDataFolder(dataDir);
  return loadSecretKey({ configured: config["secrets.key"], dataDir });
}

type Parts = Pick<Foundation, "config" | "clock" | "log" | "metrics" | "health" | "secrets" | "store" | "queue">;

function makeWake({ config, queue, store, clock, log, metrics }: Parts, fleet: () => FleetCore): Wake {
  const guard = createAddressGuard({
    allowed: config["wake.networks"],
    denied: config["wake.deniedNetworks"],
    // Embedded engines serve a laptop, a demo, a lab: there the devices may well be programs on the same machine.
    ownMachine: { auto: store.engine === "embedded", yes: true, no: false }[config["wake.ownMachine"]],
  });
  return createWake({
    queue,
    store,
    fleet,
    call: (url, credentials, from) =>
      requestConnection({
        url,
        credentials,
        from,
        guard,
        timeout: config["wake.timeout"],
        allowBasic: config["wake.basic"],
        clock,
      }),
    policy: {
      minInterval: config["wake.minInterval"],
      maxBackoff: config["wake.maxBackoff"],
      maxAttempts: WAKE_ATTEMPTS,
    },
    clock,
    log,
    metrics,
  });
}

function makeFleet(
  { config, store, clock, secrets, log, metrics }: Parts,
  wake: Wake,
  models: ModelServices,
  pulse: QueuePulse,
): FleetCore {
  return createFleet({
    store,
    clock,
    secrets,
    wake,
    validation: models.knowledge,
    queueHealthy: () => pulse.healthy,
    policy: {
      unknownDevices: config["acs.unknownDevices"],
      contactEvents: config["acs.contactEvents"],
      retention: {
        events: config["retention.events"],
        operations: config["retention.operations"],
        audit: config["retention.audit"],
      },
      operationLifetime: OPERATION_LIFETIME,
    },
    metrics,
    log,
  });
}

function engineServices(
  { store, queue, clock, secrets }: Parts,
  { trace, wake }: Pick<Foundation, "trace" | "wake">,
  pulse: QueuePulse,
): Service[] {
  return [
    {
      name: "store",
      async start() {
        await store.start();
        await migrate(store, migrations, clock);
        await requireSecretKey(store, secrets);
        await prepare(store);
        await trace.prepare();
        await wake.prepare();
      },
      drain: () => Promise.resolve(),
      stop: () => store.stop(),
    },
    { name: "queue", start: () => queue.start(), drain: () => Promise.resolve(), stop: () => queue.stop() },
    pulse,
  ];
}
