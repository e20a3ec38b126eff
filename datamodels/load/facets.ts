import { ModelDocumentError } from "../errors.ts";
import type {
  DefaultFact,
  EnumerationFact,
  EnumerationRefFact,
  ListFact,
  PathRefFact,
  RangeFact,
  SizeFact,
  Status,
} from "../facts.ts";
import { compilePattern } from "../patterns/compile.ts";
import { childrenNamed, type XmlElement } from "../xml/element.ts";
import { requiredAttribute } from "./document.ts";

/** The facets that stand directly in an element (`<string>`, `<int>`, `<dataType>`, …). Absent: not stated there. */
export interface Facets {
  readonly sizes?: readonly SizeFact[];
  readonly ranges?: readonly RangeFact[];
  readonly enumeration?: readonly EnumerationFact[];
  /** With their status, because a refinement can delete one. */
  readonly patterns?: readonly { readonly value: string; readonly status?: Status }[];
  readonly enumerationRef?: EnumerationRefFact;
  readonly pathRef?: PathRefFact;
  readonly units?: string;
}

export function readFacets(file: string, element: XmlElement): Facets {
  const all = (name: string) => childrenNamed(element, name);
  const stated = <T>(name: string, read: (child: XmlElement) => T): T[] | undefined => {
    const found = all(name);
    return found.length === 0 ? undefined : found.map(read);
  };
  const live = (name: string) => all(name).filter((child) => child.attributes.get("status") !== "deleted");
  return defined({
    sizes: all("size").length > 0 ? live("size").map((child) => readSize(file, child)) : undefined,
    ranges: all("range").length > 0 ? live("range").map((child) => readRange(file, child)) : undefined,
    enumeration: stated("enumeration", (child) => readEnumeration(file, child)),
    patterns: stated("pattern", (child) => readPattern(file, child)),
    enumerationRef: live("enumerationRef").map((child) => readEnumerationRef(file, child))[0],
    pathRef: live("pathRef").map(readPathRef)[0],
    units: live("units").map((child) => requiredAttribute(file, child, "value"))[0],
  });
}

export function readList(file: string, element: XmlElement): ListFact {
  const minItems = count(file, element, "minItems");
  const maxItems = element.attributes.get("maxItems") === "unbounded" ? undefined : count(file, element, "maxItems");
  const sizes = childrenNamed(element, "size").filter((child) => child.attributes.get("status") !== "deleted");
  const brackets = element.attributes.get("nestedBrackets");
  return defined({
    minItems,
    maxItems,
    sizes: sizes.length > 0 ? sizes.map((child) => readSize(file, child)) : undefined,
    nestedBrackets: brackets === "permitted" || brackets === "required" ? brackets : undefined,
  });
}

const defaultTypes: readonly string[] = ["object", "factory", "implementation", "parameter"];

export function readDefault(file: string, element: XmlElement): DefaultFact {
  const type = requiredAttribute(file, element, "type");
  if (!defaultTypes.includes(type)) fail(file, element, "facet.default", `"${type}" is no kind of default`);
  return { type: type as DefaultFact["type"], value: requiredAttribute(file, element, "value") };
}

/** A number of things: digits, and small enough to count to. */
export function count(file: string, element: XmlElement, attribute: string): number | undefined {
  const text = element.attributes.get(attribute);
  if (text === undefined) return undefined;
  if (!/^\d{1,10}$/.test(text)) fail(file, element, "attribute.number", `${attribute} "${text}" is no count`);
  return Number(text);
}

/** Without the members that are undefined. */
export function defined<T extends object>(value: { [K in keyof T]: T[K] | undefined }): T {
  for (const key of Object.keys(value) as (keyof T)[]) if (value[key] === undefined) delete value[key];
  return value as T;
}

export function fail(file: string, element: XmlElement, rule: string, message: string): never {
  throw new ModelDocumentError(file, element.line, rule, message);
}

export function statusOf(file: string, element: XmlElement): Status | undefined {
  const status = element.attributes.get("status");
  if (status === undefined || status === "current") return undefined;
  if (status === "deprecated" || status === "obsoleted" || status === "deleted") return status;
  return fail(file, element, "attribute.status", `"${status}" is no status`);
}

function readSize(file: string, element: XmlElement): SizeFact {
  const size = defined<SizeFact>({ min: count(file, element, "minLength"), max: count(file, element, "maxLength") });
  if (size.min !== undefined && size.max !== undefined && size.min > size.max) {
    fail(file, element, "facet.size", `minLength ${size.min} exceeds maxLength ${size.max}`);
  }
  return size;
}

function readRange(file: string, element: XmlElement): RangeFact {
  const bound = (name: string): string | undefined => {
    const text = element.attributes.get(name)?.trim();
    if (text !== undefined && !/^[+-]?\d{1,20}(?:\.\d{1,20})?$/.test(text)) {
      fail(file, element, "facet.range", `${name} "${text}" is no number`);
    }
    return text;
  };
  const range = defined<RangeFact>({ min: bound("minInclusive"), max: bound("maxInclusive"), step: bound("step") });
  if (range.min !== undefined && range.max !== undefined && Number(range.min) > Number(range.max)) {
    fail(file, element, "facet.range", `${range.min} exceeds ${range.max}`);
  }
  if (range.step !== undefined && Number(range.step) <= 0)
    fail(file, element, "facet.range", "the step is not positive");
  return range.step === "1" ? defined<RangeFact>({ ...range, step: undefined }) : range;
}

const readEnumeration = (file: string, element: XmlElement): EnumerationFact =>
  defined({
    value: requiredAttribute(file, element, "value"),
    readOnly: element.attributes.get("access") === "readOnly" ? true : undefined,
    optional: element.attributes.get("optional") === "true" ? true : undefined,
    status: statusOf(file, element),
  });

function readPattern(file: string, element: XmlElement) {
  const value = requiredAttribute(file, element, "value");
  const problem = compilePattern(value);
  if (typeof problem === "string") fail(file, element, "facet.pattern", `"${value}": ${problem}`);
  return defined<{ value: string; status?: Status }>({ value, status: statusOf(file, element) });
}

const readEnumerationRef = (file: string, element: XmlElement): EnumerationRefFact =>
  defined({
    targetParam: requiredAttribute(file, element, "targetParam"),
    nullValue: element.attributes.get("nullValue"),
  });

const targetTypes: readonly string[] = ["row", "object", "parameter", "any", "single"];

function readPathRef(element: XmlElement): PathRefFact {
  const type = element.attributes.get("targetType");
  return defined({
    strong: element.attributes.get("refType") === "strong" ? true : undefined,
    targetParents: (element.attributes.get("targetParent") ?? "").split(/\s+/).filter((parent) => parent !== ""),
    targetType: type !== undefined && targetTypes.includes(type) ? (type as PathRefFact["targetType"]) : undefined,
  });
}
