import { nbiPart } from "./nbi-part.ts";
import { runProcess } from "./run-process.ts";

await runProcess("nbi", [nbiPart]);
