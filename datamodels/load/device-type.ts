import type { ModelFacts, ObjectFact, ParameterFact } from "../facts.ts";
import { childNamed, childrenNamed, type XmlElement } from "../xml/element.ts";
import { requiredAttribute, type SourceDocument } from "./document.ts";
import { count, defined, fail } from "./facets.ts";
import { Flattener, readAccess, readNotify } from "./flatten.ts";
import type { Scope } from "./scope.ts";
import type { SyntaxReader } from "./syntax.ts";

/**
 * What a device type (DT schema) leaves of its model: the objects and parameters that it lists, with what it states about
 * them. It may narrow, never widen (TR-106 Annex B).
 */
export function narrowToDeviceType(
  scope: Scope,
  syntax: SyntaxReader,
  document: SourceDocument,
  model: XmlElement,
): ModelFacts {
  const name = requiredAttribute(document.file, model, "ref");
  const base = baseModel(scope, document, model, name);
  const objects = new Map(base.objects.map((object) => [object.path, object]));
  const root = childrenNamed(model, "parameter");
  const narrowed: ObjectFact[] = [];
  if (root.length > 0) {
    const object =
      objects.get("") ?? fail(document.file, root[0]!, "deviceType.unknown", `${name} has no root parameters`);
    narrowed.push({ ...object, parameters: narrowParameters(syntax, document, model, object) });
  }
  for (const element of childrenNamed(model, "object")) {
    const path = requiredAttribute(document.file, element, "ref");
    const object =
      objects.get(path) ?? fail(document.file, element, "deviceType.unknown", `${name} has no object ${path}`);
    narrowed.push(narrowObject(syntax, document, element, object));
  }
  const { uri, uuid } = document.deviceType!;
  return {
    ...base,
    file: document.file,
    objects: narrowed,
    base: name,
    deviceType: { uri, uuid: uuid.toLowerCase(), features: document.features },
  };
}

function baseModel(scope: Scope, document: SourceDocument, model: XmlElement, name: string): ModelFacts {
  const found = scope.importedModel(document, name);
  if (!found) return fail(document.file, model, "deviceType.model", `model ${name} is not at hand`);
  return "objects" in found ? found : new Flattener(scope, found.document).flatten(found.element);
}

const accesses = { readOnly: "readOnly", create: "create", delete: "delete", createDelete: "readWrite" } as const;

function narrowObject(
  syntax: SyntaxReader,
  document: SourceDocument,
  element: XmlElement,
  object: ObjectFact,
): ObjectFact {
  const { file } = document;
  const text = requiredAttribute(file, element, "access");
  const access = Object.hasOwn(accesses, text)
    ? accesses[text as keyof typeof accesses]
    : fail(file, element, "attribute.access", `"${text}" is no access`);
  if (access !== "readOnly" && object.access === "readOnly")
    fail(file, element, "deviceType.widens", `${object.path} is read-only`);
  const minEntries = count(file, element, "minEntries") ?? object.minEntries;
  const unbounded = element.attributes.get("maxEntries") === "unbounded";
  const maxEntries = unbounded ? undefined : (count(file, element, "maxEntries") ?? object.maxEntries);
  if (object.maxEntries !== undefined && (maxEntries ?? Number.POSITIVE_INFINITY) > object.maxEntries) {
    fail(file, element, "deviceType.widens", `${object.path} has at most ${object.maxEntries} entries`);
  }
  return defined<ObjectFact>({
    ...object,
    access,
    minEntries,
    maxEntries,
    parameters: narrowParameters(syntax, document, element, object),
  });
}

function narrowParameters(
  syntax: SyntaxReader,
  document: SourceDocument,
  owner: XmlElement,
  object: ObjectFact,
): ParameterFact[] {
  const { file } = document;
  const known = new Map(object.parameters.map((parameter) => [parameter.name, parameter]));
  return childrenNamed(owner, "parameter").map((element) => {
    const name = requiredAttribute(file, element, "ref");
    const fact =
      known.get(name) ?? fail(file, element, "deviceType.unknown", `there is no parameter ${object.path}${name}`);
    const access = readAccess(file, element, fact.access);
    if (access !== "readOnly" && fact.access === "readOnly")
      fail(file, element, "deviceType.widens", `${object.path}${name} is read-only`);
    const stated = childNamed(element, "syntax");
    return defined<ParameterFact>({
      ...fact,
      access: access === "readOnly" ? access : fact.access,
      activeNotify: readNotify(file, element) ?? fact.activeNotify,
      syntax: stated ? syntax.read(document, stated, fact.syntax, "narrow") : fact.syntax,
    });
  });
}
