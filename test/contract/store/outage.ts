import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { MongoClient } from "mongodb";
import { randomToken } from "../../../kernel/ids.ts";
import { openMongo } from "../../../platform/store/mongodb/store.ts";
import type { Collection, Store } from "../../../platform/store/port.ts";
import { type Anything, expectCode } from "./subject.ts";
import { TcpProxy } from "./tcp-proxy.ts";

/** What the store says while its server is away, and that it needs nobody when the server is back. */
export function describeOutage(url: string): void {
  describe("store on a MongoDB that goes away", () => {
    const database = `steward_test_outage_${randomToken(8)}`;
    const { hostname, port } = new URL(url);
    const proxy = new TcpProxy({ host: hostname, port: Number(port || 27_017) });
    let store: Store;
    let collection: Collection<Anything>;

    beforeAll(async () => {
      const direct = `mongodb://127.0.0.1:${await proxy.start()}/?directConnection=true`;
      store = openMongo(direct, { database, selectionTimeout: 400, socketTimeout: 400 });
      await store.start();
      collection = store.collection<Anything>("work");
    });
    afterAll(async () => {
      await store.stop();
      await proxy.stop();
      const client = new MongoClient(url);
      await client.db(database).dropDatabase();
      await client.close();
    });

    const back = async (): Promise<void> => {
      proxy.become("up");
      while (
        !(await store.ping().then(
          () => true,
          () => false,
        ))
      );
    };

    beforeEach(back);

    it.each(["down", "silent"] as const)(
      "rejects every call with engine.unavailable while it is %s, and heals alone",
      async (mode) => {
        await collection.gathered.insertOne({ _id: `before ${mode}` });
        proxy.become(mode);
        const calls = [
          store.ping(),
          collection.findOne({ _id: "x" }),
          collection.find({}).toArray(),
          collection.insertOne({ _id: `i ${mode}` }),
          collection.updateOne({ _id: "x" }, { $set: { n: 1 } }, { upsert: true }),
          collection.bulkWrite([{ deleteOne: { filter: { _id: "x" } } }]),
          collection.gathered.findByKey("x"),
          collection.gathered.insertOne({ _id: `g ${mode}` }),
          collection.gathered.updateById("x", { $set: { n: 1 } }),
        ];
        await Promise.all(calls.map((call) => expectCode(call, "engine.unavailable")));
        await back();
        await collection.gathered.insertOne({ _id: `after ${mode}` });
        expect((await collection.gathered.findByKey(`before ${mode}`))?._id).toBe(`before ${mode}`);
      },
    );

    it("loses nothing that it acknowledged when connections break under load", async () => {
      const acknowledged: string[] = [];
      let failed = 0;
      let next = 0;
      const lane = async (): Promise<void> => {
        while (acknowledged.length < 900 || failed === 0) {
          const _id = `load-${next++}`;
          await collection.gathered.insertOne({ _id }).then(
            () => acknowledged.push(_id),
            () => failed++,
          );
        }
      };
      let working = true;
      const lanes = Promise.all(Array.from({ length: 30 }, lane)).finally(() => (working = false));
      // Writes share calls with pauses between them: breaks at every phase of that rhythm, until one has met a call.
      for (let n = 0; working; n++) {
        await new Promise((resolve) => setTimeout(resolve, 20 + ((n * 3) % 20)));
        if (failed === 0 || n % 10 === 0) proxy.become("up");
      }
      await lanes;
      const kept = new Set((await collection.find({ _id: { $regex: /^load-/ } }).toArray()).map(({ _id }) => _id));
      expect(acknowledged.filter((id) => !kept.has(id))).toEqual([]);
      expect(failed).toBeGreaterThan(0);
    });

    it("does not pile up what it cannot write", async () => {
      proxy.become("down");
      const outcomes = await Promise.all(
        Array.from({ length: 21_000 }, (_, n) =>
          collection.gathered
            .updateById(`u${n}`, { $set: { n } })
            .catch((error: { code: string; message: string }) => error),
        ),
      );
      const refused = outcomes.filter(
        (outcome) => typeof outcome === "object" && /too many writes/.test(outcome.message),
      );
      expect(new Set(outcomes.map((outcome) => (typeof outcome === "object" ? outcome.code : outcome)))).toEqual(
        new Set(["engine.unavailable"]),
      );
      expect(refused).toHaveLength(1_000);
      await back();
    });

    it("says so when it cannot start", async () => {
      const nowhere = openMongo("mongodb://127.0.0.1:9/", { selectionTimeout: 200 });
      await expectCode(nowhere.start(), "engine.unavailable");
      await expectCode((async () => nowhere.collection("work").findOne({}))(), "engine.unavailable");
      await nowhere.stop();
    });
  });
}
