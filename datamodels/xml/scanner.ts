import { ModelDocumentError } from "../errors.ts";

export interface StartTag {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly empty: boolean;
}

const NAME = /[A-Za-z_\u00c0-\uffff][\w.\-\u00b7-\uffff]*(?::[A-Za-z_\u00c0-\uffff][\w.\-\u00b7-\uffff]*)?/y;
const BLANKS = /[ \t\r\n]*/y;
const REFERENCE = /&(?:#(\d{1,7})|#x([0-9A-Fa-f]{1,6})|([A-Za-z_][\w.-]{0,63}));/y;
const STANDARD = new Map([
  ["lt", "<"],
  ["gt", ">"],
  ["amp", "&"],
  ["quot", '"'],
  ["apos", "'"],
]);
/** What all declared entities together may add to a document, in characters. */
const MAX_EXPANSION = 65_536;

/** A cursor over the text of one document. Never looks at a character twice but for the tag at hand. */
export class XmlScanner {
  readonly file: string;
  readonly text: string;
  /** Declared entities; values are flat text. */
  entities: ReadonlyMap<string, string> = new Map();
  #at = 0;
  #line = 1;
  #countedTo = 0;
  #expanded = 0;

  constructor(file: string, text: string) {
    this.file = file;
    this.text = text;
  }

  get atEnd(): boolean {
    return this.#at >= this.text.length;
  }

  get line(): number {
    for (let next = this.text.indexOf("\n", this.#countedTo); next >= 0 && next < this.#at; ) {
      this.#line += 1;
      this.#countedTo = next + 1;
      next = this.text.indexOf("\n", this.#countedTo);
    }
    return this.#line;
  }

  fail(rule: string, message: string): never {
    throw new ModelDocumentError(this.file, this.line, rule, message);
  }

  startsWith(text: string): boolean {
    return this.text.startsWith(text, this.#at);
  }

  /** Takes what the sticky `pattern` matches here; stays where it is when it does not. */
  match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.text);
    if (!found) return undefined;
    this.#at = pattern.lastIndex;
    return found;
  }

  skipBlanks(): void {
    this.match(BLANKS);
  }

  /** Moves past `mark`, which ends `what`. Returns what stood before it. */
  skipPast(mark: string, what: string): string {
    const end = this.text.indexOf(mark, this.#at);
    if (end < 0) this.fail("xml.truncated", `${what} does not end`);
    const between = this.text.slice(this.#at, end);
    this.#at = end + mark.length;
    return between;
  }

  readCdata(): string {
    return this.skipPast("]]>", "a CDATA section").slice("<![CDATA[".length);
  }

  /** Character data up to the next markup or the end. */
  readText(): string {
    const next = this.text.indexOf("<", this.#at);
    const end = next < 0 ? this.text.length : next;
    const raw = this.text.slice(this.#at, end);
    const text = raw.includes("&") ? this.#decode(raw) : raw;
    this.#at = end;
    return text;
  }

  readEndTag(): string {
    this.#at += 2;
    const name = this.#readName();
    this.skipBlanks();
    this.#expect(">");
    return name;
  }

  readStartTag(maxAttributes: number): StartTag {
    this.#expect("<");
    const name = this.#readName();
    const attributes = new Map<string, string>();
    const seen = new Set<string>();
    for (;;) {
      const before = this.#at;
      this.skipBlanks();
      if (this.startsWith("/>")) {
        this.#at += 2;
        return { name, attributes, empty: true };
      }
      if (this.startsWith(">")) {
        this.#at += 1;
        return { name, attributes, empty: false };
      }
      if (this.#at === before) this.fail("xml.syntax", `<${name} is not a tag`);
      this.#readAttribute(attributes, seen);
      if (seen.size > maxAttributes) this.fail("xml.tooMany", `more than ${maxAttributes} attributes`);
    }
  }

  #readAttribute(into: Map<string, string>, seen: Set<string>): void {
    const name = this.#readName();
    if (seen.has(name)) this.fail("xml.attribute", `attribute ${name} stands twice`);
    seen.add(name);
    this.skipBlanks();
    this.#expect("=");
    this.skipBlanks();
    const quote = this.text[this.#at];
    if (quote !== '"' && quote !== "'") this.fail("xml.attribute", `attribute ${name} is not quoted`);
    this.#at += 1;
    const raw = this.skipPast(quote, `attribute ${name}`);
    if (raw.includes("<")) this.fail("xml.attribute", `attribute ${name} holds "<"`);
    const colon = name.indexOf(":");
    const local = name.slice(colon + 1);
    if (colon < 0 || !seen.has(local)) into.set(local, this.#decode(raw.replace(/[\t\r\n]/g, " ")));
  }

  #readName(): string {
    const found = this.match(NAME);
    if (!found) this.fail("xml.syntax", "a name is missing");
    return found[0];
  }

  #expect(character: string): void {
    if (this.text[this.#at] !== character) this.fail("xml.syntax", `"${character}" is missing`);
    this.#at += 1;
  }

  #decode(raw: string): string {
    let next = raw.indexOf("&");
    if (next < 0) return raw;
    let decoded = "";
    let done = 0;
    for (; next >= 0; next = raw.indexOf("&", done)) {
      REFERENCE.lastIndex = next;
      const match = REFERENCE.exec(raw);
      if (!match) this.fail("xml.entity", '"&" begins no reference');
      decoded += raw.slice(done, next) + this.#resolve(match);
      done = next + match[0].length;
    }
    return decoded + raw.slice(done);
  }

  #resolve([whole, decimal, hexadecimal, name]: RegExpExecArray): string {
    if (name === undefined) {
      const code = decimal === undefined ? Number.parseInt(hexadecimal!, 16) : Number(decimal);
      const legal =
        code === 9 || code === 10 || code === 13 || (code >= 32 && code <= 0x10ffff && (code & 0xf800) !== 0xd800);
      return legal ? String.fromCodePoint(code) : this.fail("xml.entity", `${whole} is no character`);
    }
    const standard = STANDARD.get(name);
    if (standard !== undefined) return standard;
    const declared = this.entities.get(name);
    if (declared === undefined) this.fail("xml.entity", `entity ${whole} is not declared`);
    this.#expanded += declared.length;
    if (this.#expanded > MAX_EXPANSION)
      this.fail("xml.entity", `entities expand to more than ${MAX_EXPANSION} characters`);
    return declared;
  }
}
