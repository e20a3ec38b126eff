/** A full parameter name (`Device.WiFi.SSID.1.SSID`) or, with its last dot, an object or partial path (`Device.WiFi.`). */
export type ParameterPath = string;

/** Names of at most 256 characters, elements of letters, digits, `_`, `-`, `:` and blanks seen in the field, or `[alias]`. */
const ELEMENT = /^(?:[\p{L}_0-9][^.[\]*]*|\[[^.[\]]{1,64}\])$/u;
export const MAX_PATH_LENGTH = 256;

export const isObjectPath = (path: ParameterPath): boolean => path.endsWith(".");

export const isInstanceElement = (element: string): boolean => /^[1-9]\d{0,9}$/.test(element);

/** True when every element has a legal form; `""` is legal (the whole tree). */
export function isWellFormedPath(path: ParameterPath): boolean {
  if (path === "") return true;
  if (path.length > MAX_PATH_LENGTH) return false;
  const elements = (isObjectPath(path) ? path.slice(0, -1) : path).split(".");
  return elements.every((element) => element === "*" || ELEMENT.test(element));
}

/** The object that holds `path`: `A.B.` for `A.B.c` and for `A.B.C.`; `""` for a root. */
export function parentPath(path: ParameterPath): ParameterPath {
  const end = path.lastIndexOf(".", path.length - 2);
  return end < 0 ? "" : path.slice(0, end + 1);
}

/** The last element, without a dot. */
export function leafName(path: ParameterPath): string {
  const whole = isObjectPath(path) ? path.slice(0, -1) : path;
  return whole.slice(whole.lastIndexOf(".") + 1);
}

/** `Device.WiFi.SSID.{i}.SSID` for `Device.WiFi.SSID.3.SSID`: the name that the data model uses. */
export const genericPath = (path: ParameterPath): string => path.replace(/\.(?:\d+|\[[^\]]+\]|\*)(?=\.)/g, ".{i}");

/**
 * Whether `path` is named by `selector`: the same name, anything below a partial path (last dot), everything for `""`;
 * `*` stands for one element.
 */
export function matchesPath(selector: ParameterPath, path: ParameterPath): boolean {
  if (!selector.includes("*"))
    return isObjectPath(selector) || selector === "" ? path.startsWith(selector) : path === selector;
  const wanted = selector.split(".");
  const given = path.split(".");
  const partial = isObjectPath(selector);
  const count = partial ? wanted.length - 1 : wanted.length;
  if (partial ? given.length < count : given.length !== count) return false;
  for (let i = 0; i < count; i++) if (wanted[i] === "*" ? given[i] === "" : wanted[i] !== given[i]) return false;
  return true;
}

/** Order of a tree: element by element, instance numbers by their number. */
export function comparePaths(a: ParameterPath, b: ParameterPath): number {
  const left = a.split(".");
  const right = b.split(".");
  const shared = Math.min(left.length, right.length);
  for (let i = 0; i < shared; i++) {
    const x = left[i]!;
    const y = right[i]!;
    if (x === y) continue;
    if (isInstanceElement(x) && isInstanceElement(y)) return Number(x) - Number(y);
    return x < y ? -1 : 1;
  }
  return left.length - right.length;
}
