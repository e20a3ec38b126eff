import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { Command } from "commander";
import { ModelDocumentError } from "../datamodels/errors.ts";
import { createModels, type ModelInfo, type Models } from "../fleet/models/index.ts";
import { asStewardError } from "../kernel/errors.ts";
import { systemClock } from "../kernel/time.ts";
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
      const files = paths.map((path) => ({ name: basename(path), text: readFileSync(path, "utf8") }));
      for (const info of await models.import(files, "command line")) console.log(`imported ${line(info)}`);
    }),
  );

program
  .command("remove")
  .description("remove imported models")
  .argument("<ids...>")
  .action((ids: string[]) =>
    withModels(async (models) => {
      for (const id of ids) {
        console.log((await models.remove(id)) ? `removed ${id}` : `there is no model ${id}`);
      }
    }),
  );

try {
  await program.parseAsync();
} catch (error) {
  const { code, message } = asStewardError(error);
  console.error(error instanceof ModelDocumentError ? message : `${message} (${code})`);
  process.exitCode = 1;
}
