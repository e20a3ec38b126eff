import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openEmbedded } from "../platform/store/embedded/store.ts";
import { openMongo } from "../platform/store/mongodb/store.ts";
import type { Collection, Document, Store } from "../platform/store/port.ts";
import { type Row, report } from "./report.ts";

/**
 * What one call of the store costs, with 64 under way at any time: CPU of this process per call, calls per second.
 * `node --import tsx bench/store.ts [mongodb://…] [--json FILE]`; the database `steward_bench_store` is overwritten.
 */
const IN_FLIGHT = 64;
const DEVICES = 5_000;

const device = (n: number): Document => ({
  _id: `d${n}`,
  identity: { manufacturer: "Huawei", oui: "00259E", productClass: "HG8245", serialNumber: `SN${n}` },
  endpoints: [
    { key: `cwmp:00259E-HG8245-SN${n}`, protocol: "cwmp", state: { url: "http://192.0.2.1:7547/x", user: "u" } },
  ],
  admission: "active",
  tags: ["lab"],
  contact: { firstAt: 1, lastAt: n, reasons: ["2 PERIODIC"], remoteAddress: "192.0.2.1" },
  recent: "x".repeat(400),
  createdAt: 1,
  version: 1,
});

async function prepare(store: Store): Promise<Collection<Document>> {
  const devices = store.collection<Document>("devices");
  await devices.deleteMany({});
  await devices.createIndex({ "endpoints.key": 1 }, { unique: true });
  await devices.createIndex({ "contact.lastAt": 1, _id: 1 });
  await devices.createIndex({ tags: 1 });
  for (let n = 0; n < DEVICES; n += 1_000)
    await devices.insertMany(Array.from({ length: 1_000 }, (_, i) => device(n + i)));
  return devices;
}

async function measure(
  store: Store,
  name: string,
  total: number,
  call: (n: number) => Promise<unknown>,
): Promise<Row[]> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < total) await call(next++);
  };
  const cpu = process.cpuUsage();
  const start = performance.now();
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  const elapsed = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  const row = { bench: "store", case: name, engine: store.engine };
  return [
    { ...row, metric: "CPU per call", value: (user + system) / 1_000 / total, unit: "ms" },
    { ...row, metric: "calls", value: (total / elapsed) * 1_000, unit: "1/s" },
  ];
}

const id = (n: number): string => `d${(n * 7) % DEVICES}`;
const contact = (n: number): object => ({ firstAt: 1, lastAt: n, reasons: ["2 PERIODIC"], remoteAddress: "192.0.2.1" });
const event = (prefix: string, n: number): Document => ({
  _id: `${prefix}${n}`,
  deviceId: id(n),
  type: "device.contacted",
  at: n,
  data: { a: 1 },
});

async function run(store: Store): Promise<Row[]> {
  const devices = await prepare(store);
  const { gathered } = devices;
  const events = store.collection<Document>("events");
  await events.deleteMany({});
  await events.createIndex({ deviceId: 1, _id: 1 });
  const cases: [string, number, (n: number) => Promise<unknown>][] = [
    ["warm-up", 4_000, (n) => gathered.updateById(id(n), { $set: { version: n } })],
    ["findByKey by _id", 20_000, (n) => gathered.findByKey(id(n))],
    [
      "findByKey by a unique field",
      20_000,
      (n) => gathered.findByKey(`cwmp:00259E-HG8245-SN${n % DEVICES}`, "endpoints.key"),
    ],
    ["findOne by _id", 4_000, (n) => devices.findOne({ _id: id(n) })],
    [
      "updateById",
      10_000,
      (n) => gathered.updateById(id(n), { $set: { recent: `${n}`.padEnd(400, "x") }, $inc: { version: 1 } }),
    ],
    [
      "updateById, guarded, indexed field",
      10_000,
      (n) => gathered.updateById(id(n), { $set: { contact: contact(n) } }, { admission: "active" }),
    ],
    ["updateOne by _id", 4_000, (n) => devices.updateOne({ _id: id(n) }, { $inc: { version: 1 } })],
    ["insertOne gathered, one index", 10_000, (n) => events.gathered.insertOne(event("e", n))],
    ["insertOne", 4_000, (n) => events.insertOne(event("f", n))],
  ];
  const rows: Row[] = [];
  for (const [name, total, call] of cases) rows.push(...(await measure(store, name, total, call)));
  return rows.filter((row) => row.case !== "warm-up");
}

async function withStore(store: Store): Promise<Row[]> {
  await store.start();
  try {
    return await run(store);
  } finally {
    await store.stop();
  }
}

const url =
  process.argv.slice(2).find((argument) => argument.startsWith("mongodb")) ?? process.env["STEWARD_TEST_MONGODB_URL"];
const directory = await mkdtemp(join(tmpdir(), "steward-bench-"));
const rows = await withStore(openEmbedded(directory));
await rm(directory, { recursive: true });
if (url !== undefined) rows.push(...(await withStore(openMongo(url, { database: "steward_bench_store" }))));
report(rows);
