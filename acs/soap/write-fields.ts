import { isTrue } from "../../kernel/value.ts";
import { escapeXml } from "../../kernel/xml/escape.ts";
import { type Field, type Shape, UNKNOWN_TIME, type WireValue } from "../rpc/fields.ts";
import type { Dialect } from "./dialect.ts";
import { localPart, parameterTypeOf } from "./lexical.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * The elements of a struct in the schema's order. A mandatory field without value is written with its safe default: CPE
 * parsers expect every mandatory element. Names and codes come from the table and need no escaping.
 */
export function writeStruct(shape: Shape, body: Fields, dialect: Dialect): string {
  let xml = "";
  for (const name in shape) {
    const field = shape[name]!;
    const value = body[name];
    if (value !== undefined || field.presence !== "optional") xml += writeField(name, field, value, dialect);
  }
  return xml;
}

function writeField(name: string, field: Field, value: unknown, dialect: Dialect): string {
  switch (field.kind) {
    case "text":
    case "base64":
      return element(name, escapeXml((value as string | undefined) ?? ""));
    case "dateTime":
      return element(name, escapeXml((value as string | undefined) ?? UNKNOWN_TIME));
    case "int":
    case "unsignedInt":
      return element(name, String((value as number | undefined) ?? field.fallback));
    case "boolean":
      return element(name, spellBoolean(value === true, dialect.booleans));
    case "value":
      return writeValue(name, (value as WireValue | undefined) ?? { value: "" }, dialect);
    case "struct":
      return element(name, writeStruct(field.fields, (value as Fields | undefined) ?? {}, dialect));
    case "array":
      return writeArray(name, field, (value as readonly unknown[] | undefined) ?? [], dialect);
    case "repeated":
      return ((value as readonly Fields[] | undefined) ?? [])
        .map((item) => element(name, writeStruct(field.item.fields, item, dialect)))
        .join("");
    default:
      return writeChoices(name, field, (value as readonly Fields[] | undefined) ?? [], dialect);
  }
}

const element = (name: string, content: string): string => `<${name}>${content}</${name}>`;

const spellBoolean = (value: boolean, spelling: "1/0" | "true/false"): string =>
  spelling === "1/0" ? (value ? "1" : "0") : String(value);

function writeArray(
  name: string,
  field: Extract<Field, { kind: "array" }>,
  items: readonly unknown[],
  dialect: Dialect,
): string {
  let content = "";
  for (const item of items) content += writeField(field.element, field.item, item, dialect);
  return `<${name} ${arrayType(field.xsiType, items.length, dialect)}>${content}</${name}>`;
}

const arrayType = (type: string, count: number, dialect: Dialect): string =>
  `${dialect.prefixes.encoding}:arrayType="${qualified(type, dialect)}[${count}]"`;

function writeChoices(
  name: string,
  field: Extract<Field, { kind: "choice" }>,
  items: readonly Fields[],
  dialect: Dialect,
): string {
  const instance = dialect.prefixes.instance;
  let content = "";
  for (const item of items) {
    const [type, fields] = Object.entries(item)[0] ?? [];
    if (type === undefined || !Object.hasOwn(field.choices, type)) continue;
    const inner = writeStruct(field.choices[type]!.fields, fields as Fields, dialect);
    content +=
      dialect.changeDuState === "array"
        ? element(type, inner)
        : `<${name} ${instance}:type="${qualified(`cwmp:${type}`, dialect)}">${inner}</${name}>`;
  }
  if (dialect.changeDuState === "elements") return content;
  return `<${name} ${arrayType(`cwmp:${field.base}`, items.length, dialect)}>${content}</${name}>`;
}

/** A type written with our fixed prefixes, in the dialect's. */
function qualified(type: string, dialect: Dialect): string {
  const colon = type.indexOf(":");
  const prefix = type.slice(0, colon);
  const { cwmp, encoding, schema } = dialect.prefixes;
  return `${prefix === "xsd" ? schema : prefix === "cwmp" ? cwmp : encoding}:${type.slice(colon + 1)}`;
}

function writeValue(name: string, wire: WireValue, dialect: Dialect): string {
  const type = qualified(typeOf(wire, dialect), dialect);
  const lexical =
    wire.type === "boolean" && dialect.booleanValues !== "asGiven"
      ? spellBoolean(isTrue(wire.value), dialect.booleanValues)
      : escapeXml(wire.value);
  return `<${name} ${dialect.prefixes.instance}:type="${type}">${lexical}</${name}>`;
}

/** As the CPE spelt it where that names a type of XML Schema or SOAP, else the type's usual name, else a string. */
function typeOf({ type, wireType }: WireValue, dialect: Dialect): string {
  if (wireType !== undefined) {
    const meant = parameterTypeOf(wireType);
    if (meant !== undefined && (type === undefined || meant === type)) {
      const encoded = /enc|^soap:/i.test(wireType.slice(0, wireType.indexOf(":") + 1));
      const local = localPart(wireType);
      if (/^\w+$/.test(local)) return `${encoded ? "SOAP-ENC" : "xsd"}:${local}`;
    }
  }
  return type === "base64" ? dialect.base64Type : `xsd:${type ?? "string"}`;
}
