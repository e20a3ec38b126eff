import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "@jest/globals";
import { randomToken } from "../../../kernel/ids.ts";
import { openStore } from "../../../platform/store/open.ts";
import type { Store } from "../../../platform/store/port.ts";

/** A store that can be opened again over the same data. */
export interface Engine {
  open(): Store;
  dispose(): Promise<void>;
}

async function embedded(): Promise<Engine> {
  const dataDir = await mkdtemp(join(tmpdir(), "steward-models-"));
  return { open: () => openStore({ dataDir }), dispose: () => rm(dataDir, { recursive: true, force: true }) };
}

const mongo = (mongodbUrl: string): Engine => {
  const database = `models_${randomToken(10)}`;
  const drop = async (): Promise<void> => {
    const { MongoClient } = await import("mongodb");
    const client = new MongoClient(mongodbUrl);
    await client.db(database).dropDatabase();
    await client.close();
  };
  return { open: () => openStore({ dataDir: tmpdir(), mongodbUrl, database }), dispose: drop };
};

/** Runs a suite on the embedded engine and, where `STEWARD_TEST_MONGODB_URL` names one, on a MongoDB-wire server. */
export function describeOnEngines(title: string, suite: (make: () => Promise<Engine>) => void): void {
  describe(`${title} (embedded)`, () => suite(embedded));
  const url = process.env["STEWARD_TEST_MONGODB_URL"];
  describe(`${title} (mongodb)`, () => {
    if (url) suite(() => Promise.resolve(mongo(url)));
    else if (process.env["STEWARD_TEST_REQUIRE_ENGINES"] === "1") {
      it("has a server to run on", () => {
        throw new Error("STEWARD_TEST_MONGODB_URL is not set");
      });
    } else {
      it.skip("needs STEWARD_TEST_MONGODB_URL; `docker compose up -d mongodb` starts a server", () => undefined);
    }
  });
}
