import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { informBody } from "../../sim/load/answers.ts";
import { loadModel } from "../../sim/load/model.ts";
import type { Corpus } from "./cases.ts";

const here = dirname(fileURLToPath(import.meta.url));
const folders = [join(here, "../vectors/cwmp"), join(here, "../../../shared/samples/cwmp")];

function xmlFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".xml"))
    .sort()
    .map((name) => join(folder, name));
}

/** Our own vectors and, where they are at hand, the recorded messages of real devices. */
export function readCorpus(): Corpus {
  const recorded = folders.flatMap(xmlFiles).map((file) => readFileSync(file));
  const small = recorded.filter((bytes) => bytes.length <= 100_000);
  const isInform = (bytes: Buffer): boolean => /<(?:[\w-]+:)?Inform[\s>]/.test(bytes.toString("latin1"));
  const events = [
    "0 BOOTSTRAP",
    "1 BOOT",
    "2 PERIODIC",
    "4 VALUE CHANGE",
    "6 CONNECTION REQUEST",
    "7 TRANSFER COMPLETE",
  ];
  const own = events.map((event, i) => Buffer.from(informBody(loadModel(100), `FUZZ${i}`, event)));
  return { informs: [...own, ...small.filter(isInform)], others: small.filter((bytes) => !isInform(bytes)) };
}
