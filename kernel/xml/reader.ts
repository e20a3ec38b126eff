import { type Characters, type CodeUnits, charactersOf } from "./characters.ts";
import { decodeCharacters, isXmlBlank } from "./entities.ts";
import { defaultXmlLimits, type XmlLimits } from "./limits.ts";
import { XmlError } from "./xml-error.ts";

const LT = 60;
const GT = 62;
const SLASH = 47;
const COLON = 58;
const EQUALS = 61;
const AMPERSAND = 38;

/**
 * A pull reader over a document in memory. It knows elements, attributes and text, and nothing of namespaces: names are
 * compared without their prefix, declared or not.
 *
 *     root() → while (nextChild()) { isNamed("A") ? leaf() : skip() } → end()
 *
 * After `root()` or a true `nextChild()` the reader stands on an element; each of `leaf()`, `skip()` or a `nextChild()` loop
 * run to its end consumes exactly that element. Every method throws `XmlError` and nothing else.
 * Strings that it returns may share the document's memory: whoever keeps a few for long copies them.
 */
export class XmlReader {
  readonly #text: string;
  /** The same, as numbers: scanning them is twice as fast as `charCodeAt`. */
  readonly #codes: CodeUnits;
  readonly #limits: XmlLimits;
  #position = 0;
  #elements = 0;
  /** Per open element: where its whole name starts and ends. */
  readonly #open: number[] = [];
  #depth = 0;
  /** The element just opened was `<a/>`. */
  #selfClosed = false;
  #nameStart = 0;
  #localStart = 0;
  #nameEnd = 0;
  /** Of the element just opened: local name's start, name's end, value's start, value's end. */
  readonly #attributes: number[] = [];
  #attributeCount = 0;
  #recentValue = "";

  constructor(document: string | Characters, limits: XmlLimits = defaultXmlLimits) {
    const { text, codes } = typeof document === "string" ? charactersOf(document) : document;
    this.#text = text;
    this.#codes = codes;
    this.#limits = limits;
  }

