import { StewardError } from "../errors.ts";
import {
  allOf,
  anyOf,
  type Comparison,
  comparisons,
  everything,
  type FilterNode,
  type Literal,
  type Pattern,
  type Term,
} from "./ast.ts";
import { literal } from "./literal.ts";
import { isAddressWord, isKeyword, Scanner } from "./scanner.ts";

export const filterLimits = {
  /** Characters of the text. */
  length: 8192,
  /** Parentheses and negations within one another. */
  depth: 16,
  terms: 64,
  /** Values in all lists together. */
  values: 256,
  /** Jokers in one pattern. */
  jokers: 8,
} as const;

export interface FilterError {
  /** Where, in UTF-16 units. */
  offset: number;
  /** What would have been right there, in words. */
  expected: string;
}

export type FilterResult = { ok: true; filter: FilterNode } | { ok: false; error: FilterError };

class Refusal extends Error {
  readonly offset: number;
  readonly expected: string;
  constructor(offset: number, expected: string) {
    super(expected);
    this.offset = offset;
    this.expected = expected;
  }
}

class Parser {
  readonly #scanner: Scanner;
  #terms = 0;
  #values = 0;

  constructor(text: string) {
    this.#scanner = new Scanner(text);
  }

  whole(): FilterNode {
    const scanner = this.#scanner;
    if (scanner.text.length > filterLimits.length)
      throw new Refusal(filterLimits.length, `at most ${filterLimits.length} characters`);
    scanner.skipBlanks();
    if (scanner.ended) return everything;
    const node = this.#alternatives(0);
    if (!scanner.ended)
      throw new Refusal(
        scanner.position,
        scanner.peek() === ")" ? "no parenthesis to close here" : "a blank, and or or",
      );
    return node;
  }

  #alternatives(depth: number): FilterNode {
    const first = this.#conjunction(depth);
    const rest: FilterNode[] = [];
    while (this.#takeKeyword("or")) rest.push(this.#conjunction(depth));
    return anyOf([first, ...rest]);
  }

