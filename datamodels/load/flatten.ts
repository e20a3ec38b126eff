import type { ModelFacts, ParameterAccess, ParameterFact, UniqueKeyFact } from "../facts.ts";
import { childNamed, childrenNamed, type XmlElement } from "../xml/element.ts";
import { ModelBuilder, type ObjectDraft } from "./builder.ts";
import { describe } from "./description.ts";
import { requiredAttribute, type SourceDocument } from "./document.ts";
import { count, defined, fail, statusOf } from "./facets.ts";
import { readProfile } from "./profile.ts";
import type { Scope } from "./scope.ts";
import { SyntaxReader } from "./syntax.ts";
import { laterVersion } from "./version.ts";

const MAX_EXPANDED = 400_000;
const MAX_NESTING = 32;
const MAX_PATH = 256;

/** Where an item is put: relative names, and the version below which nothing there can be (TR-106 A.2.4, component reference). */
interface Place {
  readonly document: SourceDocument;
  readonly prefix: string;
  readonly version: string | undefined;
  readonly depth: number;
}

/** Turns a `<model>` into facts: base model, then its items in their order, components in place. */
export class Flattener {
  readonly #scope: Scope;
  readonly #syntax: SyntaxReader;
  readonly #main: SourceDocument;
  readonly #builder = new ModelBuilder();
  #expanded = 0;

  constructor(scope: Scope, main: SourceDocument, syntax = new SyntaxReader(scope)) {
    this.#scope = scope;
    this.#main = main;
    this.#syntax = syntax;
  }

  flatten(model: XmlElement): ModelFacts {
    const document = this.#main;
    this.#addModel(document, model, 0);
    const base = model.attributes.get("base");
    const name = requiredAttribute(document.file, model, "name");
    const hasForeignBase = base !== undefined && !base.startsWith("_") && base !== name;
    return this.#builder.build({
      name,
      isService: this.#isService(document, model),
      spec: document.spec,
      file: document.file,
      ...(hasForeignBase ? { base } : {}),
    });
  }

  /** A model based on a service is one, whether it says so or not. */
  #isService(document: SourceDocument, model: XmlElement): boolean {
    if (model.attributes.get("isService") === "true") return true;
    const base = model.attributes.get("base");
    const found = base === undefined ? undefined : this.#scope.model(document, base);
    if (!found) return false;
    return "objects" in found
      ? found.isService
      : found.element !== model && this.#isService(found.document, found.element);
  }

  #addModel(document: SourceDocument, model: XmlElement, depth: number): void {
    if (depth > MAX_NESTING) fail(document.file, model, "model.cycle", "the model is based on itself");
    const base = model.attributes.get("base");
    if (base !== undefined) this.#addBase(document, model, base, depth);
    for (const name of document.dataTypes.keys()) {
      this.#builder.dataTypes[name] ??= this.#syntax.named(document, name, model);
    }
    this.#addItems(model, { document, prefix: "", version: undefined, depth: 0 });
  }

  #addBase(document: SourceDocument, model: XmlElement, base: string, depth: number): void {
    const own = base === model.attributes.get("name");
    const found = own ? this.#scope.importedModel(document, base) : this.#scope.model(document, base);
    if (!found) fail(document.file, model, "model.base", `there is no model ${base}`);
    if ("objects" in found) this.#builder.extend(found);
    else this.#addModel(found.document, found.element, depth + 1);
  }

  #addItems(container: XmlElement, place: Place): void {
    if (place.depth > MAX_NESTING)
      fail(place.document.file, container, "component.cycle", "components nest in a circle");
    for (const item of container.children) {
      if (++this.#expanded > MAX_EXPANDED)
        fail(place.document.file, item, "model.tooLarge", "the model grows beyond measure");
      if (item.name === "component") this.#addComponent(item, place);
      else if (item.name === "object") this.#addObject(item, place);
      else if (item.name === "parameter") this.#addParameter(item, place);
      else if (item.name === "profile") this.#addProfile(item, place);
    }
  }

  #addComponent(reference: XmlElement, place: Place): void {
    const name = requiredAttribute(place.document.file, reference, "ref");
    const found = this.#scope.component(place.document, name, this.#main);
    if (!found) fail(place.document.file, reference, "component.unknown", `there is no component ${name}`);
    this.#addItems(found.element, {
      ...place,
      document: found.document,
      prefix: place.prefix + (reference.attributes.get("path") ?? ""),
      version: laterVersion(reference.attributes.get("version"), place.version),
      depth: place.depth + 1,
    });
  }

  #addObject(element: XmlElement, place: Place): void {
    const { file } = place.document;
    const base = element.attributes.get("base");
    const path = place.prefix + (base ?? requiredAttribute(file, element, "name"));
    if (!/^(?:[^.{}\s]+\.(?:\{i\}\.)?)+$/.test(path) || path.length > MAX_PATH) {
      fail(file, element, "object.name", `"${path}" is no object path`);
    }
    const present = this.#builder.objects.get(path);
    if (base !== undefined && !present) fail(file, element, "object.base", `there is no object ${path} to refine`);
    if (base === undefined && present) fail(file, element, "object.duplicate", `object ${path} is defined twice`);
    const draft = readObject(file, element, place.version, present);
    this.#builder.objects.set(path, draft);
    this.#addItems(element, { ...place, prefix: path, version: laterVersion(draft.version, place.version) });
  }

  #addParameter(element: XmlElement, place: Place): void {
    const { file } = place.document;
    const owner = this.#ownerOf(element, place);
    const base = element.attributes.get("base");
    const name = base ?? requiredAttribute(file, element, "name");
    if (!/^[\p{L}_][\p{L}\p{N}_:-]*$/u.test(name))
      fail(file, element, "parameter.name", `"${name}" is no parameter name`);
    const present = owner.parameters.get(name);
    if (base !== undefined && !present)
      fail(file, element, "parameter.base", `there is no parameter ${place.prefix}${name} to refine`);
    if (base === undefined && present)
      fail(file, element, "parameter.duplicate", `parameter ${place.prefix}${name} is defined twice`);
    const syntax = childNamed(element, "syntax");
    if (!syntax && !present) fail(file, element, "parameter.syntax", `parameter ${name} has no syntax`);
    if (syntax) this.#rememberType(syntax, place);
    owner.parameters.set(
      name,
      defined<ParameterFact>({
        name,
        access: readAccess(file, element, present?.access),
        syntax: syntax ? this.#syntax.read(place.document, syntax, present?.syntax) : present!.syntax,
        activeNotify: readNotify(file, element) ?? present?.activeNotify,
        forcedInform: element.attributes.get("forcedInform") === "true" ? true : present?.forcedInform,
        status: element.attributes.has("status") ? statusOf(file, element) : present?.status,
        version: laterVersion(element.attributes.get("version") ?? present?.version, place.version),
        description: describe(element, present?.description),
      }),
    );
  }

  #ownerOf(element: XmlElement, place: Place): ObjectDraft {
    if (place.prefix === "") return this.#builder.root();
    const missing = () => fail(place.document.file, element, "object.base", `there is no object ${place.prefix}`);
    return this.#builder.objects.get(place.prefix) ?? missing();
  }

  #rememberType(syntax: XmlElement, place: Place): void {
    const name = childNamed(syntax, "dataType")?.attributes.get("ref");
    if (name) this.#builder.dataTypes[name] ??= this.#syntax.named(place.document, name, syntax);
  }

  #addProfile(element: XmlElement, place: Place): void {
    const profile = readProfile(place.document.file, element, place.prefix, place.version);
    this.#builder.profiles.set(profile.name, profile);
  }
}

