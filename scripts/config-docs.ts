import { writeFileSync } from "node:fs";
import { documentSettings } from "../platform/config/document.ts";
import { sections } from "../platform/config/table.ts";

writeFileSync(new URL("../docs/config.md", import.meta.url), documentSettings(sections));
