import { Worker, type WorkerOptions } from "node:worker_threads";
import { ModelDocumentError } from "../../datamodels/errors.ts";
import { StewardError } from "../../kernel/errors.ts";
import { type Duration, minutes } from "../../kernel/time.ts";
import type { PreparedModel, PrepareImport } from "./prepare-import.ts";

export interface ThreadLimits {
  /** MiB of heap; the largest published model needs 64. */
  readonly heap: number;
  readonly time: Duration;
}

type Answer = { models: PreparedModel[] } | { refused: { file: string; line: number; rule: string; reason: string } };

/** The thread's body lies beside this module: compiled, or as source, which a thread only reads once it has tsx of its own. */
function startThread(options: WorkerOptions): Worker {
  if (!import.meta.url.endsWith(".ts")) return new Worker(new URL("./import-worker.js", import.meta.url), options);
  const [tsx, body] = [import.meta.resolve("tsx/esm/api"), import.meta.resolve("./import-worker.ts")].map((url) =>
    JSON.stringify(url),
  );
  const script = `import(${tsx}).then(({ register }) => (register(), import(${body}))).catch((e) => setImmediate(() => { throw e }))`;
  return new Worker(script, { ...options, eval: true });
}

/**
 * Prepares an import in a thread of its own: whoever shares the process (CPE sessions, in the all-in-one) does not wait for
 * it, and what it needs of memory and time is bounded.
 */
export const prepareInThread =
  ({ heap, time }: ThreadLimits = { heap: 512, time: minutes(2) }): PrepareImport =>
  (files, sources) =>
    new Promise((resolve, reject) => {
      const worker = startThread({
        workerData: { files, sources },
        execArgv: [],
        resourceLimits: { maxOldGenerationSizeMb: heap },
      });
      const overdue = setTimeout(() => {
        reject(new StewardError("body.tooLarge", `the documents take longer than ${time} ms to read`));
        void worker.terminate();
      }, time);
      worker.once("message", (answer: Answer) => {
        if ("models" in answer) resolve(answer.models);
        else {
          const { file, line, rule, reason } = answer.refused;
          reject(new ModelDocumentError(file, line, rule, reason));
        }
      });
      worker.once("error", (error: NodeJS.ErrnoException) => {
        reject(
          error.code === "ERR_WORKER_OUT_OF_MEMORY"
            ? new StewardError("body.tooLarge", `the documents take more than ${heap} MiB to read`)
            : error,
        );
      });
      worker.once("exit", () => {
        clearTimeout(overdue);
        reject(new StewardError("internal", "the import ended without a word"));
      });
    });
