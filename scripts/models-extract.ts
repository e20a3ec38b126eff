import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import type { ModelFacts } from "../datamodels/facts.ts";
import { loadModels, type ModelFile } from "../datamodels/load/loader.ts";
import { DataModel } from "../datamodels/model.ts";
import { packModel } from "../datamodels/pack.ts";
import type { PackedModel } from "../datamodels/packed.ts";
import type { ShippedEntry } from "../datamodels/shipped.ts";

/*
 * Makes datamodels/facts from the Broadband Forum's XML: facts only, no prose.
 *   npx tsx scripts/models-extract.ts [--input ../shared/datamodels] [--output datamodels/facts]
 * The input holds `full/` (flattened files, one model each) and `modular/` (the parts of one release, loaded together).
 */
const { values } = parseArgs({
  options: {
    input: { type: "string", default: "../shared/datamodels" },
    output: { type: "string", default: "datamodels/facts" },
  },
});

const readFolder = (folder: string): ModelFile[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".xml"))
    .map((name) => ({ name, text: readFileSync(path.join(folder, name), "utf8") }));

/** One line per object, so that a new release reads as a diff. */
function print(packed: PackedModel): string {
  const { objects, syntaxes, profiles, ...head } = packed;
  const lines = (list: readonly unknown[]) => `[\n${list.map((item) => JSON.stringify(item)).join(",\n")}\n]`;
  const rest = `"syntaxes":${lines(syntaxes)},\n"objects":${lines(objects)},\n"profiles":${lines(profiles)}}\n`;
  return `${JSON.stringify(head).slice(0, -1)},\n${rest}`;
}

const flattened = readFolder(path.join(values.input, "full")).flatMap((file) => loadModels([file]));
const names = new Set(flattened.map((model) => model.name));
const modular = loadModels(readFolder(path.join(values.input, "modular"))).filter((model) => !names.has(model.name));

rmSync(values.output, { recursive: true, force: true });
mkdirSync(values.output, { recursive: true });
const index = [...flattened, ...modular].map((facts: ModelFacts): ShippedEntry => {
  const packed = packModel(facts, { prose: false });
  const file = `${facts.name.replace(":", "-")}.json`;
  writeFileSync(path.join(values.output, file), print(packed));
  return {
    name: facts.name,
    file,
    document: facts.file,
    spec: facts.spec,
    isService: facts.isService,
    counts: new DataModel(packed).counts,
  };
});
index.sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));
writeFileSync(
  path.join(values.output, "index.json"),
  `[\n${index.map((entry) => JSON.stringify(entry)).join(",\n")}\n]\n`,
);
for (const { name, counts } of index)
  console.log(`${name}: ${counts.objects} objects, ${counts.parameters} parameters`);
