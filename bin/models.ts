import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { Command } from "commander";
import { diffModels } from "../datamodels/diff.ts";
import { ModelDocumentError } from "../datamodels/errors.ts";
import type { DataModel } from "../datamodels/model.ts";
import { createModels, type ModelInfo, type Models } from "../fleet/models/index.ts";
import { asStewardError, StewardError } from "../kernel/errors.ts";
import { systemClock } from "../kernel/time.ts";
import { decodeDocument } from "../kernel/xml/charset.ts";
import { loadConfig } from "../platform/config/load.ts";
import { openStore } from "../platform/store/open.ts";

/** Works on the store that the configuration names, beside a running server or without one. */
async function withModels(work: (models: Models) => Promise<void>): Promise<void> {
  const { config: file } = program.opts<{ config?: string }>();
  const config = loadConfig({ process: "nbi", environment: process.env, ...(file === undefined ? {} : { file }) });
  const store = openStore({
    dataDir: config.dataDir,
    mongodbUrl: config["store.mongodbUrl"],
    database: config["store.mongodbDatabase"],
  });
  await store.start();
  try {
    const { models } = createModels({
      store,
      clock: systemClock,
      parameters: () => ({ read: () => Promise.resolve([]) }),
    });
    await work(models);
  } finally {
    await store.stop();
  }
}

const line = ({ id, source, counts, file }: ModelInfo): string =>
  `${id.padEnd(34)} ${source.padEnd(9)} ${String(counts.objects).padStart(5)} objects ${String(counts.parameters).padStart(6)} parameters  ${file}`;

const marks = { added: "+", removed: "-", changed: "~" } as const;
const shown = (fact: unknown): string => (fact === undefined ? "(none)" : JSON.stringify(fact));

const notAtHand = (id: string): StewardError => new StewardError("resource.notFound", `there is no model ${id}`);

async function existing(models: Models, id: string): Promise<DataModel> {
  const model = await models.get(id);
  if (model === undefined) throw notAtHand(id);
  return model;
}

const program = new Command("models")
  .description("The data models that parameters are typed and validated by")
  .option("--config <file>", "JSON file with settings; the environment (STEWARD_…) overrides it");

program
  .command("list")
  .description("the models at hand")
  .action(() =>
    withModels(async (models) => {
      for (const info of await models.list()) console.log(line(info));
    }),
  );

program
  .command("import")
  .description(
    "take in documents (data model or device type), all or none; what they import must be among them or at hand",
  )
  .argument("<files...>")
  .action((paths: string[]) =>
    withModels(async (models) => {
      const files = paths.map((path) => ({ name: basename(path), text: decodeDocument(readFileSync(path)).text }));
      for (const info of await models.import(files, "command line")) console.log(`imported ${line(info)}`);
    }),
  );

program
  .command("diff")
  .description("what one model adds, removes and changes of another")
  .argument("<from>", "e.g. Device:2.17")
  .argument("<to>", "e.g. Device:2.19")
  .action((from: string, to: string) =>
    withModels(async (models) => {
      const [before, after] = [await existing(models, from), await existing(models, to)];
      for (const { path, kind, facts = {} } of diffModels(before, after)) {
        const words = Object.entries(facts).map(
          ([name, { from: was, to: is }]) => `${name}: ${shown(was)} → ${shown(is)}`,
        );
        console.log(`${marks[kind]} ${path}${words.length > 0 ? `  ${words.join(", ")}` : ""}`);
      }
    }),
  );

program
  .command("remove")
  .description("remove imported models")
  .argument("<ids...>")
  .action((ids: string[]) =>
    withModels(async (models) => {
      for (const id of ids) {
        if (!(await models.remove(id))) throw notAtHand(id);
        console.log(`removed ${id}`);
      }
    }),
  );

// The reader of a pipe may go before the end, as `head` does.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});
try {
  await program.parseAsync();
} catch (error) {
  const { code, message } = asStewardError(error);
  const isPlain = error instanceof ModelDocumentError || code === "internal";
  console.error(isPlain ? message : `${message} (${code})`);
  process.exitCode = 1;
}
