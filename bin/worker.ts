import { runProcess } from "./run-process.ts";
import { workerPart } from "./worker-part.ts";

await runProcess("worker", [workerPart]);
