import type { DataModel, ModelObject, ModelParameter } from "./model.ts";

/** One name of a model: an object with its last dot, or a parameter. */
export type ModelNode =
  | { readonly path: string; readonly object: ModelObject }
  | { readonly path: string; readonly parameter: ModelParameter };

/** Below `path` (all of it when empty), in document order: each object, then its parameters. */
export function* nodesBelow(model: DataModel, path: string): Generator<ModelNode> {
  for (const object of model.objects) {
    if (!object.path.startsWith(path)) continue;
    if (object.path !== "" && object.path !== path) yield { path: object.path, object };
    for (const parameter of object.parameters.values()) yield { path: parameter.path, parameter };
  }
}

/** The direct children of `path`: its parameters, then the objects within it. A table is one child, with its `{i}`. */
export function* childrenOf(model: DataModel, path: string): Generator<ModelNode> {
  for (const parameter of model.object(path)?.parameters.values() ?? []) yield { path: parameter.path, parameter };
  for (const object of model.objects) {
    if (object.path === path || object.path === "" || !object.path.startsWith(path)) continue;
    if (/^[^.]+\.(?:\{i\}\.)?$/.test(object.path.slice(path.length))) yield { path: object.path, object };
  }
}

/** Names that contain every word of `text`, whatever the case; an element that begins with the first word comes first. */
export function searchNodes(model: DataModel, text: string, limit: number): ModelNode[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  if (words.length === 0) return [];
  const hits: { node: ModelNode; rank: number }[] = [];
  for (const node of nodesBelow(model, "")) {
    const path = node.path.toLowerCase();
    if (!words.every((word) => path.includes(word))) continue;
    hits.push({ node, rank: rankOf(path, words[0]!) });
  }
  return hits
    .sort((a, b) => a.rank - b.rank || a.node.path.length - b.node.path.length)
    .slice(0, limit)
    .map(({ node }) => node);
}

function rankOf(path: string, word: string): number {
  const last = path
    .replace(/\.(?:\{i\}\.)?$/, "")
    .split(".")
    .at(-1)!;
  if (last === word) return 0;
  if (last.startsWith(word)) return 1;
  return last.includes(word) ? 2 : 3;
}
