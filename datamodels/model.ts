import type { ModelFacts, ObjectFact, ParameterFact, ProfileFact, Status, SyntaxFact } from "./facts.ts";
import { compareVersions } from "./load/version.ts";
import {
  accesses,
  notifies,
  type PackedModel,
  type PackedObject,
  type PackedProfile,
  parameterFlags,
  statuses,
} from "./packed.ts";

export interface ModelParameter extends ParameterFact {
  /** Generic, e.g. `Device.WiFi.SSID.{i}.SSID`. */
  readonly path: string;
  readonly object: ModelObject;
}

/** An object of a model. Its parameters are unpacked when first asked for. */
export class ModelObject {
  readonly path: string;
  readonly #packed: PackedObject;
  readonly #syntaxes: readonly SyntaxFact[];
  #parameters: ReadonlyMap<string, ModelParameter> | undefined;

  constructor(packed: PackedObject, syntaxes: readonly SyntaxFact[]) {
    this.path = packed.path;
    this.#packed = packed;
    this.#syntaxes = syntaxes;
  }

  get access(): ObjectFact["access"] {
    return this.#packed.access ?? "readOnly";
  }
  get minEntries(): number {
    return this.#packed.min ?? 1;
  }
  /** `undefined`: unbounded. */
  get maxEntries(): number | undefined {
    const max = this.#packed.max ?? 1;
    return max === 0 ? undefined : max;
  }
  /** Whether it has rows with instance numbers. */
  get isTable(): boolean {
    return this.path.endsWith(".{i}.");
  }
  get numEntriesParameter(): string | undefined {
    return this.#packed.count;
  }
  get enableParameter(): string | undefined {
    return this.#packed.enable;
  }
  get discriminatorParameter(): string | undefined {
    return this.#packed.discriminator;
  }
  get uniqueKeys(): ObjectFact["uniqueKeys"] {
    return this.#packed.keys ?? [];
  }
  get status(): Status {
    return (this.#packed.status as Status | undefined) ?? "current";
  }
  get version(): string | undefined {
    return this.#packed.version;
  }
  get description(): string | undefined {
    return this.#packed.text;
  }
  get parameterCount(): number {
    return this.#packed.parameters.length / 3;
  }

  get parameters(): ReadonlyMap<string, ModelParameter> {
    this.#parameters ??= this.#unpack();
    return this.#parameters;
  }

  #unpack(): Map<string, ModelParameter> {
    const { parameters } = this.#packed;
    const unpacked = new Map<string, ModelParameter>();
    for (let i = 0; i < parameters.length; i += 3) {
      const name = parameters[i] as string;
      unpacked.set(name, this.#parameter(name, parameters[i + 1] as number, parameters[i + 2] as number));
    }
    return unpacked;
  }

  #parameter(name: string, flags: number, syntax: number): ModelParameter {
    const packed = this.#packed;
    const notify = notifies[(flags >> parameterFlags.notify) & 7] ?? "normal";
    const status = statuses[(flags >> parameterFlags.status) & 3] ?? "current";
    const version = packed.versions?.[name] ?? packed.version;
    const description = packed.texts?.[name];
    return {
      name,
      path: this.path + name,
      object: this,
      access: accesses[(flags >> parameterFlags.access) & 3] ?? "readOnly",
      syntax: this.#syntaxes[syntax]!,
      ...(notify === "normal" ? {} : { activeNotify: notify }),
      ...(status === "current" ? {} : { status }),
      ...((flags >> parameterFlags.forcedInform) & 1 ? { forcedInform: true } : {}),
      ...(version === undefined ? {} : { version }),
      ...(description === undefined ? {} : { description }),
    };
  }
}

/** A data model, ready to be asked. Paths are generic; `ModelSet` knows concrete ones. */
export class DataModel {
  readonly name: string;
  /** `Device` of `Device:2.17`. */
  readonly family: string;
  /** `2.17`. */
  readonly version: string;
  readonly isService: boolean;
  readonly spec: string;
  readonly base: string | undefined;
  readonly deviceType: ModelFacts["deviceType"];
  readonly #packed: PackedModel;
  readonly #objects = new Map<string, ModelObject>();

