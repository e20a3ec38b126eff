import { readFileSync } from "node:fs";
import { StewardError } from "../../kernel/errors.ts";
import { checkTogether } from "./checks.ts";
import { flattenFile } from "./file.ts";
import { nearest } from "./nearest.ts";
import type { ProcessName, RawSetting, Setting } from "./setting.ts";
import { type Config, settings } from "./table.ts";

export interface ConfigSources {
  process: ProcessName;
  /** The environment; names that do not start with `STEWARD_` are not ours. */
  environment: Readonly<Record<string, string | undefined>>;
  /** The file of `--config`; by default that of `STEWARD_CONFIG`. */
  file?: string;
  /** Reads a file as text, or throws. */
  readFile?: (path: string) => string;
}

const entries = Object.entries(settings) as [keyof Config, Setting][];
const byName = new Map(entries.flatMap(([key, setting]) => namesOf(setting).map((name) => [name, key])));
const keys: readonly string[] = entries.map(([key]) => key);
/** Names beside the table: where the file is, and what belongs to the test suites. */
const isForeign = (name: string): boolean => name === "STEWARD_CONFIG" || name.startsWith("STEWARD_TEST_");

function namesOf(setting: Setting): string[] {
  return setting.secret ? [setting.name, `${setting.name}_FILE`] : [setting.name];
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * Defaults, then the file, then the environment (an empty variable counts as absent). Every mistake is found before
 * `StewardError("configuration.invalid")` is thrown, with `details.mistakes` as a list of texts that carry no secret.
 */
export function loadConfig(sources: ConfigSources): Config {
  const readFile = sources.readFile ?? ((path: string) => readFileSync(path, "utf8"));
  const mistakes: string[] = [];
  const raw = new Map<string, { value: RawSetting; from: string }>();
  for (const [key, setting] of entries) {
    if (setting.default !== undefined) raw.set(key, { value: setting.default, from: setting.name });
  }
  const file = sources.file ?? (sources.environment["STEWARD_CONFIG"] || undefined);
  const isFileRead = !file || readConfigFile(file, readFile, raw, mistakes);
  readEnvironment(sources.environment, readFile, raw, mistakes);
  const unread = new Set<string>();
  const config = parseAll(raw, mistakes, unread);
  if (isFileRead) mistakes.push(...checkTogether(config, sources.process, unread));
  if (mistakes.length > 0) {
    throw new StewardError(
      "configuration.invalid",
      `The configuration has mistakes:\n${mistakes.map((m) => `  - ${m}`).join("\n")}`,
      {
        details: { mistakes },
      },
    );
  }
  return config;
}

type Raw = Map<string, { value: RawSetting; from: string }>;

function readConfigFile(file: string, readFile: (path: string) => string, raw: Raw, mistakes: string[]): boolean {
  try {
    for (const { key, value, problem } of flattenFile(readFile(file), keys)) {
      if (problem === undefined) raw.set(key, { value, from: `${key} in ${file}` });
      else mistakes.push(`${file}: ${problem}`);
    }
    return true;
  } catch (error) {
    mistakes.push(`${file}: ${reasonOf(error)}`);
    return false;
  }
}

function readEnvironment(
  environment: ConfigSources["environment"],
  readFile: (path: string) => string,
  raw: Raw,
  mistakes: string[],
): void {
  for (const [name, value] of Object.entries(environment)) {
    if (!name.startsWith("STEWARD_") || isForeign(name) || value === undefined || value === "") continue;
    const key = byName.get(name);
    if (key === undefined) {
      const meant = nearest(name, [...byName.keys()]);
      mistakes.push(`${name} is not a setting${meant ? `; did you mean ${meant}?` : ""}`);
    } else if (name === settings[key].name) {
      raw.set(key, { value, from: name });
    } else if (!environment[settings[key].name]) {
      try {
        raw.set(key, { value: readFile(value).replace(/\r?\n$/, ""), from: name });
      } catch (error) {
        mistakes.push(`${name}: ${reasonOf(error)}`);
      }
    } else {
      mistakes.push(`${settings[key].name} and ${name} are both given`);
    }
  }
}

function parseAll(raw: Raw, mistakes: string[], unread: Set<string>): Config {
  const values: Record<string, unknown> = {};
  for (const [key, setting] of entries) {
    const given = raw.get(key);
    if (!given) continue;
    const parsed = setting.type.parse(given.value);
    if (parsed.ok) values[key] = parsed.value;
    else {
      mistakes.push(`${given.from}: ${parsed.problem}`);
      unread.add(key);
    }
  }
  return values as Config;
}
