import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "@jest/globals";
import type { ModelFile } from "../../../datamodels/load/loader.ts";

/** The Broadband Forum's XML, where a checkout stands beside it. It is no part of the repository. */
const folder = new URL("../../../../shared/datamodels/", import.meta.url).pathname;
export const hasPublishedXml = existsSync(folder);
if (!hasPublishedXml) console.log(`The published XML is not at ${folder}: what needs it is skipped.`);

/** A test that needs the published files; it may take long on a busy machine. */
export const itWithXml = (title: string, test: () => void): void =>
  (hasPublishedXml ? it : it.skip)(title, test, 60_000);

export const publishedFile = (name: string): ModelFile => ({
  name,
  text: readFileSync(join(folder, "full", name), "utf8"),
});

export const publishedParts = (): ModelFile[] =>
  readdirSync(join(folder, "modular")).map((name) => ({
    name,
    text: readFileSync(join(folder, "modular", name), "utf8"),
  }));
