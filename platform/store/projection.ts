import { splitPath } from "./paths.ts";
import type { Projection } from "./port.ts";
import { isPlainObject } from "./values.ts";

type Fields = Record<string, unknown>;
/** What is wanted (or not) below a field; `true`: the whole field. */
interface Tree {
  [name: string]: Tree | true;
}

function treeOf(projection: Projection): Tree {
  const tree: Tree = {};
  for (const path of Object.keys(projection)) {
    const parts = splitPath(path);
    let node = tree;
    for (const part of parts.slice(0, -1)) {
      const next = node[part] ?? {};
      if (next === true) break;
      node[part] = next;
      node = next;
    }
    node[parts.at(-1)!] = true;
  }
  return tree;
}

/** Shapes documents as MongoDB does: named fields only (with `_id`, unless it is 0), or all but the named ones. */
export function compileProjection(projection: Projection | undefined): (document: Fields) => Fields {
  if (projection === undefined) return (document) => document;
  const { _id: id, ...fields } = projection;
  const names = Object.keys(fields);
  if (names.length === 0 && id === undefined) return (document) => document;
  const including = names.length > 0 ? fields[names[0]!] === 1 : id === 1;
  const tree = treeOf(fields);
  if (including) {
    if (id !== 0) tree._id = true;
    return (document) => include(document, tree);
  }
  if (id === 0) tree._id = true;
  return (document) => exclude(document, tree);
}

function include(document: Fields, tree: Tree): Fields {
  const kept: Fields = {};
  for (const name of Object.keys(document)) {
    const wanted = tree[name];
    if (wanted === true) kept[name] = document[name];
    else if (wanted !== undefined) {
      const value = includeBelow(document[name], wanted);
      if (value !== undefined) kept[name] = value;
    }
  }
  return kept;
}

function includeBelow(value: unknown, tree: Tree): unknown {
  if (Array.isArray(value)) return value.map((item) => includeBelow(item, tree)).filter((item) => item !== undefined);
  return isPlainObject(value) ? include(value, tree) : undefined;
}

function exclude(document: Fields, tree: Tree): Fields {
  const kept: Fields = {};
  for (const name of Object.keys(document)) {
    const unwanted = tree[name];
    if (unwanted === undefined) kept[name] = document[name];
    else if (unwanted !== true) kept[name] = excludeBelow(document[name], unwanted);
  }
  return kept;
}

function excludeBelow(value: unknown, tree: Tree): unknown {
  if (Array.isArray(value)) return value.map((item) => excludeBelow(item, tree));
  return isPlainObject(value) ? exclude(value, tree) : value;
}
