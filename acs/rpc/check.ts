import { type Field, type Shape } from "./fields.ts";

export interface ArgumentFinding {
  /** The element, dotted and indexed from the method: `ParameterList[3].Name`. */
  readonly path: string;
  readonly rule: string;
}

/**
 * What is wrong with arguments that came from elsewhere than a decoder (a raw operation of the API): unknown keys, missing
 * mandatory elements, other types, texts and lists beyond the schema's lengths. Empty when they can be encoded.
 */
export function checkArguments(shape: Shape, body: unknown): ArgumentFinding[] {
  const findings: ArgumentFinding[] = [];
  checkStruct(shape, body, "", findings);
  return findings;
}

function checkStruct(shape: Shape, body: unknown, path: string, findings: ArgumentFinding[]): void {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    findings.push({ path: path || ".", rule: "an object" });
    return;
  }
  const within = (name: string): string => (path === "" ? name : `${path}.${name}`);
  const fields = body as Readonly<Record<string, unknown>>;
  for (const name of Object.keys(fields))
    if (!Object.hasOwn(shape, name)) findings.push({ path: within(name), rule: "no such argument" });
  for (const [name, field] of Object.entries(shape)) {
    const value = fields[name];
    if (value !== undefined) checkField(field, value, within(name), findings);
    else if (field.presence !== "optional") findings.push({ path: within(name), rule: "mandatory" });
  }
}

function checkField(field: Field, value: unknown, path: string, findings: ArgumentFinding[]): void {
  const rule = violatedRule(field, value);
  if (rule !== undefined) {
    findings.push({ path, rule });
    return;
  }
  switch (field.kind) {
    case "struct":
      checkStruct(field.fields, value, path, findings);
      break;
    case "array":
    case "repeated":
      for (const [i, item] of (value as readonly unknown[]).entries())
        checkField(field.item, item, `${path}[${i}]`, findings);
      break;
    case "choice":
      for (const [i, item] of (value as readonly unknown[]).entries())
        checkChoice(field, item, `${path}[${i}]`, findings);
      break;
    default:
  }
}

/** The rule that the value itself breaks; what is inside of it is checked later. */
function violatedRule(field: Field, value: unknown): string | undefined {
  switch (field.kind) {
    case "text":
      if (typeof value !== "string") return "text";
      if (field.presence === "required" && value === "") return "not empty";
      return field.max !== undefined && value.length > field.max ? `at most ${field.max} characters` : undefined;
    case "dateTime":
    case "base64":
      return typeof value === "string" ? undefined : "text";
    case "boolean":
      return typeof value === "boolean" ? undefined : "true or false";
    case "int":
      return isIntegerWithin(value, -0x8000_0000, 0x7fff_ffff) ? undefined : "a 32-bit integer";
    case "unsignedInt":
      return isIntegerWithin(value, 0, 0xffff_ffff) ? undefined : "an unsigned 32-bit integer";
    case "value":
      return isWireValue(value) ? undefined : "an object with a text `value`";
    case "array":
      if (!Array.isArray(value)) return "a list";
      return field.max !== undefined && value.length > field.max ? `at most ${field.max} entries` : undefined;
    case "repeated":
    case "choice":
      return Array.isArray(value) && value.length > 0 ? undefined : "a list of at least one";
    default:
      return undefined;
  }
}

const isIntegerWithin = (value: unknown, low: number, high: number): boolean =>
  Number.isInteger(value) && (value as number) >= low && (value as number) <= high;

const isWireValue = (value: unknown): boolean =>
  typeof value === "object" && value !== null && typeof (value as { value?: unknown }).value === "string";

function checkChoice(
  field: Extract<Field, { kind: "choice" }>,
  item: unknown,
  path: string,
  findings: ArgumentFinding[],
): void {
  const entries = typeof item === "object" && item !== null ? Object.entries(item) : [];
  const [name, body] = entries[0] ?? [];
  if (entries.length !== 1 || name === undefined || !Object.hasOwn(field.choices, name))
    findings.push({ path, rule: `one of ${Object.keys(field.choices).join(", ")}` });
  else checkStruct(field.choices[name]!.fields, body, `${path}.${name}`, findings);
}
