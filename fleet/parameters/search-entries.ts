import { genericPath } from "../../kernel/path.ts";
import type { ParameterType } from "../../kernel/value.ts";

/** Characters of a value that take part in the index. */
const INDEXED = 200;
const SEPARATOR = "\t";

/**
 * What the device's `searchable` array holds for one value: its generic path and the value three ways, so that a plain
 * multikey index on text serves equality (`=`), text without case (`~`) and order (`#`, numbers and dates).
 */
export type EntryForm = "=" | "~" | "#";

export const entryPrefix = (path: string, form: EntryForm): string => `${path}${SEPARATOR}${form}`;

/** The first text after all that start with `prefix`. */
export const afterPrefix = (prefix: string): string =>
  prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);

export const indexedText = (value: string): string => value.slice(0, INDEXED);

/** 16 hexadecimal digits whose text order is the order of the numbers. */
export function sortableNumber(value: number): string {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value === 0 ? 0 : value);
  if (bytes[0]! & 0x80) for (let i = 0; i < 8; i++) bytes[i]! ^= 0xff;
  else bytes[0]! ^= 0x80;
  return bytes.toString("hex");
}

function numberOf(type: ParameterType | undefined, value: string): number | undefined {
  if (type === "dateTime") {
    const at = Date.parse(value);
    return Number.isNaN(at) ? undefined : at;
  }
  const text = value.trim();
  return text !== "" && text.length <= 24 && /^[+-]?\d*\.?\d+(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
}

/** The values from which the entries are made: by concrete path, so that a change knows what it replaces. */
export type SearchValues = Map<string, { type?: ParameterType; value: string }>;

export function entriesOf(values: SearchValues): string[] {
  const entries = new Set<string>();
  for (const [path, { type, value }] of values) {
    const name = genericPath(path);
    const text = indexedText(value);
    entries.add(entryPrefix(name, "=") + text);
    entries.add(entryPrefix(name, "~") + text.toLowerCase());
    const number = numberOf(type, value);
    if (number !== undefined) entries.add(entryPrefix(name, "#") + sortableNumber(number));
  }
  return [...entries].sort();
}

type Stored = [path: string, type: ParameterType | null, value: string][];

export function readSearchValues(text: string | undefined): SearchValues {
  const stored = text === undefined ? [] : (JSON.parse(text) as Stored);
  return new Map(stored.map(([path, type, value]) => [path, { ...(type !== null && { type }), value }]));
}

export const printSearchValues = (values: SearchValues): string =>
  JSON.stringify([...values].map(([path, { type, value }]) => [path, type ?? null, indexedText(value)]));
