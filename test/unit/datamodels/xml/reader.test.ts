import { describe, expect, it } from "@jest/globals";
import { ModelDocumentError } from "../../../../datamodels/errors.ts";
import { defaultXmlLimits, readXml } from "../../../../datamodels/xml/reader.ts";

const ruleOf = (text: string, limits = defaultXmlLimits): string => {
  try {
    readXml("a.xml", text, limits);
    return "accepted";
  } catch (error) {
    return error instanceof ModelDocumentError ? `${error.rule}@${error.line}` : `threw ${String(error)}`;
  }
};
const entities = (subset: string, use = "&x;"): string =>
  `<!DOCTYPE cwmp-datamodel-entities [${subset}]><a v="${use}"/>`;

describe("readXml", () => {
  it("reads elements by their local names, with lines, attributes, text and CDATA", () => {
    const root = readXml(
      "a.xml",
      '\ufeff<?xml version="1.0"?>\n<!-- c --><x:a p="1" q=\'&lt;&#65;&#x42;\'>\n <b/>t&amp;<![CDATA[<u>]]></x:a>\n<!-- end -->',
    );
    expect(root).toMatchObject({ name: "a", line: 2 });
    expect(Object.fromEntries(root.attributes)).toEqual({ p: "1", q: "<AB" });
    expect(root.children).toMatchObject([{ name: "b", line: 3 }]);
    expect(root.text.trim()).toBe("t&<u>");
  });

  it("prefers a plain attribute to a prefixed one of the same local name", () => {
    expect(readXml("a.xml", '<a dmr:version="1" version="2"/>').attributes.get("version")).toBe("2");
    expect(readXml("a.xml", '<a version="2" dmr:version="1"/>').attributes.get("version")).toBe("2");
    expect(readXml("a.xml", '<a dmr:version="1"/>').attributes.get("version")).toBe("1");
  });

  it.each([
    ["", "xml.truncated@1"],
    ["text", "xml.syntax@1"],
    ["<a>\n<b>", "xml.truncated@2"],
    ["<a>\n\n</b>", "xml.nesting@3"],
    ["<a/><b/>", "xml.trailing@1"],
    ["<a\nb=c/>", "xml.attribute@2"],
    ['<a b="1"\nb="2"/>', "xml.attribute@2"],
    ['<a b="<"/>', "xml.attribute@1"],
    ['<a b="1', "xml.truncated@1"],
    ["<a><!-- ", "xml.truncated@1"],
    ["<a>&nbsp;</a>", "xml.entity@1"],
    ["<a>&</a>", "xml.entity@1"],
    ["<a>&#0;</a>", "xml.entity@1"],
    ["<a>&#xD800;</a>", "xml.entity@1"],
    ["<a><!ELEMENT b></a>", "xml.declaration@1"],
    ["< a/>", "xml.syntax@1"],
    ["<a b/>", "xml.syntax@1"],
  ])("refuses %j with rule and line", (text, rule) => {
    expect(ruleOf(text)).toBe(rule);
  });

  it.each([
    '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
    '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
    '<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;">]><lolz>&lol2;</lolz>',
    '<!DOCTYPE cwmp-datamodel-entities SYSTEM "http://127.0.0.1/x.dtd" []><a/>',
    entities('<!ENTITY x "&y;">'),
    entities('<!ENTITY % x "y">'),
    entities('<!ENTITY x SYSTEM "file:///etc/passwd">'),
    entities('<!ENTITY x "<b/>">'),
    entities("<!ELEMENT a ANY>"),
    entities(`<!ENTITY x "${"y".repeat(300)}">`),
    entities(Array.from({ length: 40 }, (_, i) => `<!ENTITY e${i} "y">`).join("")),
  ])("refuses the document type of %.70s", (text) => {
    expect(ruleOf(text)).toMatch(/^xml\.doctype@/);
  });

  it("reads the flat entities of the type library, and only a little of them", () => {
    const subset = '\n <!ENTITY octet "(25[0-5]|[0-9])"> <!-- 0 to 255 -->\n';
    expect(readXml("a.xml", entities(subset, "&octet;.&octet;")).attributes.get("v")).toBe(
      "(25[0-5]|[0-9]).(25[0-5]|[0-9])",
    );
    expect(ruleOf(entities(`<!ENTITY x "${"y".repeat(250)}">`, "&x;".repeat(300)))).toBe("xml.entity@1");
  });

  it("keeps its limits", () => {
    expect(ruleOf("<a>".repeat(100_000))).toMatch(/^xml\.tooDeep/);
    const small = { length: 1_000, depth: 5, elements: 10, attributes: 2 };
    expect(ruleOf(`<a>${"<b/>".repeat(20)}</a>`, small)).toMatch(/^xml\.tooMany/);
    expect(ruleOf('<a b="" c="" d=""/>', small)).toMatch(/^xml\.tooMany/);
    expect(ruleOf(" ".repeat(2_000), small)).toMatch(/^xml\.tooLarge/);
  });

  it("ends every truncation of a document with an error of its own", () => {
    const text =
      '<?xml version="1.0"?><!DOCTYPE cwmp-datamodel-entities [<!ENTITY x "1">]><a b="&x;"><c>t</c><![CDATA[u]]><!-- v --></a>';
    expect(ruleOf(text)).toBe("accepted");
    for (let end = 0; end < text.length; end++) expect(ruleOf(text.slice(0, end))).toMatch(/^xml\./);
  });
});
