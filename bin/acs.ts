import { acsPart } from "./acs-part.ts";
import { runProcess } from "./run-process.ts";

await runProcess("acs", [acsPart]);
