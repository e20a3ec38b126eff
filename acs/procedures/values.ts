import type { WriteItem } from "../../fleet/operations/model.ts";
import type { ParameterRecord } from "../../fleet/parameters/model.ts";
import { genericPath, type ParameterPath } from "../../kernel/path.ts";
import { isTrue, type ParameterType } from "../../kernel/value.ts";
import type { RpcRequest } from "../rpc/index.ts";

export type ValuesToSet = RpcRequest<"SetParameterValues">["ParameterList"];

/** The type that a value is sent with: what the operation asks for, else what the device reported (there or for a sister row), else string. */
export function typeOf(item: WriteItem, known: ReadonlyMap<ParameterPath, ParameterRecord>): ParameterType {
  const reported = known.get(item.path)?.type;
  if (item.type !== undefined) return item.type;
  if (reported !== undefined) return reported;
  const generic = genericPath(item.path);
  for (const [path, { type }] of known) if (type !== undefined && genericPath(path) === generic) return type;
  return "string";
}

export const toWire = (items: readonly WriteItem[], known: ReadonlyMap<ParameterPath, ParameterRecord>): ValuesToSet =>
  items.map((item) => {
    const type = typeOf(item, known);
    return { Name: item.path, Value: { type, value: lexical(type, item.value) } };
  });

/** Booleans travel as `1` and `0`: one widespread model reads nothing else (specs §1.4). */
const lexical = (type: ParameterType, value: string): string => {
  if (type === "boolean") return isTrue(value) ? "1" : "0";
  // Fractions of a second are refused by some (specs §9).
  if (type === "dateTime") return value.replace(/(:\d\d)\.\d+/, "$1");
  return value;
};

const INTEGER_TYPES: ReadonlySet<ParameterType> = new Set(["int", "unsignedInt", "long", "unsignedLong"]);

/** Whether a value read back is the one that was written, however the device spells it. */
export function sameValue(type: ParameterType, written: string, readBack: string): boolean {
  if (written === readBack) return true;
  const [a, b] = [written.trim(), readBack.trim()];
  if (type === "boolean") return isTrue(a) === isTrue(b);
  if (INTEGER_TYPES.has(type))
    return /^[+-]?\d+$/.test(a) && /^[+-]?\d+$/.test(b) && BigInt(unsigned(a)) === BigInt(unsigned(b));
  if (type === "dateTime") return Date.parse(a) === Date.parse(b);
  if (type === "hexBinary") return a.toLowerCase() === b.toLowerCase();
  return a === b || (looksCaseless(a) && a.toLowerCase() === b.toLowerCase()) || sameList(a, b);
}

const unsigned = (text: string): string => text.replace(/^\+/, "");
/** MAC and IPv6 addresses, UUIDs. */
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
