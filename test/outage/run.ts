import { Command } from "commander";
import { StewardProcess } from "../../bench/steward.ts";
import { seconds } from "../../kernel/time.ts";
import { loadModel } from "../../sim/cpe/model.ts";
import { SimulatedFleet } from "../../sim/fleet.ts";
import { Random } from "../fuzz/random.ts";
import { listDevices, pause } from "../kill/api.ts";
import { Clerk } from "../kill/clerk.ts";
import { findings } from "../kill/findings.ts";
import { Ledger } from "../kill/ledger.ts";
import { Operator } from "../kill/operator.ts";
import { internalErrors } from "../kill/server-log.ts";
import { complaints, startComplaints } from "./complaints.ts";
import { type Engine, Engines } from "./engines.ts";

// Crashes MongoDB, then Redis, under load. Meanwhile CPEs and API clients are told to come back later; afterwards
// nothing acknowledged is gone, and nobody had to restart Steward.

const options = new Command("outage")
  .option("--seconds <n>", "how long an engine stays away", Number, 15)
  .option("--cpes <n>", "simulated CPEs", Number, 50)
  .option("--engines <folder>", "holds `up` and `down`", "../shared/engines")
  .option("--settle <seconds>", "how long operations may take to finish afterwards", Number, 45)
  .parse()
  .opts<{ seconds: number; cpes: number; engines: string; settle: number }>();

const HEALS_WITHIN = 60;
const BETWEEN_LOOKS = 3_000;
const LOAD_TIME = 3_000;

const mongodbUrl = process.env["STEWARD_TEST_MONGODB_URL"];
const redisUrl = process.env["STEWARD_TEST_REDIS_URL"];
const engines = new Engines(options.engines);

/** Resolves to how many seconds it took until an order, which needs both engines, was taken and everything is ready. */
async function healed(steward: StewardProcess): Promise<number | undefined> {
  const start = performance.now();
  for (;;) {
    const waited = (performance.now() - start) / 1_000;
    const ready = await fetch(new URL("/readyz", steward.apiUrl)).then(
      ({ status }) => status === 200,
      () => false,
    );
    if (ready) return Math.round(waited * 10) / 10;
    if (waited > HEALS_WITHIN) return undefined;
    await pause(200);
  }
}

async function takeAway(steward: StewardProcess, engine: Engine, deviceId: string): Promise<string[]> {
  engines.crash(engine);
  const found: string[] = [];
  const until = performance.now() + seconds(options.seconds);
  try {
    // What was under way when it crashed may still end either way.
    await pause(1_000);
    found.push(...(await startComplaints({ engine: "mongodb", mongodbUrl: mongodbUrl!, redisUrl: redisUrl! }, engine)));
    while (performance.now() < until) {
      found.push(...(await complaints(steward, engine, deviceId)));
      await pause(BETWEEN_LOOKS);
    }
  } finally {
    engines.bringBack(engine);
  }
  const took = await healed(steward);
  console.log(`${engine} was away for ${options.seconds} s; healed ${took} s after its return`);
  return took === undefined
    ? [...found, `Steward did not heal within ${HEALS_WITHIN} s after ${engine} came back`]
    : found;
}

async function run(steward: StewardProcess): Promise<string[]> {
  const ledger = new Ledger();
  const random = new Random(1);
  await steward.start();
  const fleet = new SimulatedFleet({
    acsUrl: steward.acs.url,
    count: options.cpes,
    model: loadModel("tr181-gateway"),
    interval: seconds(2),
    rebootTime: 200,
    retryScale: 0.05,
    onExecuted: (executed) => ledger.executed(executed),
    onAcknowledged: (acknowledged) => ledger.acknowledged(acknowledged),
  });
  const clients = [new Operator(steward, ledger, random), new Clerk(steward, ledger, random)];
  try {
    await fleet.start();
    const devices = await listDevices(steward);
    if (devices.length !== options.cpes) return ["not every CPE arrived"];
    for (const client of clients) await client.prepare();
    const working = Promise.all(clients.map((client) => client.work()));
    await pause(LOAD_TIME);
    const found: string[] = [];
    for (const engine of ["mongodb", "redis"] as const) {
      found.push(...(await takeAway(steward, engine, devices[0]!.id)));
      await pause(LOAD_TIME);
    }
    for (const client of clients) client.stop();
    await working;
    const { lines, failures } = await findings(steward, ledger, fleet, options.settle);
    const { refused, failed } = fleet.counts;
    const told = `${refused} sessions were told to come later, ${failed} broke off`;
    console.log(["MongoDB and Redis were taken away under load:", told, ...lines].join("\n  "));
    return [...found, ...failures, ...internalErrors(steward.output())];
  } finally {
    for (const client of clients) client.stop();
    fleet.stop();
  }
}

if (mongodbUrl === undefined || redisUrl === undefined) {
  console.log("needs STEWARD_TEST_MONGODB_URL and STEWARD_TEST_REDIS_URL of servers that may be killed");
  process.exit(process.env["STEWARD_TEST_REQUIRE_ENGINES"] === "1" ? 1 : 0);
}
const steward = new StewardProcess({ engine: "mongodb", mongodbUrl, redisUrl });
const failures = await run(steward).catch((error: unknown) => [`${String(error)}\n${steward.output().slice(-3_000)}`]);
await steward.stop();
for (const failure of failures.slice(0, 50)) console.error(failure);
console.log(`${failures.length === 0 ? 1 : 0} passed, ${failures.length === 0 ? 0 : 1} failed`);
process.exit(failures.length === 0 ? 0 : 1);
