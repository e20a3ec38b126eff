/** The built-in parameter types of TR-106 and of CWMP (specs: TR-106 §3.2.4, TR-069 A.2.1). */
export const parameterTypes = [
  "string",
  "boolean",
  "int",
  "unsignedInt",
  "long",
  "unsignedLong",
  "decimal",
  "dateTime",
  "base64",
  "hexBinary",
] as const;
export type ParameterType = (typeof parameterTypes)[number];

/**
 * A parameter's value as it travels: its type and its lexical form, exact to the character
 * (an unsignedLong does not fit a JavaScript number).
 */
export interface TypedValue {
  readonly type: ParameterType;
  readonly value: string;
}

/** The value as JSON at the API: booleans and 32-bit integers are JSON's own, all else stays text. */
export function toJson({ type, value }: TypedValue): string | number | boolean {
  switch (type) {
    case "boolean":
      return isTrue(value);
    case "int":
    case "unsignedInt":
      return /^[+-]?\d{1,10}$/.test(value) ? Number(value) : value;
    default:
      return value;
  }
}

/** Text, number or boolean from an API body to the lexical form; `undefined` when it is none of these. */
export function lexicalFromJson(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return value ? "true" : "false";
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  return undefined;
}

export const isTrue = (lexical: string): boolean => {
  const text = lexical.trim().toLowerCase();
  return text === "1" || text === "true";
};