  constructor(packed: PackedModel) {
    this.name = packed.name;
    const colon = packed.name.indexOf(":");
    this.family = packed.name.slice(0, colon);
    this.version = packed.name.slice(colon + 1);
    this.isService = packed.isService ?? false;
    this.spec = packed.spec;
    this.base = packed.base;
    this.deviceType = packed.deviceType;
    this.#packed = packed;
    for (const object of packed.objects) this.#objects.set(object.path, new ModelObject(object, packed.syntaxes));
  }

  /** The name of its topmost object, without dot: `Device`, `VoiceService`. */
  get rootName(): string {
    for (const path of this.#objects.keys()) if (path !== "") return path.slice(0, path.indexOf("."));
    return this.family;
  }

  get objects(): IterableIterator<ModelObject> {
    return this.#objects.values();
  }

  object(path: string): ModelObject | undefined {
    return this.#objects.get(path);
  }

  parameter(path: string): ModelParameter | undefined {
    const dot = path.lastIndexOf(".");
    return this.#objects.get(path.slice(0, dot + 1))?.parameters.get(path.slice(dot + 1));
  }

  dataType(name: string): SyntaxFact | undefined {
    const place = this.#packed.dataTypes[name];
    return place === undefined ? undefined : this.#packed.syntaxes[place];
  }

  get profiles(): ProfileFact[] {
    return this.#packed.profiles.map(unpackProfile);
  }

  get counts(): { objects: number; parameters: number; tables: number; profiles: number } {
    const objects = [...this.#objects.values()].filter((object) => object.path !== "");
    return {
      objects: objects.length,
      parameters: objects.reduce((sum, object) => sum + object.parameterCount, 0),
      tables: objects.filter((object) => object.isTable).length,
      profiles: this.#packed.profiles.length,
    };
  }

  /** As the loader made it, for building other models on it. */
  facts(): ModelFacts {
    const { syntaxes, dataTypes, name, spec, file, base, deviceType } = this.#packed;
    return {
      name,
      isService: this.isService,
      spec,
      file,
      ...(base === undefined ? {} : { base }),
      ...(deviceType === undefined ? {} : { deviceType }),
      dataTypes: Object.fromEntries(Object.entries(dataTypes).map(([type, place]) => [type, syntaxes[place]!])),
      objects: [...this.#objects.values()].map(objectFacts),
      profiles: this.profiles,
    };
  }
}

function objectFacts(object: ModelObject): ObjectFact {
  const { path, access, minEntries, maxEntries, uniqueKeys, status, version, description } = object;
  const { numEntriesParameter, enableParameter, discriminatorParameter } = object;
  return {
    path,
    access,
    minEntries,
    uniqueKeys,
    ...(maxEntries === undefined ? {} : { maxEntries }),
    ...(numEntriesParameter === undefined ? {} : { numEntriesParameter }),
    ...(enableParameter === undefined ? {} : { enableParameter }),
    ...(discriminatorParameter === undefined ? {} : { discriminatorParameter }),
    ...(status === "current" ? {} : { status }),
    ...(version === undefined ? {} : { version }),
    ...(description === undefined ? {} : { description }),
    parameters: [...object.parameters.values()].map(({ path: _path, object: _object, ...fact }) => fact),
  };
}

const unpackProfile = ({ objects, ...profile }: PackedProfile): ProfileFact => ({
  ...profile,
  objects: objects.map(([path, requirement, ...parameters]) => ({
    path: path!,
    requirement: requirement!,
    parameters: parameters.map((text) => {
      const mark = text.indexOf("!");
      return mark < 0 ? [text] : [text.slice(0, mark), text.slice(mark + 1)];
    }),
  })),
});

/** Newest first. */
export const compareModelVersions = (a: { version: string }, b: { version: string }): number =>
  compareVersions(b.version, a.version);
