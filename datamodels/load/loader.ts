import { ModelDocumentError } from "../errors.ts";
import type { ModelFacts } from "../facts.ts";
import type { XmlElement } from "../xml/element.ts";
import { narrowToDeviceType } from "./device-type.ts";
import { readDocument, requiredAttribute, type SourceDocument } from "./document.ts";
import { DocumentSet } from "./document-set.ts";
import { Flattener } from "./flatten.ts";
import { type KnownModels, noKnownModels, Scope } from "./scope.ts";
import { SyntaxReader } from "./syntax.ts";

export interface ModelFile {
  readonly name: string;
  readonly text: string;
}

/**
 * Every model that the files define, flattened. `known` stands in for imported models and types whose files are not among
 * them. All or nothing: throws the first `ModelDocumentError`, which names file, line and rule.
 */
export function loadModels(files: readonly ModelFile[], known: KnownModels = noKnownModels): ModelFacts[] {
  const documents = files.map(({ name, text }) => readDocument(name, text));
  const scope = new Scope(new DocumentSet(documents), known);
  const syntax = new SyntaxReader(scope);
  const models: ModelFacts[] = [];
  for (const { document, element } of wantedModels(documents)) {
    models.push(
      document.deviceType
        ? narrowToDeviceType(scope, syntax, document, element)
        : new Flattener(scope, document, syntax).flatten(element),
    );
  }
  if (models.length === 0) throw nothingToLoad(documents);
  return models;
}

interface ModelElement {
  readonly document: SourceDocument;
  readonly element: XmlElement;
}

/**
 * Models that a device can follow: not the parts that other documents only build on (names with `_`, models that another
 * document imports and defines anew), nor the fragments by which each part of Device:2 checks itself.
 */
function wantedModels(documents: readonly SourceDocument[]): ModelElement[] {
  const all = documents.flatMap((document) =>
    document.models.map((element) => ({ document, element, name: modelName(document, element) })),
  );
  const importedBy = (name: string, document: SourceDocument): boolean =>
    documents.some(
      (other) =>
        other !== document &&
        !other.deviceType &&
        other.imports.some((from) => from.names.some((names) => names.kind === "model" && names.ref === name)),
    );
  const wanted = all.filter(({ document, element, name }) => {
    if (document.deviceType) return true;
    if (
      name.startsWith("_") ||
      (importedBy(name, document) && all.some((other) => other.name === name && other.document !== document))
    )
      return false;
    return (
      element.attributes.get("isService") === "true" ||
      element.attributes.has("base") ||
      isRootName(name) ||
      name.startsWith("X_")
    );
  });
  const seen = new Set<string>();
  for (const { document, element, name } of wanted) {
    if (document.deviceType) continue;
    if (seen.has(name))
      throw new ModelDocumentError(document.file, element.line, "model.duplicate", `model ${name} is defined twice`);
    seen.add(name);
  }
  return wanted;
}

const isRootName = (name: string): boolean => /^(?:Device|InternetGatewayDevice):/.test(name);

function modelName(document: SourceDocument, element: XmlElement): string {
  const name = requiredAttribute(document.file, element, document.deviceType ? "ref" : "name");
  if (!/^[A-Za-z_][\w-]{0,127}:\d{1,4}\.\d{1,4}$/.test(name)) {
    throw new ModelDocumentError(document.file, element.line, "model.name", `"${name}" is no model name`);
  }
  return name;
}

function nothingToLoad(documents: readonly SourceDocument[]): ModelDocumentError {
  const first = documents[0];
  return new ModelDocumentError(
    first?.file ?? "(no file)",
    1,
    "document.empty",
    "no document defines a model that a device can follow",
  );
}
