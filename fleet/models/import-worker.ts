import { parentPort, workerData } from "node:worker_threads";
import { ModelDocumentError } from "../../datamodels/errors.ts";
import type { ModelFile } from "../../datamodels/load/loader.ts";
import { type KnownSource, prepareImport } from "./prepare-import.ts";

/** The body of the thread that `import-thread.ts` starts: one import, then it ends. */
const { files, sources } = workerData as { files: readonly ModelFile[]; sources: readonly KnownSource[] };
try {
  parentPort?.postMessage({ models: prepareImport(files, sources) });
} catch (error) {
  if (!(error instanceof ModelDocumentError)) throw error;
  const { file, line, rule, reason } = error;
  parentPort?.postMessage({ refused: { file, line, rule, reason } });
}
