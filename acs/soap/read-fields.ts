import type { XmlReader } from "../../kernel/xml/reader.ts";
import { type Field, type Shape, UNKNOWN_TIME, type WireValue } from "../rpc/fields.ts";
import { localPart, parameterTypeOf, readBoolean, readInteger, trimmed, unprettied } from "./lexical.ts";

/** A message lacks what it cannot live without: fault 8003 or 9003. `path` is the element, dotted from the method. */
export class MissingArgument extends Error {
  readonly path: string;

  constructor(path: string) {
    super(`${path} is missing or empty`);
    this.name = "MissingArgument";
    this.path = path;
  }
}

/** Reads the content of the element that the reader stands on, and consumes it. Tolerant (DESIGN decision 9). */
export type FieldReader<T = unknown> = (xml: XmlReader) => T;
type Fields = Record<string, unknown>;

interface Slot {
  readonly name: string;
  readonly required: boolean;
  /** Appends to what earlier elements of the same name gave; `undefined` when the field is one element. */
  readonly collect?: (xml: XmlReader, into: unknown[]) => void;
  readonly read: FieldReader;
  /** What an absent element stands for; `undefined` leaves the key out. */
  readonly absent: () => unknown;
}

/** In any case, and `Fault` for `FaultStruct`: TransferComplete has the one and DUStateChangeComplete the other. */
const looseName = (name: string): string => name.toLowerCase().replace(/struct$/, "");

export const structReader = (shape: Shape, path: string): FieldReader<Fields> => {
  const slots = Object.entries(shape).map(([name, field]) => slotOf(name, field, `${path}.${name}`));
  const indices = new Map(slots.map((slot, index) => [looseName(slot.name), index]));
  const locate = (xml: XmlReader, expected: number): number => {
    if (expected < slots.length && xml.isNamed(slots[expected]!.name)) return expected;
    for (let i = 0; i < slots.length; i++) if (xml.isNamed(slots[i]!.name)) return i;
    return indices.get(looseName(xml.localName)) ?? -1;
  };
  /** Whether every element was there, once and in the schema's order, as from most CPEs: nothing is left to complete then. */
  const fill = (xml: XmlReader, into: Fields): boolean => {
    let expected = 0;
    let tidy = true;
    while (xml.nextChild()) {
      const index = locate(xml, expected);
      if (index >= 0) {
        tidy = readSlot(xml, slots[index]!, into) && index === expected && tidy;
        expected = index + 1;
      }
      // Some stacks put the type's name around the content: <Fault><FaultStruct><FaultCode>.
      else if (slots.length > 0 && xml.localName.endsWith("Struct")) fill(xml, into);
      else xml.skip();
    }
    return tidy && expected === slots.length;
  };
  return (xml) => {
    const whole: Fields = {};
    return fill(xml, whole) ? whole : complete(slots, whole, path);
  };
};

/** Whether there was something usable. */
function readSlot(xml: XmlReader, slot: Slot, into: Fields): boolean {
  if (slot.collect !== undefined) {
    slot.collect(xml, (into[slot.name] ??= []) as unknown[]);
    return true;
  }
  const value = slot.read(xml);
  into[slot.name] = value;
  return value !== undefined && !(slot.required && value === "");
}

/** Gives what was not there its default, or refuses. */
function complete(slots: readonly Slot[], whole: Fields, path: string): Fields {
  for (let i = 0; i < slots.length; i++) {
    const slot = slots[i]!;
    const value = whole[slot.name];
    if (slot.required && (value === undefined || value === "")) throw new MissingArgument(`${path}.${slot.name}`);
    if (value !== undefined) continue;
    const absent = slot.absent();
    if (absent === undefined) delete whole[slot.name];
    else whole[slot.name] = absent;
  }
  return whole;
}

function slotOf(name: string, field: Field, path: string): Slot {
  const required = field.presence === "required";
  const absent = field.presence === "defaulted" ? defaultOf(field, path) : () => undefined;
  if (field.kind === "repeated")
    return { name, required, absent, read: skipped, collect: repeatedCollector(field, path) };
  if (field.kind === "choice") return { name, required, absent, read: skipped, collect: choiceCollector(field, path) };
  return { name, required, absent, read: fieldReader(field, path) };
}

const skipped: FieldReader = (xml) => xml.skip();

