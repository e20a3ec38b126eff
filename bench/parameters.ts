import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MongoClient } from "mongodb";
import type { DeviceDocument } from "../fleet/devices/model.ts";
import type { ContactReport } from "../fleet/door.ts";
import { createFleet, type FleetCore, prepare } from "../fleet/index.ts";
import { Compactor } from "../fleet/parameters/compaction.ts";
import type { ParameterObservation } from "../fleet/parameters/model.ts";
import { fleetCollections } from "../fleet/schema.ts";
import { days, minutes, systemClock } from "../kernel/time.ts";
import { silentLogger } from "../platform/log/logger.ts";
import { createSecrets } from "../platform/secrets/secrets.ts";
import { openStore } from "../platform/store/open.ts";
import type { Store } from "../platform/store/port.ts";
import { type Row, report } from "./report.ts";

/** The fleet alone, without any protocol: what a contact, a refresh and a reading cost. Ends with a table. */
const IN_FLIGHT = 64;
const BATCH = 100;

const clock = systemClock;
const rows: Row[] = [];

/** A tree like a gateway's: hosts, Wi-Fi, port mappings; a third of the values differ between instances. */
function model(size: number): ParameterObservation[] {
  const fields = [
    "Enable",
    "Status",
    "Alias",
    "PhysAddress",
    "IPAddress",
    "Stats.BytesSent",
    "Stats.PacketsReceived",
    "LastChange",
  ];
  const tables = ["Hosts.Host", "WiFi.SSID", "NAT.PortMapping", "Ethernet.Interface", "IP.Interface.1.IPv4Address"];
  return Array.from({ length: size }, (_, i) => {
    const field = fields[i % fields.length]!;
    const instance = Math.floor(i / fields.length / tables.length) + 1;
    const table = tables[Math.floor(i / fields.length) % tables.length]!;
    const value =
      i % 3 === 0 ? String((i * 2_654_435_761) % 1_000_000_007) : i % 3 === 1 ? "true" : `value of ${i % 17}`;
    return { path: `Device.${table}.${instance}.${field}`, type: "string", value, writable: i % 2 === 0 };
  });
}

const informValues = (n: number): ParameterObservation[] =>
  [
    "HardwareVersion",
    "SoftwareVersion",
    "ProvisioningCode",
    "UpTime",
    "ParameterKey",
    "ConnectionRequestURL",
    "ExternalIPAddress",
  ].map((name) => ({
    path: `Device.Bench.${name}`,
    type: "string",
    value: name === "UpTime" ? String(n) : `${name} of this device`,
  }));

let sessions = 0;
function contact(device: number): ContactReport {
  const at = clock.now();
  sessions += 1;
  return {
    endpointKey: `cwmp:${device}`,
    protocol: "cwmp",
    identity: { oui: "00259E", productClass: "HG8245", serialNumber: `${device}` },
    at,
    remoteAddress: "192.0.2.1",
    reasons: ["2 PERIODIC"],
    values: { at, source: "inform", observations: informValues(sessions) },
    facts: { softwareVersion: "V5R19", informInterval: minutes(5) },
    endpointState: { connectionRequestUrl: "http://192.0.2.1:7547/" },
    events: [],
    lease: { sessionId: `s${sessions}`, until: at + minutes(1), session: "x".repeat(600) },
  };
}

interface Cost {
  cpu: number;
  elapsed: number;
}

async function measured(work: () => Promise<void>): Promise<Cost> {
  const cpu = process.cpuUsage();
  const from = performance.now();
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { cpu: (user + system) / 1000, elapsed: performance.now() - from };
}

async function inFlight(count: number, task: (i: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) await task(next++);
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
}

/** A whole session as an adapter drives it when nothing waits. */
async function session({ contacts, work }: FleetCore, device: number): Promise<void> {
  const outcome = await contacts.open(contact(device));
  if (!outcome.admitted) throw new Error("not admitted");
  const sessionId = outcome.device.lease!.sessionId;
  await work.next(outcome.device, sessionId, clock.now());
  await contacts.close(outcome.device._id, sessionId, { at: clock.now() });
}

async function refresh(
  { contacts }: FleetCore,
  deviceId: string,
  observations: readonly ParameterObservation[],
): Promise<void> {
  for (let i = 0; i < observations.length; i += BATCH) {
    await contacts.observe(deviceId, {
      at: clock.now(),
      source: "read",
      observations: observations.slice(i, i + BATCH),
    });
  }
}

async function benchEngine(store: Store): Promise<void> {
  const { engine } = store;
  await store.start();
  await prepare(store);
  const fleet = createFleet({
    store,
    clock,
    log: silentLogger,
    secrets: createSecrets("bench".repeat(8)),
    wake: { requestContact: () => Promise.resolve(), state: () => Promise.resolve(undefined) },
    policy: {
      unknownDevices: "accept",
      contactEvents: "notable",
      retention: { events: days(1), operations: days(1), audit: days(1) },
      operationLifetime: days(1),
    },
  });
  const note = (name: string, metric: string, value: number, unit: string) =>
    rows.push({ bench: "fleet", case: name, engine, metric, value, unit });
  await inFlight(IN_FLIGHT * 4, (i) => session(fleet, i));
  const count = engine === "embedded" ? 5000 : 1500;
  const cost = await measured(() => inFlight(count, (i) => session(fleet, i % (IN_FLIGHT * 4))));
  note("session (open, next, close)", "CPU each", cost.cpu / count, "ms");
  note("session (open, next, close)", "rate", (count / cost.elapsed) * 1000, "1/s");
  const { segments, devices } = fleetCollections(store);
  const compactor = new Compactor({ devices, segments, clock, log: silentLogger });
  for (const size of [100, 1000, 1500, 6000]) {
    const name = `${size} parameters`;
    const tree = model(size);
    const ids: string[] = [];
    for (let i = 0; i < IN_FLIGHT; i++) ids.push((await fleet.contacts.byEndpoint(`cwmp:${i}`))!._id);
    for (const id of ids.slice(0, 8)) await refresh(fleet, id, tree);
    await fleet.idle();
    const written = await measured(async () => {
      for (const id of ids.slice(8)) await refresh(fleet, id, tree);
      await fleet.idle();
    });
    note(name, "CPU of a refresh", written.cpu / (IN_FLIGHT - 8), "ms");
    for (const id of ids) await compactor.compact(id);
    const [base] = await segments.find({ deviceId: ids[0]! }).toArray();
    note(name, "at rest", base!.block.length, "bytes");
    const read = await measured(async () => {
      for (const _id of ids) await fleet.parameters.read({ _id } as DeviceDocument, []);
    });
    note(name, "reading", read.elapsed / IN_FLIGHT, "ms");
    const after = await measured(() => inFlight(count, (i) => session(fleet, i % IN_FLIGHT)));
    note(name, "CPU of its sessions", after.cpu / count, "ms");
  }
  await fleet.idle();
  await store.stop();
}

const directory = await mkdtemp(join(tmpdir(), "steward-bench-"));
await benchEngine(openStore({ dataDir: directory }));
await rm(directory, { recursive: true });
const mongodbUrl = process.env["STEWARD_TEST_MONGODB_URL"];
if (mongodbUrl !== undefined) {
  const database = `steward_bench_${process.pid}`;
  await benchEngine(openStore({ dataDir: "", mongodbUrl, database }));
  const client = new MongoClient(mongodbUrl);
  await client.db(database).dropDatabase();
  await client.close();
}
report(rows);
