import { StewardError } from "../../kernel/errors.ts";
import type { Term } from "../../kernel/filter/index.ts";
import type { Instant } from "../../kernel/time.ts";

export interface QueryContext {
  now: Instant;
  /** Generic paths that are searchable. */
  searchable: ReadonlySet<string>;
}

/** A term that cannot be answered: `filter.invalid` with its place in the text. */
export function refuseTerm(term: Term, message: string, details: Record<string, unknown> = {}): never {
  const offset = term.span?.start ?? 0;
  throw new StewardError("filter.invalid", `at ${offset}: ${message}`, {
    details: { offset, expected: message, ...details },
  });
}