  #conjunction(depth: number): FilterNode {
    const nodes = [this.#negatable(depth)];
    for (;;) {
      if (this.#takeKeyword("and")) {
        nodes.push(this.#negatable(depth));
        continue;
      }
      if (this.#scanner.ended || this.#scanner.peek() === ")" || this.#atKeyword("or")) return allOf(nodes);
      nodes.push(this.#negatable(depth));
    }
  }

  #negatable(depth: number): FilterNode {
    const scanner = this.#scanner;
    scanner.skipBlanks();
    if (depth > filterLimits.depth) throw new Refusal(scanner.position, `at most ${filterLimits.depth} levels`);
    if (scanner.peek() === "-" || this.#atKeyword("not")) {
      if (!scanner.take("-")) scanner.takeWord();
      return { kind: "not", node: this.#negatable(depth + 1) };
    }
    if (!scanner.take("(")) return this.#term();
    const node = this.#alternatives(depth + 1);
    if (!scanner.take(")")) throw new Refusal(scanner.position, "a closing parenthesis");
    this.#betweenTerms();
    return node;
  }

  /** After a term: a blank, a closing parenthesis or the end. */
  #betweenTerms(): void {
    const scanner = this.#scanner;
    if (!scanner.ended && !/[\s)]/.test(scanner.peek()))
      throw new Refusal(scanner.position, "a blank between terms (a list stands in parentheses)");
    scanner.skipBlanks();
  }

  #term(): Term {
    const scanner = this.#scanner;
    const start = scanner.position;
    this.#terms += 1;
    if (this.#terms > filterLimits.terms) throw new Refusal(start, `at most ${filterLimits.terms} terms`);
    if (this.#atKeyword("and") || this.#atKeyword("or")) throw new Refusal(start, "a term before and, or");
    const term = this.#identity() ?? this.#fieldTerm();
    const span = { start, end: scanner.position };
    this.#betweenTerms();
    return { ...term, span };
  }

  /** A quoted or bare word; `undefined` when a field and an operator stand here. */
  #identity(): Term | undefined {
    const scanner = this.#scanner;
    if (scanner.peek() === '"') return { kind: "identity", pattern: this.#pattern() };
    const word = scanner.peekWord();
    if (word === "") throw new Refusal(scanner.position, "a term, such as model:HG82* or a serial number");
    const quotedLater = scanner.text[scanner.position + word.length] === '"';
    const bare = !quotedLater && (isAddressWord(word) || !/[:=<>!]/.test(word));
    if (!bare) return undefined;
    const operator = word.search(/[=<>!]/);
    if (operator >= 0) throw new Refusal(scanner.position + operator, "no operator in a bare word; quote it");
    return { kind: "identity", pattern: this.#pattern() };
  }

  #fieldTerm(): Term {
    const scanner = this.#scanner;
    const start = scanner.position;
    const field = scanner.takeField();
    if (field === undefined) throw new Refusal(start, "a field name, a parameter path or a word");
    if (scanner.take(":")) {
      if (field.toLowerCase() === "has") return { kind: "has", field: this.#hasField() };
      return { kind: "match", field, patterns: this.#patterns() };
    }
    const operator = this.#takeComparison();
    if (operator === undefined) throw new Refusal(scanner.position, "one of : = != < <= > >=");
    return { kind: "compare", field, operator, value: this.#literal() };
  }

  #takeComparison(): Comparison | undefined {
    return comparisons.find((operator) => this.#scanner.take(operator));
  }

  #hasField(): string {
    const start = this.#scanner.position;
    const field = this.#scanner.takeField();
    if (field === undefined) throw new Refusal(start, "a field name or a parameter path");
    return field;
  }

  #patterns(): Pattern[] {
    const scanner = this.#scanner;
    if (!scanner.take("(")) return [this.#pattern()];
    const patterns: Pattern[] = [];
    do {
      scanner.skipBlanks();
      patterns.push(this.#pattern());
      this.#values += 1;
      if (this.#values > filterLimits.values)
        throw new Refusal(scanner.position, `at most ${filterLimits.values} values in lists`);
      scanner.skipBlanks();
    } while (scanner.take(","));
    if (!scanner.take(")")) throw new Refusal(scanner.position, "a comma or a closing parenthesis");
    return patterns;
  }

  #pattern(): Pattern {
    const scanner = this.#scanner;
    const start = scanner.position;
    const pattern =
      scanner.peek() === '"' ? splitPattern(this.#quoted()) : this.#valueWord().replace(/\*+/g, "*").split("*");
    if (pattern.length - 1 > filterLimits.jokers) throw new Refusal(start, `at most ${filterLimits.jokers} jokers`);
    return pattern;
  }

  #literal(): Literal {
    if (this.#scanner.peek() === '"') return { text: unescape(this.#quoted()), form: "text" };
    return literal(this.#valueWord());
  }

  #valueWord(): string {
    const word = this.#scanner.takeWord();
    if (word === "")
      throw new Refusal(this.#scanner.position, "a value, in quotes if it has blanks, commas or parentheses");
    return word;
  }

  /** What stands between quotes, with its escapes. */
  #quoted(): string {
    const scanner = this.#scanner;
    const open = scanner.position;
    const { text } = scanner;
    for (let at = open + 1; at < text.length; at++) {
      if (text[at] === "\\") at += 1;
      else if (text[at] === '"') {
        scanner.position = at + 1;
        return text.slice(open + 1, at);
      }
    }
    throw new Refusal(text.length, `a closing quote for the one at ${open}`);
  }

  #atKeyword(keyword: string): boolean {
    const word = this.#scanner.peekWord();
    return isKeyword(word) && word.toLowerCase() === keyword;
  }

  #takeKeyword(keyword: string): boolean {
    if (!this.#atKeyword(keyword)) return false;
    this.#scanner.takeWord();
    return true;
  }
}

const unescape = (quoted: string): string => quoted.replace(/\\([\s\S])/g, "$1");

/** Splits at the jokers of a quoted pattern; `\*` is an asterisk. */
function splitPattern(quoted: string): string[] {
  const parts = [""];
  for (const [, escaped, plain] of quoted.matchAll(/\\([\s\S])|([\s\S])/g)) {
    if (plain !== "*") parts[parts.length - 1] += escaped ?? plain ?? "";
    else if (parts.length === 1 || parts.at(-1) !== "") parts.push("");
  }
  return parts;
}

/** Parses filter text (CONSOLE §4). Never throws; blank text matches everything. */
export function parseFilter(text: string): FilterResult {
  try {
    return { ok: true, filter: new Parser(text).whole() };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, error: { offset: error.offset, expected: error.expected } };
    throw error;
  }
}

/** The same for a boundary: rejects with `filter.invalid`, whose details are `{ offset, expected }`. */
export function requireFilter(text: string): FilterNode {
  const result = parseFilter(text);
  if (result.ok) return result.filter;
  const { offset, expected } = result.error;
  throw new StewardError("filter.invalid", `at ${offset}: expected ${expected}`, { details: { offset, expected } });
}
