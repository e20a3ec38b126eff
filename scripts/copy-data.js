import { cpSync, existsSync } from "node:fs";

// Pure data that the compiler does not copy: each folder is read relative to the module beside it.
for (const folder of ["datamodels/facts", "acs/quirks", "sim/cpe/models"]) {
  if (existsSync(folder))
    cpSync(folder, `dist/${folder}`, { recursive: true, filter: (path) => !path.endsWith(".ts") });
}
