import type { ParameterType } from "../kernel/value.ts";
import { limitsOf } from "./facets/words.ts";
import type { KnownTree } from "./known-tree.ts";
import type { ModelParameter } from "./model.ts";
import type { ModelSet } from "./model-set.ts";
import { isComparable, isSameValue } from "./values/canonical.ts";

/** What the device reported, else what the model says. */
export const knownType = (models: ModelSet, known: KnownTree, path: string): ParameterType | undefined =>
  known.get(path)?.type ?? models.parameter(path)?.syntax.type;

/** The `xsi:type` of what is sent: string where neither the device nor the model tells. */
export const typeFor = (models: ModelSet, known: KnownTree, path: string): ParameterType =>
  knownType(models, known, path) ?? "string";

/**
 * Whether the device already holds `wanted`. `undefined` when that cannot be known: the value was never seen, or reads back
 * as a null value whatever it is (hidden, secured, command).
 */
export function holdsValue(models: ModelSet, known: KnownTree, path: string, wanted: string): boolean | undefined {
  const seen = known.get(path);
  const syntax = models.parameter(path)?.syntax;
  if (seen?.value === undefined || (syntax && !isComparable(syntax))) return undefined;
  const type = seen.type ?? syntax?.type ?? "string";
  // The model's list or format means something only where the device agrees on the type.
  return isSameValue(syntax && syntax.type === type ? syntax : { type }, seen.value, wanted);
}

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
