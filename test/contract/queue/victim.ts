import { openFixture } from "./fixtures.ts";

/** A worker that begins jobs and never ends one, to be killed. */
const engine = await openFixture(process.env);
engine.process(
  "jobs",
  (job) => {
    console.log(`began ${job.id}`);
    return new Promise<void>(() => undefined);
  },
  { concurrency: 1 },
);
console.log("ready");
setInterval(() => undefined, 60_000);
