/**
 * The one filter language: API, groups, role scopes, exports and console use this parser and printer. Pure. The meaning
 * of field names is not known here; whoever compiles a filter holds the table of fields and refuses an unknown one with
 * the term's span.
 */
export type {
  CompareTerm,
  Comparison,
  FilterNode,
  HasTerm,
  IdentityTerm,
  Literal,
  LiteralForm,
  MatchTerm,
  Pattern,
  Span,
  Term,
} from "./ast.ts";
export { allOf, anyOf, comparisons, everything, termsOf } from "./ast.ts";
export { durationOf, formOf, instantOf, literal, numberOf, plainUnits } from "./literal.ts";
export { type FilterError, type FilterResult, filterLimits, parseFilter, requireFilter } from "./parse.ts";
export { isExact, macAddress, matchesPattern, patternSource } from "./pattern.ts";
export { printFilter } from "./print.ts";
