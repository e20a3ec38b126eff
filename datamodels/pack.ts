import type { ModelFacts, ObjectFact, ParameterFact, ProfileFact, SyntaxFact } from "./facts.ts";
import {
  accesses,
  notifies,
  type PackedModel,
  type PackedObject,
  type PackedProfile,
  parameterFlags,
  statuses,
} from "./packed.ts";

/** Without `prose`, descriptions stay behind. */
export function packModel(facts: ModelFacts, options: { prose: boolean }): PackedModel {
  const dictionary = new Dictionary();
  const objects = facts.objects.map((object) => packObject(object, dictionary, options.prose));
  const dataTypes = Object.fromEntries(
    Object.entries(facts.dataTypes).map(([name, syntax]) => [name, dictionary.place(syntax)]),
  );
  return compact<PackedModel>({
    format: 1,
    name: facts.name,
    isService: facts.isService ? true : undefined,
    spec: facts.spec,
    file: facts.file,
    base: facts.base,
    deviceType: facts.deviceType,
    syntaxes: dictionary.syntaxes,
    dataTypes,
    objects,
    profiles: facts.profiles.map(packProfile),
  });
}

class Dictionary {
  readonly syntaxes: SyntaxFact[] = [];
  readonly #places = new Map<string, number>();

  place(syntax: SyntaxFact): number {
    const key = JSON.stringify(syntax);
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const place = this.syntaxes.push(syntax) - 1;
    this.#places.set(key, place);
    return place;
  }
}

function packObject(object: ObjectFact, dictionary: Dictionary, prose: boolean): PackedObject {
  const described = prose ? object.parameters.filter((parameter) => parameter.description !== undefined) : [];
  const versioned = object.parameters.filter(({ version }) => version !== undefined && version !== object.version);
  return compact<PackedObject>({
    path: object.path,
    access: object.access === "readOnly" ? undefined : object.access,
    min: object.minEntries === 1 ? undefined : object.minEntries,
    max: object.maxEntries === 1 ? undefined : (object.maxEntries ?? 0),
    count: object.numEntriesParameter,
    enable: object.enableParameter,
    discriminator: object.discriminatorParameter,
    keys: object.uniqueKeys.length > 0 ? object.uniqueKeys : undefined,
    status: object.status,
    version: object.version,
    text: prose ? object.description : undefined,
    parameters: object.parameters.flatMap((parameter) => [
      parameter.name,
      packFlags(parameter),
      dictionary.place(parameter.syntax),
    ]),
    versions:
      versioned.length > 0 ? Object.fromEntries(versioned.map(({ name, version }) => [name, version!])) : undefined,
    texts:
      described.length > 0
        ? Object.fromEntries(described.map(({ name, description }) => [name, description!]))
        : undefined,
  });
}

const packFlags = ({ access, activeNotify, status, forcedInform }: ParameterFact): number =>
  (accesses.indexOf(access) << parameterFlags.access) |
  (notifies.indexOf(activeNotify ?? "normal") << parameterFlags.notify) |
  (statuses.indexOf(status ?? "current") << parameterFlags.status) |
  (Number(forcedInform ?? false) << parameterFlags.forcedInform);

const packProfile = ({ objects, ...profile }: ProfileFact): PackedProfile => ({
  ...profile,
  objects: objects.map(({ path, requirement, parameters }) => [
    path,
    requirement,
    ...parameters.map(([name, required]) => (required === undefined ? name : `${name}!${required}`)),
  ]),
});

function compact<T extends object>(value: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;
}
