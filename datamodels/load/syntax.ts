import { type ParameterType, parameterTypes } from "../../kernel/value.ts";
import type { DefaultFact, EnumerationFact, ListFact, SyntaxFact, ValueFormat } from "../facts.ts";
import { childNamed, type XmlElement } from "../xml/element.ts";
import type { SourceDocument } from "./document.ts";
import { defined, type Facets, fail, readDefault, readFacets, readList } from "./facets.ts";
import type { Scope } from "./scope.ts";

/** The named types of tr-106-types whose values have more than one spelling. Types derived from them inherit the format. */
const formats: Readonly<Record<string, ValueFormat>> = {
  MACAddress: "mac",
  IPAddress: "ip",
  IPv4Address: "ip",
  IPv6Address: "ip",
  IPPrefix: "ipPrefix",
  IPv4Prefix: "ipPrefix",
  IPv6Prefix: "ipPrefix",
  UUID: "uuid",
  IEEE_EUI64: "eui64",
};
/** How models from before the named types write a MAC address. */
const MAC_PATTERN = "([0-9A-Fa-f][0-9A-Fa-f]:){5}([0-9A-Fa-f][0-9A-Fa-f])";
const MAX_TYPE_DEPTH = 32;

/** `extend`: enumeration values and patterns add up (DM). `narrow`: what is stated is all that is left (DT). */
export type Refinement = "extend" | "narrow";

/** Resolves `<syntax>` and named data types to facts. */
export class SyntaxReader {
  readonly #scope: Scope;
  readonly #named = new Map<SourceDocument, Map<string, SyntaxFact>>();

  constructor(scope: Scope) {
    this.#scope = scope;
  }

  /** With `base`, what the element does not state is taken from there, as long as the type is the same. */
  read(
    document: SourceDocument,
    element: XmlElement,
    base?: SyntaxFact,
    refinement: Refinement = "extend",
  ): SyntaxFact {
    const { file } = document;
    const typeElement = element.children.find((child) => child.name === "dataType" || isType(child.name));
    if (!typeElement && !base) fail(file, element, "syntax.type", "the syntax has no type");
    const stated = typeElement ? this.#type(document, typeElement) : undefined;
    const compatible = base && (!stated || sameType(stated, base)) ? base : undefined;
    const origin = compatible ?? stated!;
    const facets = typeElement ? readFacets(file, typeElement) : {};
    const list = childNamed(element, "list");
    const initial = childNamed(element, "default");
    return defined<SyntaxFact>({
      ...applyFacets(file, typeElement ?? element, origin, facets, refinement),
      list: list ? readOuterList(file, list, compatible?.list, base ? undefined : stated?.list) : origin.list,
      default: initial
        ? liveDefault(file, initial, list !== undefined || origin.list !== undefined)
        : compatible?.default,
      hidden: flag(element, "hidden", compatible?.hidden),
      secured: flag(element, "secured", compatible?.secured),
      command: flag(element, "command", compatible?.command),
    });
  }

  /** A data type by the name that `document` knows it by. */
  named(document: SourceDocument, name: string, at: XmlElement, depth = 0): SyntaxFact {
    const cached = this.#named.get(document)?.get(name);
    if (cached) return cached;
    const located = this.#scope.dataType(document, name);
    const fact = located
      ? this.#define(located.document, located.element, name, depth)
      : (this.#scope.known.dataType(name) ??
        fail(document.file, at, "dataType.unknown", `there is no data type ${name}`));
    const ofDocument = this.#named.get(document) ?? new Map<string, SyntaxFact>();
    this.#named.set(document, ofDocument.set(name, fact));
    return fact;
  }

  #define(document: SourceDocument, element: XmlElement, name: string, depth: number): SyntaxFact {
    const { file } = document;
    if (depth > MAX_TYPE_DEPTH) fail(file, element, "dataType.cycle", `data type ${name} is made from itself`);
    const baseName = element.attributes.get("base");
    const builtin = element.children.find((child) => isType(child.name));
    if (baseName === undefined && !builtin) fail(file, element, "dataType.base", `data type ${name} has no type`);
    const origin: SyntaxFact =
      baseName === undefined
        ? { type: builtin!.name as ParameterType }
        : this.named(document, baseName, element, depth + 1);
    const facets = readFacets(file, baseName === undefined ? builtin! : element);
    const list = childNamed(element, "list");
    return defined<SyntaxFact>({
      ...applyFacets(file, element, origin, facets, "extend"),
      dataType: name,
      // An import may rename a type; what it means goes by its own name.
      format: formats[element.attributes.get("name") ?? name] ?? origin.format,
      list: list ? readList(file, list) : origin.list,
    });
  }

  #type(document: SourceDocument, element: XmlElement): SyntaxFact {
    if (element.name !== "dataType") return { type: element.name as ParameterType };
    const name = element.attributes.get("ref") ?? element.attributes.get("base");
    if (name === undefined) fail(document.file, element, "syntax.type", "<dataType> names no type");
    return this.named(document, name, element);
  }
}

