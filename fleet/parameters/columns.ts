import { type ParameterType, parameterTypes } from "../../kernel/value.ts";
import type { ValueSource } from "./model.ts";

/** Places in these lists are stored: only ever append. */
const types: readonly ParameterType[] = parameterTypes;
const sources: readonly ValueSource[] = ["inform", "read", "discover", "written"];

export const NO_TYPE = -1;
export const typeCode = (type: ParameterType | undefined): number =>
  type === undefined ? NO_TYPE : types.indexOf(type);
export const typeOf = (code: number): ParameterType | undefined => types[code];
export const sourceCode = (source: ValueSource): number => sources.indexOf(source);
export const sourceOf = (code: number): ValueSource => sources[code] ?? "read";

const letters = Object.fromEntries(types.map((type, i) => [type, String.fromCharCode(97 + i)])) as Record<
  ParameterType,
  string
>;

/** Types of many rows as text: a letter each, `-` for none. */
export const typeLetter = (type: ParameterType | undefined): string => (type === undefined ? "-" : letters[type]);
export const typeOfLetter = (column: string, row: number): ParameterType | undefined =>
  types[column.charCodeAt(row) - 97];

/** Three states of a flag as text. */
export const flagLetter = (flag: boolean | undefined): string => (flag === undefined ? "-" : flag ? "1" : "0");
export const flagOfLetter = (column: string, row: number): boolean | undefined => {
  const letter = column[row];
  return letter === "1" ? true : letter === "0" ? false : undefined;
};

const twoDigits = Array.from({ length: 36 * 36 }, (_, n) => n.toString(36).padStart(2, "0"));

/** Front coding: two base-36 digits say how many characters a path shares with the one before. */
export function frontCode(paths: readonly string[]): string[] {
  let before = "";
  return paths.map((path) => {
    const limit = Math.min(before.length, path.length, 1295);
    let shared = 0;
    while (shared < limit && before.charCodeAt(shared) === path.charCodeAt(shared)) shared += 1;
    before = path;
    return twoDigits[shared]! + path.slice(shared);
  });
}

const digitOf = (code: number): number => (code > 57 ? code - 87 : code - 48);

export function frontDecode(coded: readonly string[]): string[] {
  let before = "";
  return coded.map((text) => {
    const shared = digitOf(text.charCodeAt(0)) * 36 + digitOf(text.charCodeAt(1));
    before = before.slice(0, shared) + text.slice(2);
    return before;
  });
}
