import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, it } from "@jest/globals";
import type { ContactReport, WakePort } from "../../../fleet/door.ts";
import { createFleet, type FleetCore, type FleetPolicy, prepare } from "../../../fleet/index.ts";
import { randomToken } from "../../../kernel/ids.ts";
import { days, minutes } from "../../../kernel/time.ts";
import { silentLogger } from "../../../platform/log/logger.ts";
import { createSecrets } from "../../../platform/secrets/secrets.ts";
import { openStore } from "../../../platform/store/open.ts";
import type { Store } from "../../../platform/store/port.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

/** Remembers what was asked for; refuses while `down`. */
export class RecordingWake implements WakePort {
  readonly requests: { deviceId: string; operationId?: string; reason: string }[] = [];
  states = new Map<string, Awaited<ReturnType<WakePort["state"]>>>();
  down = false;

  async requestContact(deviceId: string, cause: { operationId?: string; reason: string }): Promise<void> {
    if (this.down) throw new Error("the queue is down");
    this.requests.push({ deviceId, ...cause });
  }

  async state(deviceId: string): ReturnType<WakePort["state"]> {
    return this.states.get(deviceId);
  }
}

export const policy: FleetPolicy = {
  unknownDevices: "accept",
  contactEvents: "notable",
  retention: { events: days(30), operations: days(30), audit: days(90) },
  operationLifetime: days(1),
};

/** A fleet on a store that outlives it: `reopen` is what a crash leaves. */
export class Fixture {
  readonly clock = new VirtualClock(Date.now());
  readonly wake = new RecordingWake();
  readonly #open: () => Store;
  store!: Store;
  fleet!: FleetCore;

  constructor(open: () => Store) {
    this.#open = open;
  }

  async start(): Promise<void> {
    this.store = this.#open();
    await this.store.start();
    await prepare(this.store);
    this.fleet = this.another();
  }

  /** Another process on the same data. */
  another(over: Partial<Parameters<typeof createFleet>[0]> = {}): FleetCore {
    const { store, clock, wake } = this;
    return createFleet({
      store,
      clock,
      wake,
      secrets: createSecrets("k".repeat(32)),
      policy,
      log: silentLogger,
      ...over,
    });
  }

  /** Drops all that the process knew and opens the data again. */
  async reopen(): Promise<void> {
    await this.store.stop();
    await this.start();
  }

  async runJob(name: string): Promise<number> {
    return this.fleet.jobs.find((job) => job.name === name)!.run(this.clock.now());
  }
}

/** The suite on each engine. A MongoDB-wire server is used when STEWARD_TEST_MONGODB_URL names one. */
export function describeFleet(name: string, suite: (fixture: Fixture) => void): void {
  describe(`${name} (embedded)`, () => {
    let directory: string;
    const fixture = new Fixture(() => openStore({ dataDir: directory }));
    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), "steward-fleet-"));
      await fixture.start();
    });
    afterAll(async () => {
      await fixture.fleet.idle();
      await fixture.store.stop();
      await rm(directory, { recursive: true });
    });
    suite(fixture);
  });
  describeOnMongo(name, suite);
}

function describeOnMongo(name: string, suite: (fixture: Fixture) => void): void {
  const url = process.env["STEWARD_TEST_MONGODB_URL"];
  if (url === undefined) {
    if (process.env["STEWARD_TEST_REQUIRE_ENGINES"] === "1") {
      it(`${name} runs on MongoDB`, () => {
        throw new Error("STEWARD_TEST_MONGODB_URL is missing");
      });
      return;
    }
    console.info(`${name}: skipped on MongoDB; docker compose up -d mongodb, then set STEWARD_TEST_MONGODB_URL`);
    describe.skip(`${name} (mongodb)`, () => suite(new Fixture(() => openStore({ dataDir: "" }))));
    return;
  }
  describe(`${name} (mongodb)`, () => {
    const database = new URL(url);
    database.pathname = `/steward_fleet_${randomToken(8)}`;
    const fixture = new Fixture(() => openStore({ dataDir: "", mongodbUrl: database.href }));
    beforeAll(() => fixture.start());
    afterAll(async () => {
      await fixture.fleet.idle();
      await dropDatabase(database.href);
      await fixture.store.stop();
    });
    suite(fixture);
  });
}

async function dropDatabase(url: string): Promise<void> {
  const { MongoClient } = await import("mongodb");
  const client = new MongoClient(url);
  await client.db(new URL(url).pathname.slice(1)).dropDatabase();
  await client.close();
}

let sessions = 0;

/** A contact of a device of its own, unless told otherwise. */
export function report(fixture: Fixture, serialNumber: string, over: Partial<ContactReport> = {}): ContactReport {
  const at = fixture.clock.now();
  sessions += 1;
  return {
    endpointKey: `cwmp:00259E-HG8245-${serialNumber}`,
    protocol: "cwmp",
    identity: { manufacturer: "Huawei", oui: "00259e", productClass: "HG8245", serialNumber },
    at,
    remoteAddress: "192.0.2.1",
    reasons: ["2 PERIODIC"],
    values: {
      at,
      source: "inform",
      observations: [
        { path: "Device.DeviceInfo.SoftwareVersion", type: "string", value: "V5R19" },
        { path: "Device.DeviceInfo.UpTime", type: "unsignedInt", value: "42" },
      ],
    },
    facts: { softwareVersion: "V5R19", informInterval: minutes(5) },
    events: [],
    lease: { sessionId: `s${sessions}`, until: at + minutes(1) },
    ...over,
  };
}

/** Opens a contact that must be admitted. */
export async function contact(fixture: Fixture, serialNumber: string, over: Partial<ContactReport> = {}) {
  const outcome = await fixture.fleet.contacts.open(report(fixture, serialNumber, over));
  if (!outcome.admitted) throw new Error("the device was not admitted");
  return { ...outcome, sessionId: outcome.device.lease!.sessionId };
}
