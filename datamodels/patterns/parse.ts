/** The syntax tree of an XML Schema regular expression (XSD part 2, appendix F). */
export type PatternNode =
  | { readonly kind: "set"; readonly source: string }
  | { readonly kind: "sequence"; readonly items: readonly PatternNode[] }
  | { readonly kind: "choice"; readonly items: readonly PatternNode[] }
  | { readonly kind: "repeat"; readonly item: PatternNode; readonly min: number; readonly max: number };

export class PatternError extends Error {}

const MAX_LENGTH = 4_000;
const MAX_NESTING = 40;
const MAX_COUNT = 100_000;

/** Classes by their letter, as JavaScript writes them. Digits are ASCII: no CPE means others. */
const classes: Readonly<Record<string, string>> = {
  d: "0-9",
  w: "\\p{L}\\p{M}\\p{N}\\p{S}",
  s: " \\t\\n\\r",
  i: "\\p{L}_:",
  c: "\\p{L}\\p{N}\\-._:\\u00b7",
};
const controls: Readonly<Record<string, string>> = { n: "\\n", r: "\\r", t: "\\t" };
const SINGLE_ESCAPES = "\\|.?*+(){}-[]^$&~#,/:'\" ";

/** Throws `PatternError`. A set's `source` is a JavaScript term (`u` flag) that matches exactly one character. */
export function parsePattern(source: string): PatternNode {
  if (source.length > MAX_LENGTH) throw new PatternError(`longer than ${MAX_LENGTH} characters`);
  const parser = new PatternParser(Array.from(source));
  const node = parser.choice(0);
  parser.expectEnd();
  return node;
}

class PatternParser {
  readonly #characters: readonly string[];
  #at = 0;

  constructor(characters: readonly string[]) {
    this.#characters = characters;
  }

  expectEnd(): void {
    if (this.#at < this.#characters.length) throw new PatternError(`")" at ${this.#at} closes nothing`);
  }

  choice(depth: number): PatternNode {
    if (depth > MAX_NESTING) throw new PatternError("groups nest too deep");
    const items = [this.#sequence(depth)];
    while (this.#take("|")) items.push(this.#sequence(depth));
    return items.length === 1 ? items[0]! : { kind: "choice", items };
  }

  #sequence(depth: number): PatternNode {
    const items: PatternNode[] = [];
    for (let next = this.#peek(); next !== undefined && next !== "|" && next !== ")"; next = this.#peek()) {
      items.push(this.#quantified(this.#atom(depth)));
    }
    return items.length === 1 ? items[0]! : { kind: "sequence", items };
  }

  #atom(depth: number): PatternNode {
    const character = this.#next();
    if (character === "(") {
      if (this.#peek() === "?") throw new PatternError("(? is no group here");
      const inner = this.choice(depth + 1);
      if (!this.#take(")")) throw new PatternError("a group does not end");
      return inner;
    }
    if (character === "[") return { kind: "set", source: this.#class(depth) };
    if (character === ".") return { kind: "set", source: "[^\\n\\r]" };
    if (character === "\\") return { kind: "set", source: `[${this.#escape()}]` };
    if ("?*+{}])".includes(character)) throw new PatternError(`"${character}" repeats or closes nothing`);
    return { kind: "set", source: literal(character) };
  }

  #quantified(item: PatternNode): PatternNode {
    const bounds = this.#bounds();
    if (!bounds) return item;
    this.#take("?"); // some documents write a lazy quantifier, which means the same in an anchored pattern
    return { kind: "repeat", item, ...bounds };
  }

  #bounds(): { min: number; max: number } | undefined {
    if (this.#take("?")) return { min: 0, max: 1 };
    if (this.#take("*")) return { min: 0, max: Number.POSITIVE_INFINITY };
    if (this.#take("+")) return { min: 1, max: Number.POSITIVE_INFINITY };
    if (!this.#take("{")) return undefined;
    const min = this.#number();
    const max = this.#take(",") ? (this.#peek() === "}" ? Number.POSITIVE_INFINITY : this.#number()) : min;
    if (!this.#take("}") || min > max) throw new PatternError("a repetition is malformed");
    return { min, max };
  }

  #number(): number {
    let digits = "";
    while (/^[0-9]$/.test(this.#peek() ?? "")) digits += this.#next();
    if (digits === "" || Number(digits) > MAX_COUNT) throw new PatternError("a repetition is malformed");
    return Number(digits);
  }

  /** After `[`: the whole class, with a subtraction as a look-ahead before it. */
  #class(depth: number): string {
    if (depth > MAX_NESTING) throw new PatternError("classes nest too deep");
    const negated = this.#take("^");
    let members = "";
    for (;;) {
      const character = this.#next();
      if (character === "]" && members !== "") return `[${negated ? "^" : ""}${members}]`;
      if (character === "-" && this.#peek() === "[") {
        this.#next();
        const without = this.#class(depth + 1);
        if (!this.#take("]")) throw new PatternError("a subtraction does not end its class");
        return `(?!${without})[${negated ? "^" : ""}${members}]`;
      }
      members += this.#member(character);
    }
  }

  #member(character: string): string {
    const first = character === "\\" ? this.#escape() : inClass(character);
    if (this.#peek() !== "-" || ["[", "]", undefined].includes(this.#peek(1))) return first;
    this.#next();
    const last = this.#next();
    const end = last === "\\" ? this.#escape() : inClass(last);
    if (!isInOrder(first, end)) throw new PatternError(`${first}-${end} is no range`);
    return `${first}-${end}`;
  }

  /** After a backslash: what belongs between the brackets of a class. */
  #escape(): string {
    const letter = this.#next();
    if (letter === "p" || letter === "P") return `\\${letter}{${this.#property()}}`;
    const inner = classes[letter.toLowerCase()];
    if (inner !== undefined) return letter === letter.toLowerCase() ? inner : complement(letter);
    const control = controls[letter];
    if (control !== undefined) return control;
    if (SINGLE_ESCAPES.includes(letter)) return inClass(letter);
    throw new PatternError(`\\${letter} is no escape`);
  }

  #property(): string {
    if (!this.#take("{")) throw new PatternError("a property has no name");
    let name = "";
    for (let next = this.#next(); next !== "}"; next = this.#next()) name += next;
    if (!/^(?:L[ultmo]?|M[nce]?|N[dlo]?|P[cdseifo]?|Z[slp]?|S[mcko]?|C[cfon]?)$/.test(name)) {
      throw new PatternError(`property ${name} is not known`);
    }
    return name;
  }

  #peek(ahead = 0): string | undefined {
    return this.#characters[this.#at + ahead];
  }

  #next(): string {
    const character = this.#characters[this.#at++];
    if (character === undefined) throw new PatternError("it ends too early");
    return character;
  }

  #take(character: string): boolean {
    if (this.#peek() !== character) return false;
    this.#at += 1;
    return true;
  }
}

/** Classes whose complement JavaScript can write inside brackets. */
function complement(letter: string): string {
  if (letter === "D") return "\\D";
  if (letter === "S") return "\\S";
  if (letter === "W") return "\\p{P}\\p{Z}\\p{C}";
  throw new PatternError(`\\${letter} is not supported`);
}

const literal = (character: string): string => ("^$\\.*+?()[]{}|/".includes(character) ? `\\${character}` : character);
const inClass = (character: string): string => ("\\]^[-".includes(character) ? `\\${character}` : character);

function isInOrder(first: string, last: string): boolean {
  try {
    new RegExp(`[${first}-${last}]`, "u");
    return !/^\\[pPdDsSwW]/.test(first);
  } catch {
    return false;
  }
}
