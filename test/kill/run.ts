import { Command } from "commander";
import { StewardProcess } from "../../bench/steward.ts";
import { seconds } from "../../kernel/time.ts";
import { loadModel } from "../../sim/cpe/model.ts";
import { SimulatedFleet } from "../../sim/fleet.ts";
import { Random } from "../fuzz/random.ts";
import { findings, pause } from "./findings.ts";
import { Ledger } from "./ledger.ts";
import { listDevices, Operator } from "./operator.ts";

// Kills the server under load, again and again, and then counts: what was acknowledged is there, and nothing that must
// not be repeated ran twice. The peers (simulated CPEs, an API client) live in this process and remember.

const options = new Command("kill")
  .option("--rounds <n>", "how often it is killed", Number, 50)
  .option("--cpes <n>", "simulated CPEs", Number, 200)
  .option("--engine <name>", "embedded, mongodb, or both when STEWARD_TEST_MONGODB_URL is set", "both")
  .option("--seed <n>", "of the moments of death and of the orders", Number, 1)
  .parse()
  .opts<{ rounds: number; cpes: number; engine: "embedded" | "mongodb" | "both"; seed: number }>();

async function run(engine: "embedded" | "mongodb"): Promise<string[]> {
  const mongodbUrl = process.env["STEWARD_TEST_MONGODB_URL"];
  const redisUrl = process.env["STEWARD_TEST_REDIS_URL"];
  const engines =
    engine === "embedded"
      ? {}
      : { ...(mongodbUrl === undefined ? {} : { mongodbUrl }), ...(redisUrl === undefined ? {} : { redisUrl }) };
  const steward = new StewardProcess({ engine, ...engines });
  const ledger = new Ledger();
  const random = new Random(options.seed);
  await steward.start();
  const fleet = new SimulatedFleet({
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
  const operator = new Operator(steward, ledger, random);
  try {
    await fleet.start();
    const arrived = (await listDevices(steward)).length;
    if (arrived !== options.cpes) return [`only ${arrived} of ${options.cpes} CPEs arrived`];
    const working = operator.work();
    for (let round = 1; round <= options.rounds; round++) {
      await pause(500 + random.below(2_500));
      await steward.kill();
      await steward.start();
      if (round % 10 === 0)
        console.log(`${engine}: killed ${round} times, ${ledger.operations.size} operations acknowledged`);
    }
    operator.stop();
    await working;
    const { lines, failures } = await findings(steward, ledger);
    console.log([`${engine}, killed ${options.rounds} times, ${options.cpes} CPEs:`, ...lines].join("\n  "));
    return failures;
  } catch (error) {
    console.error(steward.output().slice(-3_000));
    throw error;
  } finally {
    operator.stop();
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
