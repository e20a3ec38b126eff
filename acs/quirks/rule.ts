import type { Quirks } from "./quirks.ts";

/** Which devices a rule is for: every given field must match. Text is compared without case, `*` stands for anything. */
export interface ModelPattern {
  readonly manufacturer?: string;
  readonly oui?: string;
  readonly productClass?: string;
  readonly softwareVersion?: string;
}

export interface QuirkRule {
  readonly match: ModelPattern;
  readonly quirks: Partial<Quirks>;
  /** Where this was seen. */
  readonly because: string;
}

/** What an Inform says of its sender. */
export interface Model {
  readonly manufacturer?: string;
  readonly oui: string;
  readonly productClass: string;
  readonly softwareVersion?: string;
}

const patternFields = ["manufacturer", "oui", "productClass", "softwareVersion"] as const;

export const matchesModel = (pattern: ModelPattern, model: Model): boolean =>
  patternFields.every((field) => {
    const wanted = pattern[field];
    return wanted === undefined || matchesText(wanted, model[field] ?? "");
  });

/** `*` matches any run of characters. No regular expression: rules may come from a file. */
export function matchesText(pattern: string, text: string): boolean {
  const pieces = pattern.toLowerCase().split("*");
  const subject = text.toLowerCase();
  const [first = "", ...rest] = pieces;
  if (!subject.startsWith(first)) return false;
  const last = rest.pop();
  if (last === undefined) return subject === first;
  let at = first.length;
  for (const piece of rest) {
    const found = subject.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return subject.length - last.length >= at && subject.endsWith(last);
}
