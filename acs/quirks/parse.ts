import { StewardError } from "../../kernel/errors.ts";
import { seconds } from "../../kernel/time.ts";
import { defaultDialect } from "../soap/dialect.ts";
import { type Quirks, standardQuirks } from "./quirks.ts";
import type { QuirkRule } from "./rule.ts";

/**
 * The operator's rules: a JSON array of `{ match, quirks, because? }` with the fields of `QuirkRule`; `inactivity` in
 * seconds. Every mistake is reported at once (`configuration.invalid`, details: `mistakes`).
 */
export function parseQuirkRules(text: string): QuirkRule[] {
  const mistakes: string[] = [];
  const rules = readRules(text, mistakes);
  if (mistakes.length === 0) return rules;
  throw new StewardError("configuration.invalid", `quirks: ${mistakes.join("; ")}`, { details: { mistakes } });
}

type Fields = Record<string, unknown>;
const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function readRules(text: string, mistakes: string[]): QuirkRule[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    mistakes.push(`not JSON: ${(error as Error).message}`);
    return [];
  }
  if (!Array.isArray(parsed)) {
    mistakes.push("expected an array of rules");
    return [];
  }
  return parsed.map((rule, index) => readRule(rule, `rule ${index + 1}`, mistakes));
}

function readRule(rule: unknown, where: string, mistakes: string[]): QuirkRule {
  if (!isFields(rule) || !isFields(rule.match) || !isFields(rule.quirks)) {
    mistakes.push(`${where}: expected { match: {…}, quirks: {…} }`);
    return { match: {}, quirks: {}, because: "" };
  }
  for (const name of Object.keys(rule)) {
    if (!["match", "quirks", "because"].includes(name)) mistakes.push(`${where}: there is no ${name}`);
  }
  for (const [name, value] of Object.entries(rule.match)) {
    if (!["manufacturer", "oui", "productClass", "softwareVersion"].includes(name)) {
      mistakes.push(`${where}: match has no ${name}`);
    } else if (typeof value !== "string") mistakes.push(`${where}: match.${name} must be text`);
  }
  const because = typeof rule.because === "string" ? rule.because : "configured";
  return { match: rule.match, quirks: readQuirks(rule.quirks, where, mistakes), because };
}

function readQuirks(given: Fields, where: string, mistakes: string[]): Partial<Quirks> {
  const quirks: Fields = {};
  for (const [name, value] of Object.entries(given)) {
    const standard = Object.hasOwn(standardQuirks, name) ? standardQuirks[name as keyof Quirks] : undefined;
    const problem = standard === undefined ? "no such quirk" : problemOf(name, value, standard);
    if (problem !== undefined) mistakes.push(`${where}: ${name}: ${problem}`);
    else quirks[name] = name === "inactivity" ? seconds(value as number) : value;
  }
  return quirks as Partial<Quirks>;
}

const choices: Readonly<Record<string, readonly string[]>> = {
  ending: ["204", "200"],
  discovery: ["whole", "level"],
  readBy: ["objects", "names"],
};

function problemOf(name: string, value: unknown, standard: unknown): string | undefined {
  if (name === "dialect") return dialectProblem(value);
  if (typeof value !== typeof standard) return `expected a ${typeof standard}`;
  if (typeof value === "number" && !(Number.isInteger(value) && value > 0 && value <= 100_000)) {
    return "expected a whole number above 0";
  }
  const allowed = choices[name];
  return allowed && !allowed.includes(value as string) ? `expected one of ${allowed.join(", ")}` : undefined;
}

const dialectChoices: Readonly<Record<string, readonly string[]>> = {
  booleans: ["1/0", "true/false"],
  booleanValues: ["asGiven", "1/0", "true/false"],
  changeDuState: ["array", "elements"],
  base64Type: ["xsd:base64", "xsd:base64Binary", "SOAP-ENC:base64"],
};

function dialectProblem(value: unknown): string | undefined {
  if (!isFields(value)) return "expected an object";
  for (const [name, one] of Object.entries(value)) {
    if (!Object.hasOwn(defaultDialect, name)) return `${name}: no such switch`;
    const allowed = dialectChoices[name];
    if (allowed && !(typeof one === "string" && allowed.includes(one)))
      return `${name}: expected one of ${allowed.join(", ")}`;
    if (name === "xmlDeclaration" && typeof one !== "boolean") return `${name}: expected a boolean`;
    if (name === "prefixes" && !arePrefixes(one)) return "prefixes: expected all five, of letters, digits and hyphens";
  }
  return undefined;
}

const arePrefixes = (value: unknown): boolean =>
  isFields(value) &&
  Object.keys(defaultDialect.prefixes).every((name) => {
    const prefix = value[name];
    return typeof prefix === "string" && /^[A-Za-z][\w-]{0,15}$/.test(prefix);
  });
