import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import formats from "ajv-formats";
import { durationOf } from "../../kernel/filter/index.ts";
import { isWellFormedPath } from "../../kernel/path.ts";
import { invalid, type ProblemItem } from "./problem.ts";
import type { JsonSchema, Schema } from "./schema.ts";

export type Place = "body" | "query" | "path";

const MAX_ERRORS = 20;

function createAjv(place: Place): Ajv {
  const ajv = new Ajv({
    allErrors: true,
    discriminator: true,
    strict: true,
    allowUnionTypes: true,
    strictRequired: false,
    strictTypes: false,
    useDefaults: false,
    // Query text becomes numbers and booleans; one value of a list stands for a list of one.
    coerceTypes: place === "query" ? "array" : false,
  });
  formats.default(ajv, ["date-time", "uri"]);
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
  };
  readonly #compiled: Readonly<Record<Place, Map<JsonSchema, ValidateFunction>>> = {
    body: new Map(),
    query: new Map(),
    path: new Map(),
  };

  /** The mistakes in `value`, which a query's coercion may have changed; none when it is as the schema says. */
  mistakes(place: Place, schema: Schema, value: unknown): ProblemItem[] {
    const validate = this.#compile(place, schema);
    if (validate(value)) return [];
    const errors = validate.errors ?? [];
    const telling = errors.filter(isTelling);
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

function itemOf({ instancePath, keyword, params, message }: ErrorObject, place: Place): ProblemItem {
  const { additionalProperty, missingProperty, allowedValues, allowedValue, tag, format } = params as Record<
    string,
    unknown
  >;
  const field = additionalProperty ?? missingProperty ?? tag;
  const pointer = typeof field === "string" ? `${instancePath}/${escapePointer(field)}` : instancePath;
  const words =
    (keyword === "format" && formatWords[String(format)]) || wordsOf(keyword, message, allowedValues ?? allowedValue);
  const where = place === "body" ? { pointer } : { parameter: pointer.slice(1) };
  return { ...where, detail: `${nameOf(place, pointer)} ${words}` };
}

const nameOf = (place: Place, pointer: string): string =>
  place === "body"
    ? pointer || "the body"
    : `the ${place === "query" ? "query parameter" : "path parameter"} ${pointer.slice(1)}`;

function wordsOf(keyword: string, message: string | undefined, allowed: unknown): string {
  if (keyword === "additionalProperties") return "is not known here";
  if (keyword === "required") return "is missing";
  if (keyword === "discriminator") return "is not one of those that are known";
  if (keyword === "enum") return `must be one of ${(allowed as unknown[]).join(", ")}`;
  return message ?? "is not valid";
}
