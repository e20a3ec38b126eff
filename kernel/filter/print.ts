import type { FilterNode, Literal, Pattern, Term } from "./ast.ts";
import { formOf } from "./literal.ts";
import { isAddressWord, isKeyword, isWord } from "./scanner.ts";

const quote = (text: string): string => `"${text.replace(/["\\]/g, "\\$&")}"`;

/** In a pattern a literal `*` is escaped; jokers are not. */
const quotePattern = (pattern: Pattern): string =>
  `"${pattern.map((part) => part.replace(/["\\*]/g, "\\$&")).join("*")}"`;

const printPattern = (pattern: Pattern): string => {
  const plain = pattern.join("*");
  return isWord(plain) && pattern.every((part) => !part.includes("*")) ? plain : quotePattern(pattern);
};

function printIdentity(pattern: Pattern): string {
  const plain = printPattern(pattern);
  if (plain.startsWith('"')) return plain;
  const readsAsTerm = plain.includes(":") && !isAddressWord(plain);
  return isKeyword(plain) || plain.startsWith("-") || /[=<>!]/.test(plain) || readsAsTerm
    ? quotePattern(pattern)
    : plain;
}

/** A value that begins with `=` would lengthen its operator. */
const printLiteral = ({ text, form }: Literal): string =>
  isWord(text) && !text.startsWith("=") && formOf(text) === form ? text : quote(text);

function printTerm(term: Term): string {
  switch (term.kind) {
    case "identity":
      return printIdentity(term.pattern);
    case "has":
      return `has:${term.field}`;
    case "compare":
      return `${term.field}${term.operator}${printLiteral(term.value)}`;
    case "match": {
      const patterns = term.patterns.map(printPattern);
      const text = `${term.field}:${patterns.length === 1 ? patterns[0] : `(${patterns.join(",")})`}`;
      // `aa:bb:cc` alone reads as an address; with quotes it is a field.
      return isAddressWord(text) ? `${term.field}:${quotePattern(term.patterns[0]!)}` : text;
    }
  }
}

function print(node: FilterNode, within: "top" | "and" | "or" | "not"): string {
  switch (node.kind) {
    case "not":
      return `-${print(node.node, "not")}`;
    case "and": {
      const text = node.nodes.map((child) => print(child, "and")).join(" ");
      return within === "not" ? `(${text})` : text;
    }
    case "or": {
      const text = node.nodes.map((child) => print(child, "or")).join(" or ");
      return within === "top" ? text : `(${text})`;
    }
    default:
      return printTerm(node);
  }
}

/** The canonical text: parsing it gives the same filter again. */
export const printFilter = (node: FilterNode): string => print(node, "top");