const isType = (name: string): boolean => (parameterTypes as readonly string[]).includes(name);

/** A refinement may repeat the built-in type of what was a named one. */
const sameType = (stated: SyntaxFact, base: SyntaxFact): boolean =>
  stated.type === base.type && (stated.dataType === undefined || stated.dataType === base.dataType);

function flag(element: XmlElement, name: string, inherited: boolean | undefined): boolean | undefined {
  const text = element.attributes.get(name);
  return text === undefined ? inherited : text === "true" || text === "1" ? true : undefined;
}

/** A list of a type that is a list itself nests. */
function readOuterList(
  file: string,
  element: XmlElement,
  inherited: ListFact | undefined,
  inner: ListFact | undefined,
): ListFact {
  return { ...(inner ? { inner } : inherited), ...readList(file, element) };
}

function liveDefault(file: string, element: XmlElement, isList: boolean): DefaultFact | undefined {
  if (element.attributes.get("status") === "deleted") return undefined;
  const fact = readDefault(file, element);
  const bracketed = isList && /^\[.*\]$/s.test(fact.value);
  return bracketed ? { type: fact.type, value: fact.value.slice(1, -1) } : fact;
}

function applyFacets(
  file: string,
  at: XmlElement,
  origin: SyntaxFact,
  facets: Facets,
  refinement: Refinement,
): SyntaxFact {
  const patterns = mergePatterns(origin.patterns, facets.patterns, refinement);
  const merged = defined<SyntaxFact>({
    ...origin,
    sizes: emptyAsAbsent(facets.sizes ?? origin.sizes),
    ranges: emptyAsAbsent(facets.ranges ?? origin.ranges),
    enumeration: emptyAsAbsent(mergeEnumeration(origin.enumeration, facets.enumeration, refinement)),
    patterns: emptyAsAbsent(patterns),
    enumerationRef: facets.enumerationRef ?? origin.enumerationRef,
    pathRef: facets.pathRef ?? origin.pathRef,
    units: facets.units ?? origin.units,
    format: origin.format ?? (patterns?.includes(MAC_PATTERN) ? "mac" : undefined),
  });
  return checkFacets(file, at, merged);
}

const numeric: readonly ParameterType[] = ["int", "unsignedInt", "long", "unsignedLong", "decimal"];
const sized: readonly ParameterType[] = ["string", "base64", "hexBinary"];

function checkFacets(file: string, at: XmlElement, fact: SyntaxFact): SyntaxFact {
  if (fact.ranges && !numeric.includes(fact.type)) fail(file, at, "facet.range", `a ${fact.type} has no range`);
  const isWhole = fact.type !== "decimal";
  if (isWhole && fact.ranges?.some((range) => Object.values(range).some((bound: string) => bound.includes(".")))) {
    fail(file, at, "facet.range", `the range of a ${fact.type} is whole`);
  }
  if (fact.sizes && !sized.includes(fact.type)) fail(file, at, "facet.size", `a ${fact.type} has no size`);
  if (fact.pathRef && fact.type !== "string") fail(file, at, "facet.pathRef", `a ${fact.type} refers to nothing`);
  return fact;
}

const emptyAsAbsent = <T>(list: readonly T[] | undefined): readonly T[] | undefined =>
  list?.length ? list : undefined;

function mergeEnumeration(
  base: readonly EnumerationFact[] | undefined,
  stated: readonly EnumerationFact[] | undefined,
  refinement: Refinement,
): readonly EnumerationFact[] | undefined {
  if (!stated) return base;
  const merged = new Map((refinement === "extend" ? (base ?? []) : []).map((entry) => [entry.value, entry]));
  for (const entry of stated) {
    if (entry.status === "deleted") merged.delete(entry.value);
    else merged.set(entry.value, entry);
  }
  return [...merged.values()];
}

function mergePatterns(
  base: readonly string[] | undefined,
  stated: Facets["patterns"],
  refinement: Refinement,
): readonly string[] | undefined {
  if (!stated) return base;
  const merged = new Set(refinement === "extend" ? base : []);
  for (const { value, status } of stated) {
    if (status === "deleted") merged.delete(value);
    else merged.add(value);
  }
  return [...merged];
}
