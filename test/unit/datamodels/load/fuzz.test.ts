import { describe, expect, it } from "@jest/globals";
import { ModelDocumentError } from "../../../../datamodels/errors.ts";
import { loadModels } from "../../../../datamodels/load/loader.ts";
import { parameter } from "../document.ts";

/** A document with one of everything, and a seeded way to damage it. */
const whole = `<?xml version="1.0"?>
<!DOCTYPE cwmp-datamodel-entities [ <!ENTITY octet "(25[0-5]|[0-9]{1,2})"> ]>
<dm:document xmlns:dm="urn:broadband-forum-org:cwmp:datamodel-1-14" spec="urn:broadband-forum-org:tr-999-1-0-0" file="f.xml">
<import file="f.xml" spec="urn:broadband-forum-org:tr-999-1-0"><dataType name="Other" ref="Ip"/></import>
<dataType name="Ip"><string><size maxLength="15"/><pattern value=""/><pattern value="(&octet;\\.){3}&octet;"/></string></dataType>
<dataType name="Narrow" base="Ip"><size maxLength="7"/></dataType>
<component name="Row" virtual="true">${parameter("Alias", '<dataType ref="Narrow"/>')}<component ref="More"/></component>
<component name="More"><object name="Sub.{i}." access="readWrite" minEntries="0" maxEntries="4"><uniqueKey functional="false"><parameter ref="A"/></uniqueKey>
${parameter("A", '<list minItems="1" maxItems="3" nestedBrackets="required"><size maxLength="99"/></list><int><range minInclusive="-5" maxInclusive="5" step="5"/><units value="dB"/></int><default type="object" value="[]"/>')}</object></component>
<model name="Device:2.99" isService="false"><object name="Device." access="readOnly" minEntries="1" maxEntries="1"/>
<object name="Device.T.{i}." access="readWrite" minEntries="0" maxEntries="unbounded" numEntriesParameter="N" enableParameter="E"><component ref="Row" version="2.4"/>
${parameter("E", '<string><enumeration value="x" access="readOnly"/><enumerationRef targetParam="#.S" nullValue="-"/><pathRef refType="strong" targetParent=".T." targetType="row"/></string>')}
<parameter base="Alias" access="readOnly" status="deprecated"/></object>
<profile name="Baseline:1" extends="Other:1"><object ref="Device.T.{i}." requirement="present"><parameter ref="E" requirement="readWrite"/></object></profile></model>
</dm:document>`;

function generator(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const splices = [
  "",
  "<",
  ">",
  "&",
  '"',
  "'",
  "</",
  "/>",
  "]]>",
  "<!--",
  "-->",
  "<![CDATA[",
  "<!DOCTYPE a>",
  "&octet;",
  "&#0;",
  "\u0000",
  "\ufffe",
  "{i}.",
  "-1",
  "99999999999",
  "(",
  "*",
  "unbounded",
  '<component ref="Row"/>',
  ' base="Ip"',
  '<model name="Device:2.99"/>',
];

function damage(text: string, random: (below: number) => number): string {
  let damaged = text;
  for (let hits = 1 + random(3); hits > 0; hits--) {
    const at = random(damaged.length);
    const to = Math.min(damaged.length, at + random(12));
    const kind = random(5);
    if (kind === 0) damaged = damaged.slice(0, at) + splices[random(splices.length)]! + damaged.slice(at);
    else if (kind === 1) damaged = damaged.slice(0, at) + damaged.slice(to);
    else if (kind === 2) damaged = damaged.slice(0, at) + String.fromCharCode(random(128)) + damaged.slice(at + 1);
    else if (kind === 3) damaged = damaged.slice(0, to) + damaged.slice(at, to + random(400)) + damaged.slice(to);
    else damaged = swapValues(damaged, random);
  }
  return damaged;
}

/** Puts one attribute's value in another's place: still XML, often nonsense. */
function swapValues(text: string, random: (below: number) => number): string {
  const values = [...text.matchAll(/="([^"]*)"/g)];
  const [to, from] = [values[random(values.length)], values[random(values.length)]];
  return to && from ? text.slice(0, to.index) + from[0] + text.slice(to.index + to[0].length) : text;
}

const outcomeOf = (text: string): string => {
  try {
    loadModels([{ name: "f.xml", text }]);
    return "accepted";
  } catch (error) {
    if (error instanceof ModelDocumentError && error.file === "f.xml" && error.line >= 1) return error.rule;
    return `threw ${error instanceof Error ? error.stack : String(error)}`;
  }
};

describe("a damaged document", () => {
  it("is taken whole or refused with file, line and rule, and soon", () => {
    expect(outcomeOf(whole)).toBe("accepted");
    const random = generator(20_261_122);
    const outcomes = new Map<string, number>();
    let slowest = 0;
    for (let round = 0; round < 6_000; round++) {
      const text = damage(whole, random);
      const start = performance.now();
      const outcome = outcomeOf(text);
      slowest = Math.max(slowest, performance.now() - start);
      if (outcome.startsWith("threw")) throw new Error(`${outcome}\n${text}`);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    expect(slowest).toBeLessThan(3_000);
    // It went deep: into the XML, the names, the types and the facets.
    expect(outcomes.size).toBeGreaterThan(20);
    expect(outcomes.get("accepted")).toBeGreaterThan(100);
  }, 60_000);

  it("is refused wherever it ends too early", () => {
    for (let end = 0; end < whole.trimEnd().length; end++) expect(outcomeOf(whole.slice(0, end))).toMatch(/^xml\./);
  });
});
