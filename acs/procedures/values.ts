import { isHeld, type SeenValue, type ValueTyping } from "../../datamodels/typing.ts";
import { canonicalValue } from "../../datamodels/values/canonical.ts";
import type { OperationDocument, WriteItem } from "../../fleet/operations/model.ts";
import type { ParameterRecord } from "../../fleet/parameters/model.ts";
import { isSecretName } from "../../fleet/parameters/secret-names.ts";
import { merged } from "../../kernel/merged.ts";
import { genericPath, type ParameterPath } from "../../kernel/path.ts";
import { isTrue, type ParameterType } from "../../kernel/value.ts";
import type { RpcRequest } from "../rpc/index.ts";
import { type Decision, failed } from "./procedure.ts";

export type ValuesToSet = RpcRequest<"SetParameterValues">["ParameterList"];

/** A value to write, with what was known of its parameter when the operation was made. */
export type TypedItem = WriteItem & { readonly typing?: ValueTyping };

export const withTyping = (values: readonly WriteItem[], { typing = [] }: OperationDocument): TypedItem[] =>
  values.map((item, index) => (typing[index] ? merged(item, { typing: typing[index] }) : item));

/** Those whose type somebody has to look up. */
export const untyped = (values: readonly WriteItem[], typing: readonly ValueTyping[] = []): WriteItem[] =>
  values.filter((item, index) => item.type === undefined && typing[index]?.type === undefined);

/**
 * The type that a value is sent with: what the operation asks for, else what the device reported, else what its model says,
 * else what it reported for a sister row, else string.
 */
export function typeOf(item: TypedItem, known: ReadonlyMap<ParameterPath, ParameterRecord>): ParameterType {
  const told = item.type ?? known.get(item.path)?.type ?? item.typing?.type;
  if (told !== undefined) return told;
  const generic = genericPath(item.path);
  for (const [path, { type }] of known) if (type !== undefined && genericPath(path) === generic) return type;
  return "string";
}

export const toWire = (items: readonly TypedItem[], known: ReadonlyMap<ParameterPath, ParameterRecord>): ValuesToSet =>
  items.map((item) => {
    const type = typeOf(item, known);
    return { Name: item.path, Value: { type, value: lexical(type, item) } };
  });

/** A value as it is sent: in its one spelling, where there is one. */
export function lexical(type: ParameterType, { value, typing }: TypedItem): string {
  // Booleans travel as `1` and `0`: one widespread model reads nothing else (specs §1.4).
  if (type === "boolean") return isTrue(value) ? "1" : "0";
  // Fractions of a second are refused by some (specs §9); the offset of a local time means something.
  if (type === "dateTime") return value.replace(/(:\d\d)\.\d+/, "$1");
  const { syntax } = typing ?? {};
  return canonicalValue(syntax?.type === type ? syntax : { type }, value);
}

/** Not stored as known when it was written: it is a secret, or nothing that the device would show. */
export const isOpaque = ({ path, typing }: TypedItem): boolean => typing?.opaque !== undefined || isSecretName(path);

export const commandAmong = (items: readonly TypedItem[]): TypedItem | undefined =>
  items.find((item) => item.typing?.opaque === "command");

export const cannotTellWhether = ({ path }: TypedItem): Decision<never> =>
  failed("outcome.unknown", `the answer was lost, and whether ${path} was carried out cannot be told`);

/** Whether the device has the value that was written, however it spells it; `undefined` when it does not show what it has. */
export function hasValue(item: TypedItem, seen: SeenValue | undefined, type: ParameterType): boolean | undefined {
  if (seen === undefined) return false;
  if (seen.value === "" && isSecretName(item.path)) return undefined;
  const held = isHeld({ ...item.typing, type }, lexical(seen.type ?? type, item), seen);
  if (held !== false || item.typing?.syntax !== undefined || (seen.type ?? type) !== "string") return held;
  return looksSame(item.value.trim(), seen.value.trim());
}

/** Texts of which no model says what they are: addresses and UUIDs in either case, lists with blanks or without. */
const looksSame = (a: string, b: string): boolean =>
  a === b || (looksCaseless(a) && a.toLowerCase() === b.toLowerCase()) || sameList(a, b);
const looksCaseless = (text: string): boolean => /^[0-9a-f:.\-/%]+$/i.test(text) && /[:-]/.test(text);
const sameList = (a: string, b: string): boolean =>
  a.includes(",") && a.replaceAll(/\s*,\s*/g, ",") === b.replaceAll(/\s*,\s*/g, ",");

const ENVELOPE = 1_000;
const ITEM = 160;
/** What every CPE accepts in one envelope (specs §1.1). */
export const MAX_ENVELOPE = 32_768;

/** A careful estimate of the SetParameterValues in bytes. */
export const envelopeSize = (values: ValuesToSet): number =>
  values.reduce((sum, { Name, Value }) => sum + ITEM + Name.length + Buffer.byteLength(Value.value) * 1.1, ENVELOPE);
