import { ModelDocumentError } from "../errors.ts";
import { childrenNamed, type XmlElement } from "../xml/element.ts";
import { readXml } from "../xml/reader.ts";

export interface ImportedName {
  readonly kind: "dataType" | "component" | "model";
  readonly name: string;
  /** Its name in the other document. */
  readonly ref: string;
}

export interface ImportDeclaration {
  readonly file: string;
  readonly spec?: string;
  readonly line: number;
  readonly names: readonly ImportedName[];
}

/** One file: a data-model document (DM schema) or a device-type document (DT schema), indexed but not resolved. */
export interface SourceDocument {
  readonly file: string;
  readonly spec: string;
  readonly deviceType?: { readonly uri: string; readonly uuid: string };
  readonly imports: readonly ImportDeclaration[];
  readonly dataTypes: ReadonlyMap<string, XmlElement>;
  readonly components: ReadonlyMap<string, XmlElement>;
  readonly models: readonly XmlElement[];
  readonly features: readonly string[];
}

/** Reads a document of any generation of the schemas. Throws `ModelDocumentError`. */
export function readDocument(file: string, text: string): SourceDocument {
  const root = readXml(file, text);
  if (root.name !== "document") {
    throw new ModelDocumentError(file, root.line, "document.root", `<${root.name}> is not a data-model document`);
  }
  const uri = root.attributes.get("deviceType");
  const uuid = root.attributes.get("uuid");
  if (uri !== undefined && !uuid)
    throw new ModelDocumentError(file, root.line, "document.uuid", "a device type needs a uuid");
  return {
    file,
    spec: root.attributes.get("spec") ?? "",
    ...(uri !== undefined && uuid ? { deviceType: { uri, uuid } } : {}),
    imports: childrenNamed(root, "import").map((element) => readImport(file, element)),
    dataTypes: indexed(file, root, "dataType"),
    components: indexed(file, root, "component"),
    models: childrenNamed(root, "model"),
    features: childrenNamed(root, "feature").map((element) => requiredAttribute(file, element, "name")),
  };
}

export function requiredAttribute(file: string, element: XmlElement, name: string): string {
  const value = element.attributes.get(name);
  if (value === undefined) {
    throw new ModelDocumentError(file, element.line, "attribute.missing", `<${element.name}> has no ${name}`);
  }
  // Published files carry names with stray blanks (tr-098); blanks within a value may be meant.
  return name === "value" ? value : value.trim();
}

function readImport(file: string, element: XmlElement): ImportDeclaration {
  const names: ImportedName[] = [];
  for (const child of element.children) {
    if (child.name !== "dataType" && child.name !== "component" && child.name !== "model") continue;
    const name = requiredAttribute(file, child, "name");
    names.push({ kind: child.name, name, ref: child.attributes.get("ref") ?? name });
  }
  const spec = element.attributes.get("spec");
  return { file: requiredAttribute(file, element, "file"), ...(spec ? { spec } : {}), line: element.line, names };
}

function indexed(file: string, root: XmlElement, kind: string): Map<string, XmlElement> {
  const index = new Map<string, XmlElement>();
  for (const element of childrenNamed(root, kind)) {
    const name = requiredAttribute(file, element, "name");
    if (index.has(name))
      throw new ModelDocumentError(file, element.line, `${kind}.duplicate`, `${kind} ${name} stands twice`);
    index.set(name, element);
  }
  return index;
}
