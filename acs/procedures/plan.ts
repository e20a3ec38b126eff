import { isObjectPath, type ParameterPath, parentPath } from "../../kernel/path.ts";

export interface ReadPlan {
  /** Groups of partial paths that together hold at most the given number of parameters. */
  groups: ParameterPath[][];
  /** Parameters that are asked for by name, since their object as a whole holds too many. */
  names: ParameterPath[];
}

const PATHS_PER_GROUP = 64;

/** How to read all of `names` in few messages of bounded size. Each name is looked at once per level of its path. */
export function planReads(names: readonly ParameterPath[], base: ParameterPath, parametersPerRead: number): ReadPlan {
  const tree = countTree(names, base);
  const plan: ReadPlan = { groups: [], names: [] };
  let group: ParameterPath[] = [];
  let weight = 0;
  const open: ParameterPath[] = [base];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const node = tree.get(path);
    if (!node) continue;
    if (node.count > parametersPerRead) {
      for (const name of node.parameters) plan.names.push(name);
      for (const child of node.children.reverse()) open.push(child);
      continue;
    }
    if (group.length > 0 && (weight + node.count > parametersPerRead || group.length >= PATHS_PER_GROUP)) {
      plan.groups.push(group);
      group = [];
      weight = 0;
    }
    group.push(path);
    weight += node.count;
  }
  if (group.length > 0) plan.groups.push(group);
  return plan;
}

interface Node {
  count: number;
  parameters: ParameterPath[];
  children: ParameterPath[];
}

/** Objects without a parameter below them are not in the tree. */
function countTree(names: readonly ParameterPath[], base: ParameterPath): Map<ParameterPath, Node> {
  const tree = new Map<ParameterPath, Node>();
  for (const name of names) {
    if (isObjectPath(name) || !name.startsWith(base)) continue;
    let child: ParameterPath = name;
    let childIsNew = false;
    while (child.length > base.length) {
      const path = parentPath(child);
      const known = tree.get(path);
      const node = known ?? { count: 0, parameters: [], children: [] };
      if (!known) tree.set(path, node);
      node.count += 1;
      if (child === name) node.parameters.push(name);
      else if (childIsNew) node.children.push(child);
      child = path;
      childIsNew = known === undefined;
    }
  }
  return tree;
}
