import { StewardError } from "../../kernel/errors.ts";

const SECRET_NAME =
  /^(?:(?:proxy-?)?authorization|(?:set-?)?cookies?|.*(?:password|passwd|passphrase|secret|token|apikey|privatekey))$/i;
const CREDENTIALS_IN_URL = /(\b[a-z][a-z0-9+.-]*:\/\/)[^/@\s]*@/gi;
const MAX_DEPTH = 6;

export const MASK = "[masked]";

const maskText = (text: string): string =>
  text.includes("://") ? text.replace(CREDENTIALS_IN_URL, `$1${MASK}@`) : text;

/** Log fields without secrets: values under telling names, and user names and passwords inside URLs. */
export function maskFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return maskObject(fields, 0);
}

function maskObject(object: object, depth: number): Record<string, unknown> {
  const masked: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(object)) {
    masked[name] = SECRET_NAME.test(name) && value !== undefined && value !== null ? MASK : maskValue(value, depth + 1);
  }
  return masked;
}

function maskValue(value: unknown, depth: number): unknown {
  if (typeof value === "string") return maskText(value);
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Error) return describeError(value, depth);
  if (depth > MAX_DEPTH) return "[deep]";
  if (Array.isArray(value)) return value.map((item) => maskValue(item, depth + 1));
  if (value instanceof Uint8Array) return `[${value.length} bytes]`;
  if (value instanceof Map || value instanceof Set) return maskValue([...value], depth);
  if ("toJSON" in value && typeof value.toJSON === "function") return value;
  return maskObject(value, depth);
}

function describeError(error: Error, depth: number): Record<string, unknown> {
  const described: Record<string, unknown> = { type: error.name, message: maskText(error.message) };
  if (error instanceof StewardError) {
    described["code"] = error.code;
    if (Object.keys(error.details).length > 0) described["details"] = maskValue(error.details, depth + 1);
  } else if ("code" in error) described["code"] = maskValue(error.code, depth + 1);
  if (error.stack) described["stack"] = maskText(error.stack);
  if (error.cause !== undefined && depth < MAX_DEPTH) described["cause"] = maskValue(error.cause, depth + 1);
  return described;
}
