import { ModelDocumentError } from "../errors.ts";
import type { ModelFacts, SyntaxFact } from "../facts.ts";
import type { XmlElement } from "../xml/element.ts";
import type { ImportedName, SourceDocument } from "./document.ts";
import type { DocumentSet } from "./document-set.ts";

/** An element together with the document whose names it uses. */
export interface Located {
  readonly document: SourceDocument;
  readonly element: XmlElement;
}

/** What is known already, for imports of documents that are not at hand. */
export interface KnownModels {
  model(name: string): ModelFacts | undefined;
  dataType(name: string): SyntaxFact | undefined;
}

export const noKnownModels: KnownModels = { model: () => undefined, dataType: () => undefined };

const MAX_IMPORT_DEPTH = 32;

/** Finds names through imports. A name that an import gives is looked up in the other document, by its name there. */
export class Scope {
  readonly documents: DocumentSet;
  readonly known: KnownModels;

  constructor(documents: DocumentSet, known: KnownModels) {
    this.documents = documents;
    this.known = known;
  }

  dataType(document: SourceDocument, name: string, depth = 0): Located | undefined {
    const element = document.dataTypes.get(name);
    if (element) return { document, element };
    const imported = this.#imported(document, "dataType", name, depth, (other, ref) =>
      this.dataType(other, ref, depth + 1),
    );
    return imported ?? this.#unnamed(document, name);
  }

  /** Published parts use types of a document that they import without naming the type (tr-181-2-19-0-wifi-de: URI). */
  #unnamed(document: SourceDocument, name: string): Located | undefined {
    for (const declaration of document.imports) {
      const other = this.documents.resolve(declaration);
      const element = other?.dataTypes.get(name);
      if (other && element) return { document: other, element };
    }
    return undefined;
  }

  /**
   * A virtual component is a hook: the document that is being flattened (`main`) may put another in its place by importing
   * one under the same name (tr-106-types: Alias).
   */
  component(document: SourceDocument, name: string, main: SourceDocument, depth = 0): Located | undefined {
    const element = document.components.get(name);
    if (element?.attributes.get("virtual") === "true" && document !== main) {
      const override = findImport(main, "component", name);
      if (override && override.names.ref !== name) return this.component(main, name, main, depth + 1);
    }
    if (element) return { document, element };
    return this.#imported(document, "component", name, depth, (other, ref) =>
      this.component(other, ref, main, depth + 1),
    );
  }

  /** The model, or only its facts when its document is not at hand. */
  model(document: SourceDocument, name: string, depth = 0): Located | ModelFacts | undefined {
    const element = document.models.find((model) => model.attributes.get("name") === name);
    if (element) return { document, element };
    return this.importedModel(document, name, depth);
  }

  /** As `model`, but not one of the document itself: what a model of the same name is based on. */
  importedModel(document: SourceDocument, name: string, depth = 0): Located | ModelFacts | undefined {
    const found = this.#imported(document, "model", name, depth, (other, ref) => this.model(other, ref, depth + 1));
    if (found) return found;
    return this.known.model(findImport(document, "model", name)?.names.ref ?? name);
  }

  /** The other document is only required when nothing known can stand in for it. */
  #imported<T>(
    document: SourceDocument,
    kind: ImportedName["kind"],
    name: string,
    depth: number,
    look: (other: SourceDocument, ref: string) => T | undefined,
  ): T | undefined {
    const found = findImport(document, kind, name);
    if (!found) return undefined;
    if (depth > MAX_IMPORT_DEPTH) {
      throw new ModelDocumentError(
        document.file,
        found.line,
        "import.cycle",
        `${kind} ${name} is imported in a circle`,
      );
    }
    const { ref } = found.names;
    const standIn =
      kind === "dataType" ? this.known.dataType(ref) : kind === "model" ? this.known.model(ref) : undefined;
    const other = standIn
      ? this.documents.resolve(found.declaration)
      : this.documents.require(document, found.declaration);
    return other && look(other, ref);
  }
}

function findImport(document: SourceDocument, kind: ImportedName["kind"], name: string) {
  for (const declaration of document.imports) {
    for (const names of declaration.names) {
      if (names.kind === kind && names.name === name) return { declaration, names, line: declaration.line };
    }
  }
  return undefined;
}
