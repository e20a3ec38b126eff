import { Answers, informBody } from "../sim/load/answers.ts";
import { type LoadTarget, runMany, runSession, type SessionOutcome } from "../sim/load/client.ts";
import { type LoadModel, loadModel } from "../sim/load/model.ts";
import { cpuSeconds, cpuSecondsMatching, memoryMib, startProcess } from "./processes.ts";
import { type Row, report } from "./report.ts";
import { StewardProcess } from "./steward.ts";

// Sessions per second and CPU per session, beside a bare node:http server that answers the same bytes.
//   npm run bench [-- --json FILE] [-- --quick]     STEWARD_TEST_MONGODB_URL adds the MongoDB engine.

const IN_FLIGHT = 64;
const quick = process.argv.includes("--quick");
const DEVICES = quick ? 128 : 256;
const SESSIONS = quick ? 2_000 : 8_000;
const ENGINE_PROCESSES = /mongodb-gateway|postgres|mongod\b/;

interface Measured {
  sessionsPerSecond: number;
  cpuMs: number;
  engineCpuMs: number;
  p50: number;
  p99: number;
  failed: number;
}

const quantile = (sorted: readonly number[], q: number): number => sorted[Math.floor((sorted.length - 1) * q)] ?? 0;

async function measure(pid: number, run: () => Promise<SessionOutcome[]>): Promise<Measured> {
  const cpu = cpuSeconds(pid);
  const engineCpu = cpuSecondsMatching(ENGINE_PROCESSES);
  const started = performance.now();
  const outcomes = await run();
  const wall = (performance.now() - started) / 1_000;
  const times = outcomes.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  return {
    sessionsPerSecond: outcomes.length / wall,
    cpuMs: ((cpuSeconds(pid) - cpu) * 1_000) / outcomes.length,
    engineCpuMs: ((cpuSecondsMatching(ENGINE_PROCESSES) - engineCpu) * 1_000) / outcomes.length,
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
    failed: outcomes.filter(({ outcome }) => outcome !== "completed").length,
  };
}

function rowsOf(name: string, engine: string, measured: Measured, floor: number | undefined): Row[] {
  const row = (metric: string, value: number, unit: string): Row => ({
    bench: "acs",
    case: name,
    engine,
    metric,
    value,
    unit,
  });
  return [
    row("sessions", measured.sessionsPerSecond, "1/s"),
    row("CPU per session", measured.cpuMs, "ms"),
    ...(floor === undefined ? [] : [row("CPU per session / floor", measured.cpuMs / floor, "×")]),
    ...(engine === "mongodb" ? [row("engine's CPU per session", measured.engineCpuMs, "ms")] : []),
    row("latency p50", measured.p50, "ms"),
    row("latency p99", measured.p99, "ms"),
    ...(measured.failed === 0 ? [] : [row("failed sessions", measured.failed, "")]),
  ];
}

const informs = (
  target: LoadTarget,
  model: LoadModel,
  serials: readonly string[],
  count: number,
  event = "2 PERIODIC",
) => {
  const answers = new Answers(model);
  const bodies = serials.map((serial) => informBody(model, serial, event));
  return () =>
    runMany(IN_FLIGHT, (index) =>
      index < count ? runSession(target, bodies[index % bodies.length]!, answers) : undefined,
    );
};

async function measureFloor(): Promise<{ rows: Row[]; cpuMs: number }> {
  const floor = await startProcess(["dist/bench/floor.js"], process.env, /listening on (http:\S+)/);
  const url = new URL(/http:\S+/.exec(floor.output())![0]);
  const target = { host: url.hostname, port: Number(url.port) };
  const run = informs(target, loadModel(100), ["F1"], SESSIONS);
  await run();
  const measured = await measure(floor.pid, run);
  await floor.stop("SIGKILL");
  return { rows: rowsOf("floor: bare node:http", "none", measured, undefined), cpuMs: measured.cpuMs };
}

async function createForEach(steward: StewardProcess, ids: readonly string[], operation: object): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let id = ids[next++]; id !== undefined; id = ids[next++])
      await steward.api("POST", `/api/v1/devices/${id}/operations`, { ...operation, options: { wake: "nextContact" } });
  };
  await Promise.all(Array.from({ length: 16 }, lane));
}

async function deviceIds(steward: StewardProcess, prefix: string): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const query = new URLSearchParams({
      limit: "200",
      filter: `serial:${prefix}*`,
      ...(cursor === undefined ? {} : { cursor }),
    });
    const page = (await steward.api("GET", `/api/v1/devices?${query.toString()}`)) as {
      items: { id: string }[];
      next?: string;
    };
    ids.push(...page.items.map(({ id }) => id));
    cursor = page.next;
  } while (cursor !== undefined);
  return ids;
}

async function measureModel(steward: StewardProcess, size: number, floor: number): Promise<Row[]> {
  const model = loadModel(size);
  const count = size >= 6_000 ? DEVICES / 2 : DEVICES;
  const serials = Array.from({ length: count }, (_, i) => `S${size}x${i}`);
  await informs(steward.acs, model, serials, count, "0 BOOTSTRAP")();
  const ids = await deviceIds(steward, `S${size}x`);
  if (ids.length !== count) throw new Error(`${ids.length} of ${count} devices arrived`);
  const rows: Row[] = [];
  const add = (name: string, measured: Measured): void => {
    rows.push(...rowsOf(`${name}, ${size} parameters`, steward.engine, measured, floor));
  };
  // The first refresh fills the store and warms the code; the second is measured.
  for (const measured of [false, true]) {
    await createForEach(steward, ids, { kind: "discover", path: "Device.", values: true });
    const result = await measure(steward.pid, informs(steward.acs, model, serials, count));
    if (measured && size >= 1_000) add("(c) full refresh", result);
  }
  const plain = informs(steward.acs, model, serials, SESSIONS);
  await informs(steward.acs, model, serials, count * 4)();
  add("(a) Inform + empty POST", await measure(steward.pid, plain));
  if (size === 1_000)
    for (const measured of [false, true]) {
      const values = [{ path: "Device.DeviceInfo.ProvisioningCode", value: measured ? "two" : "one" }];
      await createForEach(steward, ids, { kind: "write", values });
      const result = await measure(steward.pid, informs(steward.acs, model, serials, count));
      if (measured) add("(b) one SetParameterValues", result);
    }
  return rows;
}

async function measureSteward(engine: "embedded" | "mongodb", floor: number, mongodbUrl?: string): Promise<Row[]> {
  const steward = new StewardProcess({ engine, ...(mongodbUrl === undefined ? {} : { mongodbUrl }) });
  try {
    await steward.start();
    const rows: Row[] = [];
    for (const size of [100, 1_000, 6_000]) rows.push(...(await measureModel(steward, size, floor)));
    const { peak } = memoryMib(steward.pid);
    return [...rows, { bench: "acs", case: "all", engine, metric: "peak memory", value: peak, unit: "MiB" }];
  } catch (error) {
    console.error(steward.output().slice(-4_000));
    throw error;
  } finally {
    await steward.stop();
  }
}

const floor = await measureFloor();
const rows = [...floor.rows, ...(await measureSteward("embedded", floor.cpuMs))];
const url = process.env["STEWARD_TEST_MONGODB_URL"];
if (url === undefined) console.error("STEWARD_TEST_MONGODB_URL is not set: the MongoDB engine is not measured");
else rows.push(...(await measureSteward("mongodb", floor.cpuMs, url)));
report(rows);
