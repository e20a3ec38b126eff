import { acsPart } from "./acs-part.ts";
import { nbiPart } from "./nbi-part.ts";
import { runProcess } from "./run-process.ts";
import { workerPart } from "./worker-part.ts";

await runProcess("all", [acsPart, workerPart, nbiPart]);