/** The value of a field that is not there: built anew each time, since messages are mutable. */
function defaultOf(field: Field, path: string): () => unknown {
  switch (field.kind) {
    case "text":
    case "base64":
      return () => "";
    case "int":
    case "unsignedInt":
      return () => field.fallback;
    case "boolean":
      return () => false;
    case "dateTime":
      return () => UNKNOWN_TIME;
    case "value":
      return () => ({ value: "" });
    case "struct": {
      const slots = Object.entries(field.fields).map(([name, inner]) => slotOf(name, inner, `${path}.${name}`));
      return () => complete(slots, {}, path);
    }
    default:
      return () => [];
  }
}

/** `undefined` from it means that the element holds nothing usable, as if it were not there. */
function fieldReader(field: Field, path: string): FieldReader {
  switch (field.kind) {
    case "text":
      return field.trimmed ? (xml) => trimmed(xml.leaf()) : (xml) => unprettied(xml.leaf());
    case "base64":
      return (xml) => trimmed(xml.leaf());
    case "int":
    case "unsignedInt": {
      const unsigned = field.kind === "unsignedInt";
      return (xml) => readInteger(xml.leaf(), unsigned);
    }
    case "boolean":
      return (xml) => readBoolean(xml.leaf());
    case "dateTime":
      return (xml) => trimmed(xml.leaf()) || undefined;
    case "value":
      return readValue;
    case "struct":
      return structReader(field.fields, path);
    case "array":
      return arrayReader(field, path);
    default:
      return skipped;
  }
}

function readValue(xml: XmlReader): WireValue {
  const wireType = xml.attribute("type");
  const raw = xml.leaf();
  if (wireType === undefined || wireType === "") return { value: unprettied(raw) };
  const type = parameterTypeOf(wireType);
  if (type === undefined) return { value: unprettied(raw), wireType };
  return { type, value: type === "string" ? unprettied(raw) : trimmed(raw), wireType };
}

function arrayReader(field: Extract<Field, { kind: "array" }>, path: string): FieldReader<unknown[]> {
  const read = fieldReader(field.item, path);
  const fallback = defaultOf(field.item, path);
  const { identity } = field;
  return (xml) => {
    const items: unknown[] = [];
    while (xml.nextChild()) {
      const item = read(xml) ?? fallback();
      if (identity === undefined || (item as Fields)[identity] !== "") items.push(item);
    }
    return items;
  };
}

/** `<Results>…</Results>` repeated (the schema), or one `<Results>` with an array of structs in it (seen). */
function repeatedCollector(field: Extract<Field, { kind: "repeated" }>, path: string): Slot["collect"] {
  const slots = Object.entries(field.item.fields).map(([name, inner]) => slotOf(name, inner, `${path}.${name}`));
  const readItem = structReader(field.item.fields, path);
  return (xml, into) => {
    const own: Fields = {};
    let nested = false;
    while (xml.nextChild()) {
      const slot =
        slots.find((one) => xml.isNamed(one.name)) ??
        slots.find((one) => looseName(one.name) === looseName(xml.localName));
      if (slot !== undefined) readSlot(xml, slot, own);
      else if (xml.isNamed(field.element) || xml.localName.endsWith("ResultStruct")) {
        nested = true;
        into.push(readItem(xml));
      } else xml.skip();
    }
    if (!nested) into.push(complete(slots, own, path));
  };
}

/** `<Operations xsi:type="cwmp:InstallOpStruct">` repeated (the schema), or one `<Operations>` with `<InstallOpStruct>`s in it. */
function choiceCollector(field: Extract<Field, { kind: "choice" }>, path: string): Slot["collect"] {
  const readers = new Map(
    Object.entries(field.choices).map(([name, one]) => [name, structReader(one.fields, `${path}.${name}`)]),
  );
  const chosen = (xml: XmlReader): [string, FieldReader] | undefined => {
    const name = readers.has(xml.localName) ? xml.localName : localPart(xml.attribute("type") ?? "");
    const read = readers.get(name);
    return read && [name, read];
  };
  return (xml, into) => {
    const own = chosen(xml);
    if (own !== undefined) {
      into.push({ [own[0]]: own[1](xml) });
      return;
    }
    while (xml.nextChild()) {
      const inner = chosen(xml);
      if (inner === undefined) throw new MissingArgument(`${path}.${xml.localName}'s type`);
      into.push({ [inner[0]]: inner[1](xml) });
    }
  };
}
