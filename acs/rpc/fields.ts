import type { ParameterType } from "../../kernel/value.ts";

/**
 * Field descriptors: what stands between the tags of an RPC. Types, SOAP in both directions, argument checks and test
 * data are all derived from them. Types in `xsiType` use the prefixes `xsd`, `cwmp` and `SOAP-ENC` whatever the wire says.
 */

/** What a reader does when the element is not there: takes the safe default, refuses the message, or leaves the key out. */
export type Presence = "defaulted" | "required" | "optional";

interface Described<T> {
  readonly presence: Presence;
  /** Only for the type checker. */
  readonly __type?: T;
}

/** A parameter's value on the wire. `type` is absent when the peer named none that TR-106 knows. */
export interface WireValue {
  type?: ParameterType;
  /** Lexical form. */
  value: string;
  /** `xsi:type` as the peer spelt it, e.g. `xsd:base64Binary`. */
  wireType?: string;
}

/** `trimmed`: white space around it is never part of it (names, codes, identifiers). */
export interface TextField extends Described<string> {
  readonly kind: "text";
  readonly max?: number;
  readonly trimmed: boolean;
}
export interface IntegerField extends Described<number> {
  readonly kind: "int" | "unsignedInt";
  readonly fallback: number;
}
export interface BooleanField extends Described<boolean> {
  readonly kind: "boolean";
}
/** Lexical form: CPEs send what no parser reads (`2019-03-05T11:54::14`), so nobody is made to parse it. */
export interface DateTimeField extends Described<string> {
  readonly kind: "dateTime";
}
export interface Base64Field extends Described<string> {
  readonly kind: "base64";
}
export interface ValueField extends Described<WireValue> {
  readonly kind: "value";
}
export type Shape = Readonly<Record<string, Field>>;
export interface StructField<S extends Shape = Shape> extends Described<Infer<S>> {
  readonly kind: "struct";
  readonly fields: S;
}
/** A SOAP array. An item whose `identity` field is empty says nothing and is skipped when reading. */
export interface ArrayField<F extends Field = Field> extends Described<Typed<F>[]> {
  readonly kind: "array";
  readonly element: string;
  readonly xsiType: string;
  readonly item: F;
  readonly max?: number;
  readonly identity?: string;
}
/** A struct element that is repeated without an array around it; some stacks send an array of `element` instead. */
export interface RepeatedField<S extends Shape = Shape> extends Described<Infer<S>[]> {
  readonly kind: "repeated";
  readonly element: string;
  readonly item: StructField<S>;
}
/** Repeated elements of which each is one of several structs: `{ InstallOpStruct: {…} }`. */
export interface ChoiceField<C extends Readonly<Record<string, StructField>> = Readonly<Record<string, StructField>>>
  extends Described<ChoiceOf<C>[]> {
  readonly kind: "choice";
  /** The abstract base that the array form names. */
  readonly base: string;
  readonly choices: C;
}
export type Field =
  | TextField
  | IntegerField
  | BooleanField
  | DateTimeField
  | Base64Field
  | ValueField
  | StructLike
  | ArrayLike
  | RepeatedLike
  | ChoiceLike;

// The recursive members, widened so that a concrete shape is assignable to them.
interface StructLike extends Described<unknown> {
  readonly kind: "struct";
  readonly fields: Shape;
}
interface ArrayLike extends Described<unknown> {
  readonly kind: "array";
  readonly element: string;
  readonly xsiType: string;
  readonly item: Field;
  readonly max?: number;
  readonly identity?: string;
}
interface RepeatedLike extends Described<unknown> {
  readonly kind: "repeated";
  readonly element: string;
  readonly item: StructLike;
}
interface ChoiceLike extends Described<unknown> {
  readonly kind: "choice";
  readonly base: string;
  readonly choices: Readonly<Record<string, StructLike>>;
}

type Typed<F> = F extends { readonly __type?: infer T } ? Exclude<T, undefined> : never;
type OptionalKeys<S> = { [K in keyof S]: S[K] extends { readonly presence: "optional" } ? K : never }[keyof S];
type Flat<T> = { [K in keyof T]: T[K] };
/** The plain object that a shape describes; keys in the standard's spelling. */
export type Infer<S> = Flat<
  { -readonly [K in Exclude<keyof S, OptionalKeys<S>>]: Typed<S[K]> } & {
    -readonly [K in OptionalKeys<S>]?: Typed<S[K]>;
  }
>;
type ChoiceOf<C> = { [K in keyof C]: { [P in K]: Typed<C[K]> } }[keyof C];

/** Unknown Time (TR-106 §3.2.4): what stands for a dateTime that is not there. */
export const UNKNOWN_TIME = "0001-01-01T00:00:00Z";

/** Text kept as it is, but for the line breaks of a pretty-printer at both ends. */
export const text = (max?: number): TextField => ({
  kind: "text",
  presence: "defaulted",
  trimmed: false,
  ...limited(max),
});
/** A name, code or identifier. */
export const token = (max?: number): TextField => ({
  kind: "text",
  presence: "defaulted",
  trimmed: true,
  ...limited(max),
});
export const int = (fallback = 0): IntegerField => ({ kind: "int", presence: "defaulted", fallback });
export const unsignedInt = (fallback = 0): IntegerField => ({ kind: "unsignedInt", presence: "defaulted", fallback });
export const boolean: BooleanField = { kind: "boolean", presence: "defaulted" };
export const dateTime: DateTimeField = { kind: "dateTime", presence: "defaulted" };
export const base64: Base64Field = { kind: "base64", presence: "defaulted" };
export const value: ValueField = { kind: "value", presence: "defaulted" };
export const struct = <const S extends Shape>(fields: S): StructField<S> => ({
  kind: "struct",
  presence: "defaulted",
  fields,
});
export const arrayOf = <F extends Field>(
  element: string,
  xsiType: string,
  item: F,
  options: { max?: number; identity?: string } = {},
): ArrayField<F> => ({ kind: "array", presence: "defaulted", element, xsiType, item, ...options });
export const repeated = <S extends Shape>(element: string, item: StructField<S>): RepeatedField<S> => ({
  kind: "repeated",
  presence: "defaulted",
  element,
  item,
});
export const choice = <C extends Readonly<Record<string, StructField>>>(base: string, choices: C): ChoiceField<C> => ({
  kind: "choice",
  presence: "defaulted",
  base,
  choices,
});

export const optional = <F extends Field>(field: F): Omit<F, "presence"> & { readonly presence: "optional" } => ({
  ...field,
  presence: "optional",
});
/** Without it the message has no meaning. A required text must not be empty either. */
export const required = <F extends Field>(field: F): Omit<F, "presence"> & { readonly presence: "required" } => ({
  ...field,
  presence: "required",
});

const limited = (max: number | undefined): { max?: number } => (max === undefined ? {} : { max });
