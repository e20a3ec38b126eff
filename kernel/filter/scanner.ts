const KEYWORDS = new Set(["and", "or", "not"]);
export const isKeyword = (word: string): boolean => KEYWORDS.has(word.toLowerCase());

/** Characters that a value may have without quotes. */
const WORD = /[^\s()",\\]+/y;
const WHOLE_WORD = /^[^\s()",\\]+$/;
export const isWord = (text: string): boolean => WHOLE_WORD.test(text);

/** A field name or parameter path: elements of letters, digits, `_` and `-`, `*` or `{i}` for any instance, a last dot for all below. */
const FIELD = /[\p{L}_][\p{L}\p{N}_-]*(?:\.(?:[\p{L}\p{N}_-]+|\*|\{i\}))*\.?/uy;

/** A whole MAC or IPv6 address (or the beginning of one with a joker), which is a bare word in spite of its colons. */
const ADDRESS = /^[0-9a-f*]{0,4}(?::[0-9a-f*]{0,4}){2,}(?::?\d{1,3}(?:\.\d{1,3}){3})?$/i;
const STARTS_WITH_DIGIT = /^\d/;
export const isAddressWord = (word: string): boolean => ADDRESS.test(word) || STARTS_WITH_DIGIT.test(word);

/** A position in the filter's text and the few things that can be read there. */
export class Scanner {
  readonly text: string;
  position = 0;

  constructor(text: string) {
    this.text = text;
  }

  get ended(): boolean {
    return this.position >= this.text.length;
  }

  peek(): string {
    return this.text[this.position] ?? "";
  }

  skipBlanks(): void {
    while (!this.ended && /\s/.test(this.peek())) this.position += 1;
  }

  /** Takes `token` if it stands here. */
  take(token: string): boolean {
    if (!this.text.startsWith(token, this.position)) return false;
    this.position += token.length;
    return true;
  }

  /** The word that stands here, without taking it. */
  peekWord(): string {
    return this.#match(WORD) ?? "";
  }

  takeWord(): string {
    const word = this.peekWord();
    this.position += word.length;
    return word;
  }

  /** The field name that stands here, with `{i}` written as `*`. */
  takeField(): string | undefined {
    const field = this.#match(FIELD);
    if (field === undefined) return undefined;
    this.position += field.length;
    return field.replaceAll("{i}", "*");
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.position;
    return pattern.exec(this.text)?.[0];
  }
}
