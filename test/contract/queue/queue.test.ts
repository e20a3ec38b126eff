import { describe, expect, it, jest } from "@jest/globals";
import { describeQueueContract } from "./contract.ts";
import { mongodbUrl, onDirectory, onMongo, onRedis, redisUrl } from "./fixtures.ts";
import { describeRedisOutage } from "./outage.ts";
import { describeStrandedJobs } from "./stranded.ts";

jest.setTimeout(20_000);

/** Runs `suites` on the server that a variable names; without it says how to, and fails where servers are required. */
function onServer(variable: string, url: string | undefined, service: string, suites: (url: string) => void): void {
  if (url) return suites(url);
  const hint = `${variable} is not set: \`docker compose up -d ${service}\` (or ../shared/engines/up ${service}) starts a server for the queue's contract`;
  describe(`queue on ${service}`, () => {
    if (process.env["STEWARD_TEST_REQUIRE_ENGINES"] === "1") it("has its server", () => expect(hint).toBe(""));
    else {
      process.stderr.write(`${hint}\n`);
      it.skip("needs a server", () => undefined);
    }
  });
}

describeQueueContract("the embedded store", onDirectory);

onServer("STEWARD_TEST_MONGODB_URL", mongodbUrl, "mongodb", (url) => {
  describeQueueContract("the MongoDB store", () => onMongo(url));
});

onServer("STEWARD_TEST_REDIS_URL", redisUrl, "redis", (url) => {
  describeQueueContract("BullMQ", () => onRedis(url));
  describeRedisOutage(url);
  describeStrandedJobs(url);
});
