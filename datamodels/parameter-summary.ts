import type { ParameterType } from "../kernel/value.ts";
import { limitsOf } from "./facets/words.ts";
import type { ModelParameter } from "./model.ts";

/** What is worth showing beside a value. */
export interface ParameterSummary {
  readonly type: ParameterType;
  readonly unit?: string;
  readonly writable: boolean;
  readonly description?: string;
  readonly limits: readonly string[];
  readonly hidden: boolean;
}

export const summarise = ({ syntax, access, description }: ModelParameter): ParameterSummary => ({
  type: syntax.type,
  ...(syntax.units === undefined ? {} : { unit: syntax.units }),
  writable: access !== "readOnly",
  ...(description === undefined ? {} : { description }),
  limits: limitsOf(syntax),
  hidden: syntax.hidden === true || syntax.secured === true,
});
