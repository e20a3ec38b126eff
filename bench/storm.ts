import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Command } from "commander";
import { cpuSeconds, memoryMib } from "./processes.ts";
import { quantile, type Row, report } from "./report.ts";
import { StewardProcess } from "./steward.ts";

// Ten thousand CPEs boot at once against one process: after their first start, and again as after a power cut.
//   npm run bench:storm [-- --json FILE] [-- --cpes 2000]     STEWARD_TEST_MONGODB_URL adds the MongoDB engine.
// Ends with 1 when a CPE was not served, an acknowledged event is gone, or memory went beyond its bound.

export interface StormSpec {
  acsUrl: string;
  count: number;
  events: readonly string[];
  /** After this the rest counts as not served. */
  seconds: number;
}

/** What the CPEs saw. Times in milliseconds, ascending. */
export interface StormOutcome {
  served: number;
  sessions: number;
  refused: number;
  failed: number;
  seconds: number;
  /** Of the process that plays the CPEs, in seconds. */
  cpu: number;
  /** Of each completed session, from the Inform on. */
  times: number[];
  /** Of each CPE, from the storm's beginning to the end of its first completed session. */
  servedAfter: number[];
  /** Informs, and how many of them carried each event. */
  acknowledged: Record<string, number>;
  reasons: Record<string, number>;
}

const options = new Command("storm")
  .option("--cpes <n>", "that boot at once", Number, 10_000)
  .option("--seconds <n>", "until when each must be served", Number, 300)
  .option("--memory <MiB>", "what the server may use at its peak", Number, 1_024)
  .option("--engine <name>", "embedded, mongodb, or both when STEWARD_TEST_MONGODB_URL is set", "both")
  .option("--json <file>", "writes the rows there")
  .parse()
  .opts<{ cpes: number; seconds: number; memory: number; engine: "embedded" | "mongodb" | "both"; json?: string }>();

const storms = [
  { name: "first boot", events: ["0 BOOTSTRAP", "1 BOOT"] },
  { name: "power cut", events: ["1 BOOT"] },
] as const;

/** Every CPE of the storm has the same address, which a NAT in front of a few would not. */
const ENVIRONMENT = { STEWARD_ACS_MAX_SESSIONS_PER_SOURCE: "100000", STEWARD_ACS_RETRY_AFTER: "10s" };

async function cpesBoot(spec: StormSpec): Promise<StormOutcome> {
  const program = fileURLToPath(new URL("storm-cpes.js", import.meta.url));
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [program, JSON.stringify(spec)], {
    maxBuffer: 64 * 1024 * 1024,
  });
  if (stderr !== "") console.error(stderr.slice(0, 2_000));
  return JSON.parse(stdout) as StormOutcome;
}

/** By the type of the event, what Steward acknowledged as `code` in all storms together. */
const owed = { "device.contacted": "Inform", "device.bootstrapped": "0 BOOTSTRAP", "device.booted": "1 BOOT" } as const;

async function losses(steward: StewardProcess, outcomes: readonly StormOutcome[]): Promise<string[]> {
  const found: string[] = [];
  for (const [type, code] of Object.entries(owed)) {
    const due = outcomes.reduce((sum, { acknowledged }) => sum + (acknowledged[code] ?? 0), 0);
    const kept = (await steward.all(`/api/v1/events?limit=1000&type=${type}`)).length;
    if (kept < due) found.push(`${due - kept} of ${due} acknowledged events are gone: ${type}`);
  }
  const { count } = (await steward.api("GET", "/api/v1/devices/count")) as { count: number };
  if (count !== options.cpes) found.push(`${count} devices are known, not ${options.cpes}`);
  return found;
}

function rowsOf(name: string, engine: string, cpu: number, outcome: StormOutcome): Row[] {
  const row = (metric: string, value: number, unit: string): Row => ({
    bench: "storm",
    case: `${options.cpes} CPEs, ${name}`,
    engine,
    metric,
    value,
    unit,
  });
  const { times, servedAfter, served } = outcome;
  return [
    row("CPEs served", served, ""),
    row("all served after", outcome.seconds, "s"),
    row("sessions", served / outcome.seconds, "1/s"),
    row("refused with 503", outcome.refused, ""),
    row("sessions broken off", outcome.failed, ""),
    row("session p50", quantile(times, 0.5), "ms"),
    row("session p99", quantile(times, 0.99), "ms"),
    row("served after p50", quantile(servedAfter, 0.5), "ms"),
    row("served after p99", quantile(servedAfter, 0.99), "ms"),
    row("CPU per CPE served", (cpu * 1_000) / Math.max(1, served), "ms"),
    row("the simulator's own CPU per CPE", (outcome.cpu * 1_000) / Math.max(1, served), "ms"),
  ];
}

async function measure(engine: "embedded" | "mongodb"): Promise<{ rows: Row[]; failures: string[] }> {
  const mongodbUrl = process.env["STEWARD_TEST_MONGODB_URL"];
  const steward = new StewardProcess({
    engine,
    environment: ENVIRONMENT,
    ...(engine === "mongodb" && mongodbUrl !== undefined ? { mongodbUrl } : {}),
  });
  const rows: Row[] = [];
  const failures: string[] = [];
  try {
    await steward.start();
    const outcomes: StormOutcome[] = [];
    for (const { name, events } of storms) {
      const before = cpuSeconds(steward.pid);
      const spec = { acsUrl: steward.acs.url, count: options.cpes, events, seconds: options.seconds };
      const outcome = await cpesBoot(spec);
      outcomes.push(outcome);
      rows.push(...rowsOf(name, engine, cpuSeconds(steward.pid) - before, outcome));
      if (outcome.served < options.cpes)
        failures.push(
          `${name}: ${options.cpes - outcome.served} CPEs were not served: ${JSON.stringify(outcome.reasons)}`,
        );
      if (outcome.failed > 0) console.error(`${engine}, ${name}: ${JSON.stringify(outcome.reasons)}`);
    }
    failures.push(...(await losses(steward, outcomes)));
    const { peak } = memoryMib(steward.pid);
    rows.push({
      bench: "storm",
      case: `${options.cpes} CPEs`,
      engine,
      metric: "peak memory",
      value: peak,
      unit: "MiB",
    });
    if (peak > options.memory) failures.push(`the server used ${Math.round(peak)} MiB`);
    return { rows, failures };
  } catch (error) {
    console.error(steward.output().slice(-4_000));
    throw error;
  } finally {
    await steward.stop();
  }
}

const url = process.env["STEWARD_TEST_MONGODB_URL"];
if (url === undefined) console.error("STEWARD_TEST_MONGODB_URL is not set: the MongoDB engine is not measured");
const available = url === undefined ? (["embedded"] as const) : (["embedded", "mongodb"] as const);
const rows: Row[] = [];
const failures: string[] = [];
for (const engine of options.engine === "both" ? available : [options.engine]) {
  const measured = await measure(engine);
  rows.push(...measured.rows);
  failures.push(...measured.failures.map((failure) => `${engine}: ${failure}`));
}
report(rows);
for (const failure of failures) console.error(failure);
process.exit(failures.length === 0 ? 0 : 1);