  /** Moves to the document's element, past white space, declaration, comments and processing instructions. */
  root(): void {
    for (;;) {
      this.#skipBlanks();
      if (this.#codes[this.#position]! !== LT) throw this.#fail("expected an element");
      if (!this.#skipMarkup()) break;
    }
    this.#openTag(this.#position + 1);
  }

  /** Moves to the next child. False when there is none: the end tag of the element is consumed then. */
  nextChild(): boolean {
    if (this.#selfClosed) {
      this.#selfClosed = false;
      this.#depth--;
      return false;
    }
    for (;;) {
      if (this.#codes[this.#position]! !== LT) {
        const next = this.#text.indexOf("<", this.#position);
        if (next < 0) throw this.#fail("the document ends inside an element");
        this.#position = next;
      }
      if (this.#codes[this.#position + 1]! === SLASH) {
        this.#closeTag();
        return false;
      }
      if (!this.#skipMarkup()) {
        this.#openTag(this.#position + 1);
        return true;
      }
    }
  }

  /** Whether the element just opened has this local name. */
  isNamed(name: string): boolean {
    return this.#nameEnd - this.#localStart === name.length && this.#text.startsWith(name, this.#localStart);
  }

  /** Without its prefix. */
  get localName(): string {
    return this.#text.slice(this.#localStart, this.#nameEnd);
  }

  /** `""` when the name has none. */
  get prefix(): string {
    return this.#localStart === this.#nameStart ? "" : this.#text.slice(this.#nameStart, this.#localStart - 1);
  }

  /** The first attribute of the element just opened that has this local name. Call before anything inside is read. */
  attribute(localName: string): string | undefined {
    for (let i = 0; i < this.#attributeCount * 4; i += 4) {
      const start = this.#attributes[i]!;
      if (this.#attributes[i + 1]! - start === localName.length && this.#text.startsWith(localName, start))
        return this.#attributeValue(i);
    }
    return undefined;
  }

  /** Adds the `xmlns` declarations of the element just opened: URI by prefix, `""` for the default. */
  declareNamespaces(into: Map<string, string>): void {
    for (let i = 0; i < this.#attributeCount * 4; i += 4) {
      const start = this.#attributes[i]!;
      const end = this.#attributes[i + 1]!;
      if (this.#text.startsWith("xmlns:", start - 6)) into.set(this.#text.slice(start, end), this.#attributeValue(i));
      else if (end - start === 5 && this.#text.startsWith("xmlns", start)) into.set("", this.#attributeValue(i));
    }
  }

  /**
   * The text of the element just opened, CDATA included. Consumes the element. `onChild` is called on each element within
   * it and has to consume that one; without it they are skipped.
   */
  leaf(onChild?: () => void): string {
    if (this.#selfClosed) {
      this.#selfClosed = false;
      this.#depth--;
      return "";
    }
    const first = this.#characters();
    if (this.#codes[this.#position + 1]! === SLASH) {
      this.#closeTag();
      return first;
    }
    return this.#mixed(first, onChild);
  }

  /** Consumes the element just opened with everything in it. */
  skip(): void {
    const outer = this.#depth - 1;
    while (this.#depth > outer) this.nextChild();
  }

  /** After the document's element: only comments, blanks and the noise of a C string's end may follow. */
  end(): void {
    for (;;) {
      const next = this.#text.indexOf("<", this.#position);
      if (next < 0) return;
      this.#position = next;
      if (!this.#skipMarkup()) throw this.#fail("an element after the document's end");
    }
  }

  #mixed(first: string, onChild?: () => void): string {
    let whole = first;
    for (;;) {
      if (this.#text.startsWith("<![CDATA[", this.#position)) whole += this.#cdata();
      else if (this.#codes[this.#position + 1]! === SLASH) {
        this.#closeTag();
        return whole;
      } else if (!this.#skipMarkup()) {
        this.#openTag(this.#position + 1);
        if (onChild === undefined) this.skip();
        else onChild();
      }
      whole += this.#characters();
      if (whole.length > this.#limits.textLength) throw this.#exceeded("text");
    }
  }

  /** Character data up to the next `<`, where the position is then. */
  #characters(): string {
    const codes = this.#codes;
    const start = this.#position;
    const length = codes.length;
    let special = false;
    let at = start;
    for (; at < length; at++) {
      const code = codes[at]!;
      if (code === LT) break;
      if (code === AMPERSAND || (code < 32 && code !== 10 && code !== 9)) special = true;
    }
    if (at === length) throw this.#fail("the document ends inside an element");
    if (at - start > this.#limits.textLength) throw this.#exceeded("text");
    this.#position = at;
    const raw = this.#text.slice(start, at);
    return special ? decodeCharacters(raw) : raw;
  }

  #cdata(): string {
    const start = this.#position + 9;
    const end = this.#text.indexOf("]]>", start);
    if (end < 0) throw this.#fail("a CDATA section does not end");
    this.#position = end + 3;
    // In a CDATA section an ampersand means itself.
    return this.#text
      .slice(start, end)
      .split("&")
      .map((piece) => decodeCharacters(piece))
      .join("&");
  }

  /** Past a comment, processing instruction or CDATA section at the position; false when there is an element. */
  #skipMarkup(): boolean {
    const second = this.#codes[this.#position + 1]!;
    if (second === 63) this.#skipPast("?>", 2, "a processing instruction");
    else if (second !== 33) return false;
    else if (this.#text.startsWith("<!--", this.#position)) this.#skipPast("-->", 4, "a comment");
    else if (this.#text.startsWith("<![CDATA[", this.#position)) this.#skipPast("]]>", 9, "a CDATA section");
    else throw this.#fail("a document type declaration is not accepted");
    return true;
  }

  #skipPast(terminator: string, opening: number, what: string): void {
    const end = this.#text.indexOf(terminator, this.#position + opening);
    if (end < 0) throw this.#fail(`${what} does not end`);
    this.#position = end + terminator.length;
  }

  #skipBlanks(): void {
    while (isXmlBlank(this.#codes[this.#position]!)) this.#position++;
  }

  #openTag(start: number): void {
    const codes = this.#codes;
    let at = start;
    let local = start;
    let code = codes[at]!;
    if (!isNameStart(code)) throw this.#fail("expected a name");
    while (code > 32 && code !== GT && code !== SLASH && code !== LT) {
      if (code === COLON) local = at + 1;
      code = codes[++at]!;
    }
    if (local === at) throw this.#fail("a name ends with its colon");
    if (at - start > this.#limits.textLength) throw this.#exceeded("name");
    if (++this.#elements > this.#limits.elements) throw this.#exceeded("element count");
    if (this.#depth >= this.#limits.depth) throw this.#exceeded("nesting");
    this.#nameStart = start;
    this.#localStart = local;
    this.#nameEnd = at;
    this.#open[this.#depth * 2] = start;
    this.#open[this.#depth * 2 + 1] = at;
    this.#depth++;
    this.#attributeCount = 0;
    this.#selfClosed = false;
    this.#position = at;
    if (code === GT) this.#position = at + 1;
    else this.#readAttributes();
  }

  /** From behind the name to behind the tag's `>`. */
  #readAttributes(): void {
    for (;;) {
      this.#skipBlanks();
      const code = this.#codes[this.#position]!;
      if (code === GT) {
        this.#position++;
        return;
      }
      if (code === SLASH) {
        if (this.#codes[this.#position + 1]! !== GT) throw this.#fail("a stray slash in a tag");
        this.#position += 2;
        this.#selfClosed = true;
        return;
      }
      this.#readAttribute();
    }
  }

  #readAttribute(): void {
    const codes = this.#codes;
    let at = this.#position;
    let local = at;
    let code = codes[at]!;
    if (!isNameStart(code)) throw this.#fail("expected an attribute");
    while (code > 32 && code !== EQUALS && code !== GT && code !== LT) {
      if (code === COLON) local = at + 1;
      code = codes[++at]!;
    }
    const nameEnd = at;
    this.#position = at;
    this.#skipBlanks();
    if (codes[this.#position]! !== EQUALS) throw this.#fail("an attribute without a value");
    this.#position++;
    this.#skipBlanks();
    const quote = codes[this.#position]!;
    if (quote !== 34 && quote !== 39) throw this.#fail("an attribute without quotes");
    const start = this.#position + 1;
    const end = this.#text.indexOf(quote === 34 ? '"' : "'", start);
    if (end < 0) throw this.#fail("an attribute does not end");
    if (end - start > this.#limits.textLength) throw this.#exceeded("attribute");
    if (this.#attributeCount >= this.#limits.attributes) throw this.#exceeded("attribute count");
    const slot = this.#attributeCount++ * 4;
    this.#attributes[slot] = local;
    this.#attributes[slot + 1] = nameEnd;
    this.#attributes[slot + 2] = start;
    this.#attributes[slot + 3] = end;
    this.#position = end + 1;
  }

  /** Mostly the same few strings again and again (`xsd:string`), so the last one is tried before a new one is made. */
  #attributeValue(slot: number): string {
    const start = this.#attributes[slot + 2]!;
    const end = this.#attributes[slot + 3]!;
    if (end - start === this.#recentValue.length && this.#text.startsWith(this.#recentValue, start))
      return this.#recentValue;
    const raw = this.#text.slice(start, end);
    const value = raw.includes("&") ? decodeCharacters(raw) : raw;
    this.#recentValue = value;
    return value;
  }

  /** At `</`: the name must be that of the element that is open. */
  #closeTag(): void {
    const codes = this.#codes;
    const depth = this.#depth - 1;
    const start = this.#open[depth * 2]!;
    const length = this.#open[depth * 2 + 1]! - start;
    let at = this.#position + 2;
    for (let i = 0; i < length; i++, at++)
      if (codes[at]! !== codes[start + i]!) throw this.#fail("an end tag that does not match");
    while (isXmlBlank(codes[at]!)) at++;
    if (codes[at]! !== GT) throw this.#fail("an end tag that does not match");
    this.#position = at + 1;
    this.#depth = depth;
  }

  #fail(message: string): XmlError {
    return new XmlError("syntax", message, this.#position);
  }

  #exceeded(what: string): XmlError {
    return new XmlError("limit", `${what} beyond the limit`, this.#position);
  }
}

const isNameStart = (code: number): boolean =>
  (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95 || code > 127 || code === COLON;
