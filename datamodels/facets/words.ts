import type { RangeFact, SizeFact, SyntaxFact } from "../facts.ts";

/** `1..65535`, `0..100 step 5`, alternatives joined by ` or `. */
export const rangesInWords = (ranges: readonly RangeFact[]): string =>
  ranges.map(({ min, max, step }) => `${min ?? ""}..${max ?? ""}${step ? ` step ${step}` : ""}`).join(" or ");

export const sizesInWords = (sizes: readonly SizeFact[]): string =>
  sizes
    .map(({ min, max }) => (min !== undefined && min === max ? String(min) : `${min ?? 0}..${max ?? ""}`))
    .join(" or ");

const MAX_LISTED = 40;

export function valuesInWords(values: readonly string[]): string {
  const shown = values.slice(0, MAX_LISTED).map((value) => (value === "" ? '""' : value));
  return values.length > MAX_LISTED ? `${shown.join(", ")}, …` : shown.join(", ");
}

/** The facets of a syntax, one phrase each, for showing beside a value. */
export function limitsOf({
  list,
  ranges,
  sizes,
  enumeration,
  patterns,
  enumerationRef,
  pathRef,
}: SyntaxFact): string[] {
  const limits: string[] = [];
  if (list) limits.push(`list of ${list.minItems ?? 0}..${list.maxItems ?? ""} items`);
  if (list?.sizes) limits.push(`size of the list ${sizesInWords(list.sizes)}`);
  if (ranges) limits.push(`range ${rangesInWords(ranges)}`);
  if (sizes) limits.push(`size ${sizesInWords(sizes)}`);
  if (enumeration) limits.push(`one of ${valuesInWords(enumeration.map((entry) => entry.value))}`);
  if (patterns) limits.push(`pattern ${patterns.map((pattern) => (pattern === "" ? '""' : pattern)).join(" or ")}`);
  if (enumerationRef) limits.push(`one of the values of ${enumerationRef.targetParam}`);
  if (pathRef) limits.push(`reference to ${pathRef.targetParents.join(" or ") || "a path"}`);
  return limits;
}
