import type { KnownTree } from "../known-tree.ts";
import type { ModelSet } from "../model-set.ts";
import { type Finding, type RuleCode, rules, type ValidationMode } from "./rules.ts";

/** What a request is checked against. */
export interface ValidationContext {
  readonly models: ModelSet;
  readonly known: KnownTree;
  readonly mode: Exclude<ValidationMode, "off">;
}

interface Words {
  readonly rule: string;
  readonly expected?: string | undefined;
  readonly given?: string | undefined;
}

const MAX_GIVEN = 200;
const MAX_FINDINGS = 1_000;
const MASK = "(hidden)";

/** Gathers findings; a value that the model hides is never repeated. */
export class Findings {
  readonly context: ValidationContext;
  readonly list: Finding[] = [];

  constructor(context: ValidationContext) {
    this.context = context;
  }

  add(
    path: string,
    code: RuleCode,
    { rule, expected, given }: Words,
    options: { secret?: boolean; lenient?: boolean } = {},
  ): void {
    if (this.list.length >= MAX_FINDINGS) return;
    const shown = given === undefined ? undefined : options.secret ? MASK : shorten(given);
    this.list.push({
      path,
      code,
      severity: options.lenient && this.context.mode === "standard" ? "warning" : rules[code][this.context.mode],
      rule,
      ...(expected === undefined ? {} : { expected }),
      ...(shown === undefined ? {} : { given: shown }),
    });
  }
}

const shorten = (text: string): string => (text.length > MAX_GIVEN ? `${text.slice(0, MAX_GIVEN)}…` : text);
