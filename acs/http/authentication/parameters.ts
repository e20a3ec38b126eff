/** One challenge or one set of credentials: a scheme and its parameters, names in lower case (RFC 9110 §11.2). */
export interface AuthenticationHeader {
  readonly scheme: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** What starts a challenge; any other word without `=` is noise, such as the rest of an unquoted realm. */
const SCHEMES = new Set(["basic", "digest", "bearer", "negotiate", "ntlm"]);
const MAX_PARAMETERS = 64;

/**
 * Reads `WWW-Authenticate` and `Authorization: Digest` tolerantly: missing commas, blanks around `=`, quotes where none
 * belong and none where they do, values over folded lines. Several challenges in one header are several results.
 */
export function parseAuthentication(header: string): AuthenticationHeader[] {
  const found: { scheme: string; parameters: Map<string, string> }[] = [];
  const scanner = new Scanner(header);
  for (let i = 0; i < MAX_PARAMETERS; i++) {
    const word = scanner.word();
    if (word === "") break;
    const value = scanner.value();
    if (value !== undefined) found.at(-1)?.parameters.set(word.toLowerCase(), value);
    else if (SCHEMES.has(word.toLowerCase())) found.push({ scheme: word.toLowerCase(), parameters: new Map() });
  }
  return found;
}

const BLANK = " \t\r\n";

class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** The next run of characters up to a blank, `,`, `=` or `"`; empty at the end. */
  word(): string {
    this.#skip(`${BLANK},="`);
    const start = this.#at;
    this.#until(`${BLANK},="`);
    return this.#text.slice(start, this.#at);
  }

  /** What follows `=`, if that comes next. */
  value(): string | undefined {
    this.#skip(BLANK);
    if (this.#text[this.#at] !== "=") return undefined;
    this.#at += 1;
    this.#skip(BLANK);
    if (this.#text[this.#at] === '"') return this.#quoted();
    const start = this.#at;
    this.#until(`${BLANK},`);
    return this.#text.slice(start, this.#at);
  }

  #quoted(): string {
    let value = "";
    for (this.#at += 1; this.#at < this.#text.length; this.#at++) {
      const character = this.#text[this.#at]!;
      if (character === '"') break;
      if (character === "\\" && this.#at + 1 < this.#text.length) this.#at += 1;
      value += this.#text[this.#at];
    }
    this.#at += 1;
    return value;
  }

  #skip(characters: string): void {
    while (this.#at < this.#text.length && characters.includes(this.#text[this.#at]!)) this.#at += 1;
  }

  #until(characters: string): void {
    while (this.#at < this.#text.length && !characters.includes(this.#text[this.#at]!)) this.#at += 1;
  }
}

/** As a quoted-string (RFC 9110 §5.6.4). */
export const quote = (text: string): string => `"${text.replace(/["\\]/g, "\\$&")}"`;
