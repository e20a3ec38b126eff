import { StewardError } from "../../../kernel/errors.ts";
import { isArrayPosition } from "../paths.ts";
import { isPlainObject } from "../values.ts";

type Container = Record<string, unknown> | unknown[];

const refuse = (parts: readonly string[], reason: string): never => {
  throw new StewardError("internal", `${parts.join(".")} cannot be written: ${reason}`);
};

/** What is at the exact path (numbers are positions in arrays), `undefined` when there is nothing. */
export function readField(document: unknown, parts: readonly string[]): unknown {
  let value = document;
  for (const part of parts) {
    if (Array.isArray(value)) value = isArrayPosition(part) ? value[Number(part)] : undefined;
    else if (isPlainObject(value)) value = value[part];
    else return undefined;
  }
  return value;
}

/** Puts `value` at the exact path; documents on the way are made, arrays padded with null. */
export function writeField(document: Record<string, unknown>, parts: readonly string[], value: unknown): void {
  let node: Container = document;
  for (let i = 0; i < parts.length - 1; i++) {
    let next = Array.isArray(node) ? node[position(parts, i)] : node[parts[i]!];
    if (next === undefined) {
      next = {};
      put(node, parts, i, next);
    }
    if (!Array.isArray(next) && !isPlainObject(next)) refuse(parts, `${parts[i]} is not a document`);
    node = next as Container;
  }
  put(node, parts, parts.length - 1, value);
}

function position(parts: readonly string[], i: number): number {
  if (!isArrayPosition(parts[i]!)) refuse(parts, `${parts[i]} is not a position in an array`);
  return Number(parts[i]);
}

function put(node: Container, parts: readonly string[], i: number, value: unknown): void {
  if (!Array.isArray(node)) {
    node[parts[i]!] = value;
    return;
  }
  const index = position(parts, i);
  if (index > node.length + 1_000) refuse(parts, "the position is far behind the array's end");
  while (node.length < index) node.push(null);
  node[index] = value;
}

/** Removes what is at the exact path (an element of an array becomes null); `false` when there was nothing. */
export function removeField(document: Record<string, unknown>, parts: readonly string[]): boolean {
  const last = parts.length - 1;
  const node = readField(document, parts.slice(0, last));
  const name = parts[last]!;
  if (Array.isArray(node)) {
    if (!isArrayPosition(name) || Number(name) >= node.length || node[Number(name)] === null) return false;
    node[Number(name)] = null;
    return true;
  }
  if (!isPlainObject(node) || !(name in node)) return false;
  delete node[name];
  return true;
}