const accesses: readonly string[] = ["readOnly", "readWrite", "writeOnceReadOnly"];

/** A parameter without access (there is one in Device:2.17) can be read. */
export function readAccess(
  file: string,
  element: XmlElement,
  inherited: ParameterAccess = "readOnly",
): ParameterAccess {
  const access = element.attributes.get("access")?.trim();
  if (access === undefined) return inherited;
  if (!accesses.includes(access)) fail(file, element, "attribute.access", `"${access}" is no access`);
  return access as ParameterAccess;
}

const notifies = ["normal", "forceEnabled", "forceDefaultEnabled", "canDeny", "willDeny"] as const;

export function readNotify(file: string, element: XmlElement): ParameterFact["activeNotify"] {
  const text = element.attributes.get("activeNotify");
  if (text === undefined) return undefined;
  const notify = notifies.find((known) => known === text);
  return notify ?? fail(file, element, "attribute.activeNotify", `"${text}" is no notification rule`);
}

function readObject(
  file: string,
  element: XmlElement,
  version: string | undefined,
  present?: ObjectDraft,
): ObjectDraft {
  const text = (name: string) => element.attributes.get(name);
  const access = text("access") ?? present?.access ?? "readOnly";
  if (access !== "readOnly" && access !== "readWrite")
    fail(file, element, "attribute.access", `"${access}" is no access`);
  const minEntries = count(file, element, "minEntries") ?? present?.minEntries ?? 1;
  const maxEntries = readMaxEntries(file, element, present);
  if (maxEntries !== undefined && minEntries > maxEntries) {
    fail(file, element, "object.entries", `minEntries ${minEntries} exceeds maxEntries ${maxEntries}`);
  }
  return defined<ObjectDraft>({
    access,
    minEntries,
    maxEntries,
    numEntriesParameter: text("numEntriesParameter") ?? present?.numEntriesParameter,
    enableParameter: text("enableParameter") ?? present?.enableParameter,
    discriminatorParameter: text("discriminatorParameter") ?? present?.discriminatorParameter,
    uniqueKeys: [
      ...(present?.uniqueKeys ?? []),
      ...childrenNamed(element, "uniqueKey").map((key) => readKey(file, key)),
    ],
    status: element.attributes.has("status") ? statusOf(file, element) : present?.status,
    version: laterVersion(text("version") ?? present?.version, version),
    description: describe(element, present?.description),
    parameters: present?.parameters ?? new Map<string, ParameterFact>(),
  });
}

function readMaxEntries(file: string, element: XmlElement, present: ObjectDraft | undefined): number | undefined {
  if (element.attributes.get("maxEntries") === "unbounded") return undefined;
  const stated = count(file, element, "maxEntries");
  if (stated !== undefined) return stated;
  return present ? present.maxEntries : 1;
}

function readKey(file: string, element: XmlElement): UniqueKeyFact {
  const parameters = childrenNamed(element, "parameter").map((child) => requiredAttribute(file, child, "ref"));
  if (parameters.length === 0) fail(file, element, "uniqueKey.empty", "a unique key names no parameter");
  return { functional: element.attributes.get("functional") !== "false", parameters };
}
