/** The part of JSON Schema 2020-12 that bodies, queries and the OpenAPI document are written in. */
export interface JsonSchema {
  /** Named schemas become components of the OpenAPI document. */
  readonly title?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly maxProperties?: number;
  readonly minProperties?: number;
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly enum?: readonly (string | number | boolean | null)[];
  readonly const?: string | number | boolean;
  readonly oneOf?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly discriminator?: { readonly propertyName: string };
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default?: string | number | boolean;
}

declare const shape: unique symbol;
/** A JSON schema and the TypeScript type of what it accepts. */
export interface Schema<T = unknown> extends JsonSchema {
  readonly [shape]?: T;
}
export type Shape<S> = S extends Schema<infer T> ? T : never;

type Fields = Readonly<Record<string, Schema>>;
type Simplify<T> = { [K in keyof T]: T[K] };
type Members<R extends Fields, O extends Fields> = Simplify<
  { -readonly [K in keyof R]: Shape<R[K]> } & { -readonly [K in keyof O]?: Shape<O[K]> }
>;

interface TextOptions {
  min?: number;
  max?: number;
  pattern?: string;
  format?: string;
  description?: string;
}

export const text = ({ min = 0, max = 256, pattern, format, description }: TextOptions = {}): Schema<string> => ({
  type: "string",
  minLength: min,
  maxLength: max,
  ...(pattern === undefined ? {} : { pattern }),
  ...(format === undefined ? {} : { format }),
  ...(description === undefined ? {} : { description }),
});

export const integer = (minimum: number, maximum: number, description?: string): Schema<number> => ({
  type: "integer",
  minimum,
  maximum,
  ...(description === undefined ? {} : { description }),
});

export const boolean = (description?: string): Schema<boolean> => ({
  type: "boolean",
  ...(description === undefined ? {} : { description }),
});

export const choice = <const V extends readonly string[]>(values: V, description?: string): Schema<V[number]> => ({
  type: "string",
  enum: values,
  ...(description === undefined ? {} : { description }),
});

export const constant = <const V extends string | number | boolean>(value: V): Schema<V> => ({ const: value });

export const list = <T>(
  items: Schema<T>,
  { min = 0, max = 1000 }: { min?: number; max?: number } = {},
): Schema<T[]> => ({
  type: "array",
  items,
  minItems: min,
  maxItems: max,
});

type ObjectSchema<R extends Fields, O extends Fields> = Schema<Members<R, O>> & { readonly properties: Fields };

/** Fields that must and fields that may be there; any other is refused. */
export function object<R extends Fields>(required: R): ObjectSchema<R, Record<never, never>>;
export function object<R extends Fields, O extends Fields>(
  required: R,
  optional: O,
  title?: string,
): ObjectSchema<R, O>;
export function object(
  required: Fields,
  optional: Fields = {},
  title?: string,
): Schema & { readonly properties: Fields } {
  return {
    ...(title === undefined ? {} : { title }),
    type: "object",
    properties: { ...required, ...optional },
    required: Object.keys(required),
    additionalProperties: false,
  };
}

/** Any fields, with values of one kind. */
export const record = <T>(values: Schema<T>, description?: string): Schema<Record<string, T>> => ({
  type: "object",
  additionalProperties: values,
  ...(description === undefined ? {} : { description }),
});

export const anything: Schema<unknown> = {};

export const either = <S extends readonly Schema[]>(...schemas: S): Schema<Shape<S[number]>> => ({ anyOf: schemas });

/** Objects told apart by the constant in `property`. */
export const variants = <S extends readonly Schema[]>(
  property: string,
  schemas: S,
  title: string,
): Schema<Shape<S[number]>> => ({
  title,
  type: "object",
  discriminator: { propertyName: property },
  required: [property],
  oneOf: schemas,
});

/** `null` removes the field. */
export const removable = <T>(schema: Schema<T>): Schema<T | null> => ({ anyOf: [schema, { type: "null" }] });

export const named = <T>(title: string, schema: Schema<T>): Schema<T> => ({ ...schema, title });

// ------------------------------------------------------------ vocabulary of this API

/** Our own ids (kernel/ids) and those of tokens and credentials. */
export const id = text({ min: 1, max: 64, pattern: "^[0-9A-Za-z_-]+$" });
export const instant = text({ max: 40, format: "date-time", description: "ISO 8601 with a zone" });
export const duration = text({ min: 2, max: 16, format: "duration-text", description: "Such as 30s, 15m, 1h30m, 7d" });
export const parameterPath = text({
  min: 1,
  format: "parameter-path",
  description: "A parameter, or an object with its last dot; * stands for one element",
});

export const page = <T>(title: string, items: Schema<T>) =>
  object(
    { items: list(items, { max: 10_000 }) },
    {
      next: text({ max: 1024, description: "Give it as cursor for the next page; absent at the end" }),
      can: record(anything),
    },
    title,
  );

/** Of lists: where to go on and how much to return. */
export const paging = { cursor: text({ max: 1024 }), limit: { ...integer(1, 1000), default: 100 } } as const;
export const DEFAULT_LIMIT = 100;
