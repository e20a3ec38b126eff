import { execFileSync } from "node:child_process";
import { Command } from "commander";
import { StewardProcess } from "../../bench/steward.ts";
import { seconds } from "../../kernel/time.ts";
import { loadModel } from "../../sim/cpe/model.ts";
import { SimulatedFleet } from "../../sim/fleet.ts";
import { informBody } from "../../sim/load/answers.ts";
import { loadModel as loadShape } from "../../sim/load/model.ts";
import { Random } from "../fuzz/random.ts";
import { findings, pause } from "../kill/findings.ts";
import { Ledger } from "../kill/ledger.ts";
import { listDevices, Operator } from "../kill/operator.ts";

// Takes MongoDB, then Redis, away under load. Meanwhile CPEs and API clients are told to come back later; afterwards
// nothing acknowledged is gone, and nobody had to restart Steward.

const options = new Command("outage")
  .option("--seconds <n>", "how long an engine stays away", Number, 20)
  .option("--cpes <n>", "simulated CPEs", Number, 50)
  .option("--engines <folder>", "holds `up` and `down`", "../shared/engines")
  .parse()
  .opts<{ seconds: number; cpes: number; engines: string }>();

const mongodbUrl = process.env["STEWARD_TEST_MONGODB_URL"];
const redisUrl = process.env["STEWARD_TEST_REDIS_URL"];

async function answerTo(
  url: string,
  init: RequestInit,
): Promise<{ status: number; retryAfter: string | null; type: string | null }> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(15_000) });
  await response.text();
  return {
    status: response.status,
    retryAfter: response.headers.get("retry-after"),
    type: response.headers.get("content-type"),
  };
}

/** What Steward says while an engine is away; an empty list when all of it is right. */
async function complaints(steward: StewardProcess, engine: "mongodb" | "redis"): Promise<string[]> {
  const found: string[] = [];
  const inform = await answerTo(steward.acs.url, {
    method: "POST",
    body: informBody(loadShape(100), "OUTAGE", "2 PERIODIC"),
    headers: { "Content-Type": "text/xml" },
  });
  if (engine === "mongodb" && (inform.status !== 503 || inform.retryAfter === null))
    found.push(`an Inform got ${inform.status}, Retry-After ${inform.retryAfter}`);
  if (engine === "redis" && inform.status !== 200) found.push(`without Redis an Inform got ${inform.status}`);
  const problem = await steward.api("GET", "/api/v1/devices?limit=1").then(() => "200", String);
  if (engine === "mongodb" && !/: 503 .*engine\.unavailable/.test(problem)) found.push(`the API answered ${problem}`);
  if (!steward.alive) found.push("Steward died");
  return found;
}

async function takeAway(steward: StewardProcess, engine: "mongodb" | "redis"): Promise<string[]> {
  execFileSync(`${options.engines}/down`, ["--kill", ...(engine === "mongodb" ? ["mongodb", "postgres"] : ["redis"])], {
    stdio: "inherit",
  });
  await pause(5_000);
  const found: string[] = [];
  for (let waited = 5; waited < options.seconds; waited += 5) {
    found.push(...(await complaints(steward, engine)));
    await pause(5_000);
  }
  execFileSync(`${options.engines}/up`, [engine], { stdio: "inherit" });
  for (let waited = 0; ; waited += 1) {
    if (
      await steward.api("GET", "/api/v1/devices?limit=1").then(
        () => true,
        () => false,
      )
    )
      return found;
    if (waited > 60) return [...found, `Steward did not heal within a minute after ${engine} came back`];
    await pause(1_000);
  }
}

async function run(steward: StewardProcess): Promise<string[]> {
  const ledger = new Ledger();
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
  const operator = new Operator(steward, ledger, new Random(1));
  try {
    await fleet.start();
    if ((await listDevices(steward)).length !== options.cpes) return ["not every CPE arrived"];
    const working = operator.work();
    await pause(3_000);
    const found: string[] = [];
    for (const engine of ["mongodb", "redis"] as const) {
      found.push(...(await takeAway(steward, engine)));
      await pause(5_000);
    }
    operator.stop();
    await working;
    const { lines, failures } = await findings(steward, ledger);
    console.log(["MongoDB and Redis were taken away under load:", ...lines].join("\n  "));
    return [...found, ...failures];
  } finally {
    operator.stop();
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
