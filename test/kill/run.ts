import { Command } from "commander";
import { StewardProcess } from "../../bench/steward.ts";
import { seconds } from "../../kernel/time.ts";
import { loadModel } from "../../sim/cpe/model.ts";
import { SimulatedFleet } from "../../sim/fleet.ts";
import { Random } from "../fuzz/random.ts";
import { listDevices, pause } from "./api.ts";
import { Clerk } from "./clerk.ts";
import { findings } from "./findings.ts";
import { Ledger } from "./ledger.ts";
import { Operator } from "./operator.ts";
import { internalErrors } from "./server-log.ts";

// Kills the server under load, again and again, and then counts: what was acknowledged is there, and nothing that must
// not be repeated ran twice. The peers (simulated CPEs, API clients) live in this process and remember.

const options = new Command("kill")
  .option("--rounds <n>", "how often it is killed", Number, 50)
  .option("--cpes <n>", "simulated CPEs", Number, 200)
  .option("--engine <name>", "embedded, mongodb, or both when STEWARD_TEST_MONGODB_URL is set", "both")
  .option("--seed <n>", "of the moments of death and of the orders", Number, 1)
  .option("--settle <seconds>", "how long operations may take to finish afterwards", Number, 420)
  .parse()
  .opts<{ rounds: number; cpes: number; engine: "embedded" | "mongodb" | "both"; seed: number; settle: number }>();

/** From the first answer after a start to the next kill: between this and that. */
const LIVES_AT_LEAST = 200;
const LIVES_AT_MOST = 3_000;

function newSteward(engine: "embedded" | "mongodb"): StewardProcess {
  const mongodbUrl = process.env["STEWARD_TEST_MONGODB_URL"];
  const redisUrl = process.env["STEWARD_TEST_REDIS_URL"];
  if (engine === "embedded") return new StewardProcess({ engine });
  return new StewardProcess({
    engine,
    ...(mongodbUrl === undefined ? {} : { mongodbUrl }),
    ...(redisUrl === undefined ? {} : { redisUrl }),
  });
}

const newFleet = (steward: StewardProcess, ledger: Ledger): SimulatedFleet =>
  new SimulatedFleet({
    acsUrl: steward.acs.url,
    count: options.cpes,
    model: loadModel("tr181-gateway"),
    interval: seconds(2),
    ramp: seconds(2),
    rebootTime: 200,
    retryScale: 0.05,
    onExecuted: (executed) => ledger.executed(executed),
    onAcknowledged: (acknowledged) => ledger.acknowledged(acknowledged),
  });

/** Kills and starts it again; resolves to what its log says that it should not, and to how long the slowest start took. */
async function killAgainAndAgain(steward: StewardProcess, engine: string, ledger: Ledger, random: Random) {
  const errors: string[] = [];
  let slowestStart = 0;
  for (let round = 1; round <= options.rounds; round++) {
    await pause(LIVES_AT_LEAST + random.below(LIVES_AT_MOST - LIVES_AT_LEAST));
    await steward.kill();
    errors.push(...internalErrors(steward.output()));
    const start = performance.now();
    await steward.start();
    slowestStart = Math.max(slowestStart, performance.now() - start);
    if (round % 10 === 0)
      console.log(`${engine}: killed ${round} times, ${ledger.operations.size} operations acknowledged`);
  }
  return { errors, slowestStart };
}

async function run(engine: "embedded" | "mongodb"): Promise<string[]> {
  const steward = newSteward(engine);
  const ledger = new Ledger();
  const random = new Random(options.seed);
  await steward.start();
  const fleet = newFleet(steward, ledger);
  const clients = [new Operator(steward, ledger, random), new Clerk(steward, ledger, random)];
  try {
    await fleet.start();
    const arrived = (await listDevices(steward)).length;
    if (arrived !== options.cpes) return [`only ${arrived} of ${options.cpes} CPEs arrived`];
    for (const client of clients) await client.prepare();
    const working = Promise.all(clients.map((client) => client.work()));
    const { errors, slowestStart } = await killAgainAndAgain(steward, engine, ledger, random);
    for (const client of clients) client.stop();
    await working;
    const { lines, failures } = await findings(steward, ledger, fleet, options.settle);
    console.log(
      [
        `${engine}, killed ${options.rounds} times (seed ${options.seed}), ${options.cpes} CPEs, slowest start ${Math.round(slowestStart)} ms:`,
        ...lines,
      ].join("\n  "),
    );
    return [...failures, ...errors, ...internalErrors(steward.output())];
  } catch (error) {
    console.error(steward.output().slice(-3_000));
    throw error;
  } finally {
    for (const client of clients) client.stop();
    fleet.stop();
    await steward.stop();
  }
}

const available =
  process.env["STEWARD_TEST_MONGODB_URL"] === undefined ? (["embedded"] as const) : (["embedded", "mongodb"] as const);
const engines = options.engine === "both" ? available : [options.engine];
let failed = 0;
for (const engine of engines) {
  const failures = await run(engine);
  if (failures.length > 0) failed += 1;
  for (const failure of failures.slice(0, 50)) console.error(`${engine}: ${failure}`);
}
console.log(`${engines.length - failed} passed, ${failed} failed`);
// The CPEs' open connections would keep the process for a while.
process.exit(failed === 0 ? 0 : 1);
