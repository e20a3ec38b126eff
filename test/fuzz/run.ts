import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { memoryMib } from "../../bench/processes.ts";
import { StewardProcess } from "../../bench/steward.ts";
import { type FuzzCase, makeCase } from "./cases.ts";
import { readCorpus } from "./corpus.ts";
import { play } from "./peer.ts";
import { Random } from "./random.ts";

// Damaged messages against a running server. A failing case is saved and can be replayed alone.

const options = new Command("fuzz")
  .option("--cases <n>", "how many cases", Number, 5_000)
  .option("--seed <n>", "the seed; the same seed makes the same cases", Number, 1)
  .option("--in-flight <n>", "connections at once", Number, 32)
  .option("--replay <file>", "play one saved case only")
  .parse()
  .opts<{ cases: number; seed: number; inFlight: number; replay?: string }>();

const FAILURES = "test/fuzz/failures";
const MEMORY_GRACE_MS = 60_000;

const server = new StewardProcess({
  engine: "embedded",
  environment: { STEWARD_LOG_LEVEL: "error", STEWARD_ACS_HEADER_TIMEOUT: "1s", STEWARD_ACS_BODY_TIMEOUT: "1s" },
});

function save(fuzzCase: FuzzCase, index: number, why: string, answer: string | undefined): void {
  mkdirSync(FAILURES, { recursive: true });
  const file = join(FAILURES, `${options.seed}-${index}.json`);
  writeFileSync(file, JSON.stringify({ why, answer, ...fuzzCase }, undefined, 1));
  console.error(`case ${index}: ${why}; saved as ${file}, replay it with: npm run fuzz -- --replay ${file}`);
}

async function run(cases: number, make: (index: number) => FuzzCase): Promise<number> {
  const { host, port } = server.acs;
  let next = 0;
  let failures = 0;
  const lane = async (): Promise<void> => {
    for (let index = next++; index < cases && server.alive; index = next++) {
      const fuzzCase = make(index);
      const verdict = await play(fuzzCase, host, port);
      if (!verdict.ok) {
        failures += 1;
        save(fuzzCase, index, verdict.why, verdict.answer);
      }
      if (index > 0 && index % 10_000 === 0) console.log(`${index} cases, ${memoryMib(server.pid).now.toFixed(0)} MiB`);
    }
  };
  await Promise.all(Array.from({ length: options.inFlight }, lane));
  return failures;
}

async function memoryReturns(limit: number): Promise<boolean> {
  const deadline = Date.now() + MEMORY_GRACE_MS;
  while (memoryMib(server.pid).now > limit && Date.now() < deadline) await new Promise((done) => setTimeout(done, 500));
  return memoryMib(server.pid).now <= limit;
}

async function main(): Promise<number> {
  try {
    await server.start();
    if (options.replay !== undefined) {
      const saved = JSON.parse(readFileSync(options.replay, "utf8")) as FuzzCase;
      const failures = await run(1, () => saved);
      console.log(failures === 0 ? "the case passes" : "the case fails");
      return failures;
    }
    const corpus = readCorpus();
    const make = (index: number) => makeCase(corpus, new Random(options.seed * 1_000_003 + index));
    // The start of the comparison: the code is warm, the caches are filled.
    await run(Math.min(1_000, options.cases), make);
    const before = memoryMib(server.pid).now;
    let failures = await run(options.cases, make);
    if (!server.alive) {
      console.error(`the server died:\n${server.output().slice(-4_000)}`);
      return failures + 1;
    }
    const back = await memoryReturns(before * 1.5);
    const { now, peak } = memoryMib(server.pid);
    console.log(`memory: ${before.toFixed(0)} MiB before, ${peak.toFixed(0)} at most, ${now.toFixed(0)} after`);
    if (!back) {
      failures += 1;
      console.error("the memory did not come back to 1.5 times its start");
    }
    return failures;
  } finally {
    await server.stop();
  }
}

const failures = await main();
console.log(`${options.replay === undefined ? options.cases - failures : 1 - failures} passed, ${failures} failed`);
process.exitCode = failures === 0 ? 0 : 1;
