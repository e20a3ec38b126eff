import { ModelDocumentError } from "../errors.ts";
import type { XmlElement } from "./element.ts";
import { readEntityDeclarations } from "./entities.ts";
import { XmlScanner } from "./scanner.ts";

export interface XmlLimits {
  /** Characters of the whole document. */
  readonly length: number;
  readonly depth: number;
  readonly elements: number;
  readonly attributes: number;
}

export const defaultXmlLimits: XmlLimits = { length: 32 * 1024 * 1024, depth: 40, elements: 1_000_000, attributes: 64 };

/**
 * Reads a whole document strictly: a tree of elements with local names and line numbers. Document types are refused, but for
 * one idiom (see entities.ts). Throws `ModelDocumentError` and nothing else.
 */
export function readXml(file: string, text: string, limits: XmlLimits = defaultXmlLimits): XmlElement {
  if (text.length > limits.length)
    throw new ModelDocumentError(file, 1, "xml.tooLarge", `more than ${limits.length} characters`);
  const scanner = new XmlScanner(file, text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  const builder = new TreeBuilder(scanner, limits);
  readProlog(scanner);
  while (!builder.complete) readContent(scanner, builder);
  readMisc(scanner);
  if (!scanner.atEnd) scanner.fail("xml.trailing", "text after the root element");
  return builder.root;
}

function readProlog(scanner: XmlScanner): void {
  readMisc(scanner);
  if (!scanner.startsWith("<!DOCTYPE")) return;
  scanner.entities = readEntityDeclarations(scanner);
  readMisc(scanner);
}

/** White space, comments and processing instructions. */
function readMisc(scanner: XmlScanner): void {
  for (;;) {
    scanner.skipBlanks();
    if (scanner.startsWith("<!--")) scanner.skipPast("-->", "a comment");
    else if (scanner.startsWith("<?")) scanner.skipPast("?>", "a processing instruction");
    else return;
  }
}

function readContent(scanner: XmlScanner, builder: TreeBuilder): void {
  if (builder.open) builder.text(scanner.readText());
  if (scanner.atEnd)
    scanner.fail("xml.truncated", builder.open ? `<${builder.open}> is not closed` : "no root element");
  if (scanner.startsWith("<!--")) scanner.skipPast("-->", "a comment");
  else if (scanner.startsWith("<![CDATA[")) builder.text(scanner.readCdata());
  else if (scanner.startsWith("<?")) scanner.skipPast("?>", "a processing instruction");
  else if (scanner.startsWith("<!")) scanner.fail("xml.declaration", "a declaration where only elements may stand");
  else if (scanner.startsWith("</")) builder.close(scanner.readEndTag());
  else builder.start(scanner);
}

interface OpenElement {
  readonly qualifiedName: string;
  readonly element: XmlElement;
}

class TreeBuilder {
  readonly #scanner: XmlScanner;
  readonly #limits: XmlLimits;
  readonly #stack: OpenElement[] = [];
  #root: XmlElement | undefined;
  #elements = 0;

  constructor(scanner: XmlScanner, limits: XmlLimits) {
    this.#scanner = scanner;
    this.#limits = limits;
  }

  get complete(): boolean {
    return this.#root !== undefined && this.#stack.length === 0;
  }

  get root(): XmlElement {
    return this.#root!;
  }

  /** Name of the innermost open element, for messages. */
  get open(): string | undefined {
    return this.#stack.at(-1)?.qualifiedName;
  }

  start(scanner: XmlScanner): void {
    const line = scanner.line;
    const tag = scanner.readStartTag(this.#limits.attributes);
    if (++this.#elements > this.#limits.elements)
      scanner.fail("xml.tooMany", `more than ${this.#limits.elements} elements`);
    const element: XmlElement = { name: localName(tag.name), line, attributes: tag.attributes, children: [], text: "" };
    const parent = this.#stack.at(-1);
    if (parent) parent.element.children.push(element);
    else this.#root = element;
    if (tag.empty) return;
    this.#stack.push({ qualifiedName: tag.name, element });
    if (this.#stack.length > this.#limits.depth) scanner.fail("xml.tooDeep", `more than ${this.#limits.depth} levels`);
  }

  text(text: string): void {
    const open = this.#stack.at(-1);
    if (open) open.element.text += text;
  }

  close(name: string): void {
    const open = this.#stack.pop();
    if (open?.qualifiedName !== name) {
      this.#scanner.fail("xml.nesting", `</${name}> closes ${open ? `<${open.qualifiedName}>` : "nothing"}`);
    }
  }
}

const localName = (name: string): string => name.slice(name.indexOf(":") + 1);
