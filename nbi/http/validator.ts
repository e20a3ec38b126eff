import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import formats from "ajv-formats";
import { durationOf } from "../../kernel/filter/index.ts";
import { isWellFormedPath } from "../../kernel/path.ts";
import { invalid, type ProblemItem } from "./problem.ts";
import type { JsonSchema, Schema } from "./schema.ts";

/** `form`: the fields of a multipart form, text like those of a query. */
export type Place = "body" | "query" | "path" | "form";

const MAX_ERRORS = 20;

const { validate: isDateTime } = formats.default.get("date-time") as { validate: (text: string) => boolean };
/** RFC 3339 has leap seconds, and ajv takes the zone `+01`: neither is a time to JavaScript. */
const isInstant = (text: string): boolean => isDateTime(text) && !Number.isNaN(Date.parse(text));

function createAjv(place: Place): Ajv {
  const ajv = new Ajv({
    allErrors: true,
    discriminator: true,
    strict: true,
    allowUnionTypes: true,
    strictRequired: false,
    strictTypes: false,
    useDefaults: false,
    // Errors carry the value and the schema around it: what may stand there is said with them.
    verbose: true,
    // Query text becomes numbers and booleans; one value of a list stands for a list of one.
    coerceTypes: place === "query" || place === "form" ? "array" : false,
  });
  formats.default(ajv, ["uri"]);
  ajv.addFormat("date-time", isInstant);
  ajv.addFormat("duration-text", (value: string) => durationOf(value) !== undefined);
  ajv.addFormat("parameter-path", isWellFormedPath);
  return ajv;
}

/** Compiles each schema once, at its first use. */
export class Validator {
  readonly #engines: Readonly<Record<Place, Ajv>> = {
    body: createAjv("body"),
    query: createAjv("query"),
    path: createAjv("path"),
    form: createAjv("form"),
  };
  readonly #compiled: Readonly<Record<Place, Map<JsonSchema, ValidateFunction>>> = {
    body: new Map(),
    query: new Map(),
    path: new Map(),
    form: new Map(),
  };

  /** The mistakes in `value`, which a query's coercion may have changed; none when it is as the schema says. */
  mistakes(place: Place, schema: Schema, value: unknown): ProblemItem[] {
    const validate = this.#compile(place, schema);
    if (validate(value)) return [];
    const errors = validate.errors ?? [];
    const telling = errors.filter((error) => isTelling(error) && !isSaidByTag(error, errors));
    return onePerTypeMismatch(telling.length === 0 ? errors : telling)
      .slice(0, MAX_ERRORS)
      .map((error) => itemOf(error, place));
  }

  /** Rejects with `argument.invalid` and the mistakes. */
  require<T>(place: Place, schema: Schema<T>, value: unknown): T {
    const mistakes = this.mistakes(place, schema, value);
    if (mistakes.length > 0) throw invalid(mistakes);
    return value as T;
  }

  #compile(place: Place, schema: JsonSchema): ValidateFunction {
    const known = this.#compiled[place].get(schema);
    if (known !== undefined) return known;
    const compiled = this.#engines[place].compile(schema);
    this.#compiled[place].set(schema, compiled);
    return compiled;
  }
}

/** A `null` allowed beside a value repeats each of its errors as "must be null", and alternatives sum up theirs. */
const isTelling = ({ keyword, params }: ErrorObject): boolean =>
  !(keyword === "type" && (params as { type?: unknown }).type === "null") && keyword !== "anyOf";

/** That the field is missing which tells the variants apart; the variants' own mistake names it and what it may be. */
const isSaidByTag = ({ keyword, params, instancePath }: ErrorObject, all: readonly ErrorObject[]): boolean =>
  keyword === "required" &&
  all.some(
    (other) =>
      other.keyword === "discriminator" &&
      other.instancePath === instancePath &&
      (other.params as { tag?: unknown }).tag === (params as { missingProperty?: unknown }).missingProperty,
  );

/** Alternatives of which none has the value's type become one mistake that names them all. */
function onePerTypeMismatch(errors: readonly ErrorObject[]): ErrorObject[] {
  const types = new Map<string, string[]>();
  const kept: ErrorObject[] = [];
  for (const error of errors) {
    const known = error.keyword === "type" ? types.get(error.instancePath) : undefined;
    if (known === undefined) kept.push(error);
    if (error.keyword !== "type") continue;
    const { type } = error.params as { type: string };
    types.set(error.instancePath, [...(known ?? []), type]);
  }
  return kept.map((error) => {
    const wanted = error.keyword === "type" ? types.get(error.instancePath)!.join(" or ") : "";
    return wanted === "" ? error : { ...error, message: `must be ${wanted}` };
  });
}

const formatWords: Readonly<Record<string, string>> = {
  "date-time": "must be an ISO 8601 time with a zone, such as 2026-11-22T10:00:00Z",
  "duration-text": "must be a duration, such as 30s, 15m or 7d",
  "parameter-path": "does not have the form of a parameter path",
  uri: "must be an absolute URL",
};

const escapePointer = (name: string): string => name.replaceAll("~", "~0").replaceAll("/", "~1");

function itemOf(error: ErrorObject, place: Place): ProblemItem {
  const { instancePath, keyword, params } = error;
  const { additionalProperty, missingProperty, tag, format } = params as Record<string, unknown>;
  const field = additionalProperty ?? missingProperty ?? tag;
  const pointer = typeof field === "string" ? `${instancePath}/${escapePointer(field)}` : instancePath;
  const words = (keyword === "format" && formatWords[String(format)]) || wordsOf(error, place);
  const where = place === "body" || place === "form" ? { pointer } : { parameter: parameterOf(pointer) };
  return { ...where, detail: `${nameOf(place, pointer)} ${words}` };
}

/** Of a list, the parameter that it is the value of. */
const parameterOf = (pointer: string): string => pointer.split("/")[1] ?? "";

const names: Readonly<Record<Place, (pointer: string) => string>> = {
  body: (pointer) => pointer || "the body",
  form: (pointer) => `the field ${parameterOf(pointer)}`,
  query: (pointer) => `the query parameter ${parameterOf(pointer)}`,
  path: (pointer) => `the path parameter ${parameterOf(pointer)}`,
};
const nameOf = (place: Place, pointer: string): string => names[place](pointer);

function wordsOf({ keyword, message, params, data, parentSchema }: ErrorObject, place: Place): string {
  const { allowedValues, allowedValue, tag } = params as Record<string, unknown>;
  if (keyword === "additionalProperties") return "is not known here";
  if (keyword === "required") return place === "form" ? "is missing; it comes before the content" : "is missing";
  if (keyword === "discriminator")
    return `must be one of ${variantsOf(parentSchema as JsonSchema | undefined, String(tag)).join(", ")}`;
  if (keyword === "enum") return `must be one of ${((allowedValues ?? allowedValue) as unknown[]).join(", ")}`;
  if (keyword === "type" && place === "query" && Array.isArray(data)) return "is given more than once";
  return message ?? "is not valid";
}

const variantsOf = (schema: JsonSchema | undefined, tag: string): unknown[] =>
  (schema?.oneOf ?? []).map(({ properties }) => properties?.[tag]?.const);
