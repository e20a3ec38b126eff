import { openEmbedded } from "../../../platform/store/embedded/store.ts";
import type { Document } from "../../../platform/store/port.ts";

/**
 * A process that works on a directory until it is done or killed. Arguments: the directory, the task, the writer's name.
 * Prints a line for each acknowledged write.
 */
const [directory = "", task = "", writer = ""] = process.argv.slice(2);
const store = openEmbedded(directory);
await store.start();
const collection = store.collection<Document>("work");

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

async function writeForEver(lane: number): Promise<void> {
  for (let n = 0; ; n++) {
    const _id = `${writer}-${lane}-${n}`;
    await collection.insertOne({ _id, key: _id, n: 0 });
    say(`i ${_id}`);
    if (await collection.gathered.updateById(_id, { $set: { n: 1, key: `${_id}!` } })) say(`u ${_id}`);
    if (n % 3 === 2) {
      await collection.deleteOne({ _id });
      say(`d ${_id}`);
    }
  }
}

async function increment(): Promise<void> {
  for (let n = 0; n < 100; n++) {
    await Promise.all([
      collection.updateOne({ _id: "counter" }, { $inc: { n: 1 } }),
      collection.gathered.updateById("counter", { $inc: { n: 1 } }),
    ]);
  }
}

async function claim(): Promise<void> {
  for (let n = 0; n < 60; n++) {
    const claimed = collection.insertOne({ _id: `${writer}-${n}`, key: `slot-${n}` });
    say(
      `${n} ${await claimed.then(
        () => "won",
        (error: { code: string }) => error.code,
      )}`,
    );
  }
}

if (task === "write") await Promise.all(Array.from({ length: 8 }, (_, lane) => writeForEver(lane)));
if (task === "increment") await increment();
if (task === "claim") await claim();
await store.stop();
