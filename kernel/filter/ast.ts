/** Where a term stands in the text: offsets in UTF-16 units, `end` exclusive. Set by the parser, ignored by the printer. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Text with jokers: what stands between the `*`s. `["HG82", ""]` is `HG82*`, `["x"]` is exactly `x`, `["", ""]` is
 * anything. Compared without case.
 */
export type Pattern = readonly string[];

/** How a value reads when it is written without quotes; quoted values are `text`. */
export type LiteralForm = "text" | "number" | "duration" | "time";

export interface Literal {
  /** As written, without quotes and escapes. */
  readonly text: string;
  readonly form: LiteralForm;
}

export const comparisons = ["!=", "<=", ">=", "=", "<", ">"] as const;
export type Comparison = (typeof comparisons)[number];

/** A bare word: serial number, alias, tag, IP or MAC address. */
export interface IdentityTerm {
  readonly kind: "identity";
  readonly pattern: Pattern;
  readonly span?: Span;
}

/** `field:pattern`, `field:(pattern,pattern)`: any of them, without case. */
export interface MatchTerm {
  readonly kind: "match";
  /** A field name or a parameter path, in which `*` stands for any one element and a last dot for all below. */
  readonly field: string;
  readonly patterns: readonly Pattern[];
  readonly span?: Span;
}

export interface CompareTerm {
  readonly kind: "compare";
  readonly field: string;
  readonly operator: Comparison;
  readonly value: Literal;
  readonly span?: Span;
}

/** `has:field`. */
export interface HasTerm {
  readonly kind: "has";
  readonly field: string;
  readonly span?: Span;
}

export type Term = IdentityTerm | MatchTerm | CompareTerm | HasTerm;

/** A filter. `and` of nothing matches everything (the empty text); `or` has at least two branches. */
export type FilterNode =
  | Term
  | { readonly kind: "and"; readonly nodes: readonly FilterNode[] }
  | { readonly kind: "or"; readonly nodes: readonly FilterNode[] }
  | { readonly kind: "not"; readonly node: FilterNode };

const join = (kind: "and" | "or", nodes: readonly FilterNode[]): FilterNode => {
  const flat = nodes.flatMap((node) => (node.kind === kind ? node.nodes : [node]));
  return flat.length === 1 ? flat[0]! : { kind, nodes: flat };
};

export const everything: FilterNode = { kind: "and", nodes: [] };
/** All of them; nested conjunctions are taken apart, one alone stays itself. */
export const allOf = (nodes: readonly FilterNode[]): FilterNode => join("and", nodes);
/** Any of them (at least one). */
export const anyOf = (nodes: readonly [FilterNode, ...FilterNode[]]): FilterNode => join("or", nodes);

/** The terms of a filter, from left to right. */
export function termsOf(node: FilterNode): Term[] {
  switch (node.kind) {
    case "and":
    case "or":
      return node.nodes.flatMap(termsOf);
    case "not":
      return termsOf(node.node);
    default:
      return [node];
  }
}
