import { nearest } from "./nearest.ts";
import type { RawSetting } from "./setting.ts";

export type FileEntry =
  | { key: string; value: RawSetting; problem?: undefined }
  | { key: string; value?: undefined; problem: string };

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isScalar = (value: unknown): value is string | number | boolean =>
  ["string", "number", "boolean"].includes(typeof value);

/** The engine's own message would show a piece of the file, and with it perhaps of a secret. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const position = /position \d+/.exec(String(error))?.[0];
    throw new Error(position ? `not JSON, at ${position}` : "not JSON");
  }
}

/**
 * The settings of a configuration file: JSON, nested (`{"acs": {"listen": …}}`), flat (`{"acs.listen": …}`) or mixed.
 * `null` leaves the default. Throws when the text is not a JSON object.
 */
export function flattenFile(json: string, keys: readonly string[]): FileEntry[] {
  const whole = parseJson(json);
  if (!isObject(whole)) throw new Error("a JSON object is expected");
  const found: FileEntry[] = [];
  walk(whole, "", keys, found);
  return found;
}

function walk(node: Record<string, unknown>, prefix: string, keys: readonly string[], found: FileEntry[]): void {
  for (const [name, value] of Object.entries(node)) {
    const key = prefix + name;
    if (value === null) continue;
    if (keys.includes(key)) found.push(entry(key, value));
    else if (isObject(value) && keys.some((known) => known.startsWith(`${key}.`))) walk(value, `${key}.`, keys, found);
    else {
      const meant = nearest(key, keys);
      found.push({ key, problem: `${key} is not a setting${meant ? `; did you mean ${meant}?` : ""}` });
    }
  }
}

function entry(key: string, value: unknown): FileEntry {
  if (isScalar(value)) return { key, value: String(value) };
  if (Array.isArray(value) && value.every(isScalar)) return { key, value: value.map(String) };
  return { key, problem: `${key} is neither text, number, boolean nor a list of these` };
}
