import type { DataModel, ModelObject, ModelParameter } from "./model.ts";

export interface ModelChange {
  readonly path: string;
  readonly kind: "added" | "removed" | "changed";
  /** For `changed`: each fact that differs, with its value in both. */
  readonly facts?: Readonly<Record<string, { readonly from?: unknown; readonly to?: unknown }>>;
}

/** Objects and parameters that differ between two models, in the order of the trees, removed ones last. */
export function diffModels(from: DataModel, to: DataModel): ModelChange[] {
  const changes: ModelChange[] = [];
  for (const object of to.objects) {
    const before = from.object(object.path);
    if (object.path !== "") pushChange(changes, object.path, before && objectFacts(before), objectFacts(object));
    for (const parameter of object.parameters.values()) {
      const earlier = before?.parameters.get(parameter.name);
      pushChange(changes, parameter.path, earlier && parameterFacts(earlier), parameterFacts(parameter));
    }
  }
  for (const object of from.objects) {
    const after = to.object(object.path);
    if (!after && object.path !== "") changes.push({ path: object.path, kind: "removed" });
    for (const { name, path } of object.parameters.values()) {
      if (!after?.parameters.has(name)) changes.push({ path, kind: "removed" });
    }
  }
  return changes;
}

type Facts = Readonly<Record<string, unknown>>;

function pushChange(changes: ModelChange[], path: string, from: Facts | undefined, to: Facts): void {
  if (!from) {
    changes.push({ path, kind: "added" });
    return;
  }
  const facts: Record<string, { from?: unknown; to?: unknown }> = {};
  for (const name of new Set([...Object.keys(from), ...Object.keys(to)])) {
    if (JSON.stringify(from[name]) === JSON.stringify(to[name])) continue;
    facts[name] = {
      ...(from[name] === undefined ? {} : { from: from[name] }),
      ...(to[name] === undefined ? {} : { to: to[name] }),
    };
  }
  if (Object.keys(facts).length > 0) changes.push({ path, kind: "changed", facts });
}

const objectFacts = (object: ModelObject): Facts => ({
  access: object.access,
  minEntries: object.minEntries,
  maxEntries: object.maxEntries,
  numEntriesParameter: object.numEntriesParameter,
  enableParameter: object.enableParameter,
  uniqueKeys: object.uniqueKeys,
  status: object.status,
});

const parameterFacts = ({ access, status = "current", activeNotify, forcedInform, syntax }: ModelParameter): Facts => ({
  access,
  status,
  activeNotify,
  forcedInform,
  ...syntax,
});
