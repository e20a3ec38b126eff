import type { SyntaxFact } from "../facts.ts";
import { parseDateTime } from "../values/date-time.ts";
import { allOf, lazyIssue, type ValueCheck } from "./issue.ts";
import { listCheck } from "./list.ts";
import { decimalCheck, integerCheck } from "./number.ts";
import { binaryCheck, formatCheck, sizeCheck, valueSetCheck } from "./text.ts";

const compiled = new WeakMap<SyntaxFact, ValueCheck>();

/** The check of a syntax: made at its first use, then kept as long as the model is. */
export function checkOf(syntax: SyntaxFact): ValueCheck {
  const known = compiled.get(syntax);
  if (known) return known;
  const made = syntax.list ? listCheck(syntax.list, itemCheck(syntax)) : itemCheck(syntax);
  compiled.set(syntax, made);
  return made;
}

function itemCheck(syntax: SyntaxFact): ValueCheck {
  switch (syntax.type) {
    case "string":
      return textCheck(syntax);
    case "boolean":
      return checkBoolean;
    case "int":
    case "unsignedInt":
    case "long":
    case "unsignedLong":
      return integerCheck(syntax.type, syntax.ranges);
    case "decimal":
      return decimalCheck(syntax);
    case "dateTime":
      return checkDateTime;
    case "base64":
    case "hexBinary":
      return binaryCheck(syntax);
  }
}

function textCheck(syntax: SyntaxFact): ValueCheck {
  const { sizes, enumeration, patterns } = syntax;
  const checks: (ValueCheck | undefined)[] = [
    sizes && sizeCheck(sizes),
    enumeration || patterns ? valueSetCheck(enumeration, patterns) : undefined,
    formatCheck(syntax),
  ];
  return allOf(checks.filter((check) => check !== undefined));
}

const notBoolean = lazyIssue("type.lexical", () => ({ rule: "type boolean", expected: "true, false, 1 or 0" }));
const checkBoolean: ValueCheck = (value) =>
  value === "true" || value === "false" || value === "1" || value === "0" ? undefined : notBoolean();

const notTime = lazyIssue("type.lexical", () => ({
  rule: "type dateTime",
  expected: "a time such as 2026-01-31T12:00:00Z",
}));
const noZone = lazyIssue("dateTime.zone", () => ({ rule: "dateTime in UTC", expected: "a zone: Z, or an offset" }));
const notRelative = lazyIssue("dateTime.zone", () => ({
  rule: "dateTime relative to boot",
  expected: "no zone before the year 1000",
}));
/** The first thousand years are times since boot, which have no zone (TR-106 §3.2.4). */
const YEAR_1000 = Date.UTC(1000, 0, 1);
const checkDateTime: ValueCheck = (value) => {
  const time = parseDateTime(value);
  if (!time) return notTime();
  if (time.kind !== "absolute") return undefined;
  if (!time.zoned) return noZone();
  return time.at < YEAR_1000 ? notRelative() : undefined;
};
