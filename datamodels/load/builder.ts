import type {
  DeviceTypeFacts,
  ModelFacts,
  ObjectFact,
  ParameterFact,
  ProfileFact,
  SyntaxFact,
  UniqueKeyFact,
} from "../facts.ts";

/** An object while its model is put together. */
export interface ObjectDraft extends Omit<ObjectFact, "parameters" | "uniqueKeys" | "path"> {
  uniqueKeys: UniqueKeyFact[];
  parameters: Map<string, ParameterFact>;
}

/** A model while components, bases and refinements are applied to it. */
export class ModelBuilder {
  readonly objects = new Map<string, ObjectDraft>();
  readonly profiles = new Map<string, ProfileFact>();
  readonly dataTypes: Record<string, SyntaxFact> = {};

  /** Starts from what another model says. */
  extend(base: ModelFacts): void {
    for (const { path, parameters, uniqueKeys, ...object } of base.objects) {
      const named = new Map(parameters.map((parameter) => [parameter.name, parameter]));
      this.objects.set(path, { ...object, uniqueKeys: [...uniqueKeys], parameters: named });
    }
    for (const profile of base.profiles) this.profiles.set(profile.name, profile);
    Object.assign(this.dataTypes, base.dataTypes);
  }

  /** The pseudo-object that holds the parameters of the model's root. */
  root(): ObjectDraft {
    const present = this.objects.get("");
    if (present) return present;
    const draft: ObjectDraft = {
      access: "readOnly",
      minEntries: 1,
      maxEntries: 1,
      uniqueKeys: [],
      parameters: new Map(),
    };
    this.objects.set("", draft);
    return draft;
  }

  build(
    head: Pick<ModelFacts, "name" | "isService" | "spec" | "file"> & { base?: string; deviceType?: DeviceTypeFacts },
  ): ModelFacts {
    const objects = [...this.objects].map(
      ([path, { parameters, ...object }]): ObjectFact => ({ path, ...object, parameters: [...parameters.values()] }),
    );
    return { ...head, dataTypes: this.dataTypes, objects, profiles: [...this.profiles.values()] };
  }
}
