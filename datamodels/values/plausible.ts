import type { ParameterType } from "../../kernel/value.ts";
import { checkOf } from "../facets/compile.ts";
import type { ParameterFact, SyntaxFact, ValueFormat } from "../facts.ts";
import { samplePattern } from "../patterns/sample.ts";
import { encodeItem } from "./list.ts";

/** A value that a device might hold at first: its default, else a small one that fits. Not "no value" where that is not allowed. */
export function plausibleValue({ syntax }: Pick<ParameterFact, "syntax">): string {
  if (syntax.default && fits(syntax, syntax.default.value)) return syntax.default.value;
  const { list } = syntax;
  if (!list) return plausibleItem(syntax);
  const item = list.inner
    ? `[${plausibleValue({ syntax: { ...syntax, list: list.inner } })}]`
    : encodeItem(plausibleItem(syntax));
  return Array.from({ length: Math.min(list.minItems ?? 0, MAX_ITEMS) }, () => item).join(",");
}

const MAX_ITEMS = 1_000;

/** What only the device sets is fine for a device. */
function fits(syntax: SyntaxFact, value: string): boolean {
  const issue = checkOf(syntax)(value);
  return issue === undefined || issue.code === "enumeration.readOnly" || issue.code === "enumeration.status";
}

function plausibleItem(syntax: SyntaxFact): string {
  const single: SyntaxFact = syntax.list ? withoutList(syntax) : syntax;
  const enumerated = single.enumeration?.find((entry) => entry.status === undefined) ?? single.enumeration?.[0];
  if (enumerated) return enumerated.value;
  const candidates = [
    single.format && byFormat[single.format],
    byType[single.type],
    ...bounds(single),
    ...samples(single),
  ];
  return candidates.find((value) => value !== undefined && fits(single, value)) ?? byType[single.type];
}

function withoutList(syntax: SyntaxFact): SyntaxFact {
  const { list: _list, ...rest } = syntax;
  return rest;
}

const byFormat: Readonly<Record<ValueFormat, string>> = {
  mac: "02:00:00:00:00:01",
  eui64: "02:00:00:FF:FE:00:00:01",
  uuid: "00000000-0000-4000-8000-000000000001",
  ip: "192.0.2.1",
  ipPrefix: "192.0.2.0/24",
};

const byType: Readonly<Record<ParameterType, string>> = {
  string: "",
  boolean: "false",
  int: "0",
  unsignedInt: "0",
  long: "0",
  unsignedLong: "0",
  decimal: "0",
  dateTime: "0001-01-01T00:00:00Z",
  base64: "",
  hexBinary: "",
};

const bounds = ({ ranges = [] }: SyntaxFact): string[] =>
  ranges.flatMap(({ min, max }) => [min, max].filter((bound) => bound !== undefined));

function samples({ type, patterns = [], sizes = [] }: SyntaxFact): string[] {
  const fromPatterns = patterns.map(samplePattern).filter((text) => text !== undefined);
  const length = sizes[0]?.min ?? 0;
  const bytes =
    type === "hexBinary"
      ? "00".repeat(length)
      : type === "base64"
        ? Buffer.alloc(length).toString("base64")
        : "x".repeat(length);
  return [...fromPatterns, bytes, "0".repeat(length)];
}
