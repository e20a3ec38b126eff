import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { isXmlCharacter } from "../../../../kernel/xml/entities.ts";
import { escapeXml } from "../../../../kernel/xml/escape.ts";
import { XmlReader } from "../../../../kernel/xml/reader.ts";
import { XmlError } from "../../../../kernel/xml/xml-error.ts";

interface Node {
  name: string;
  children: (Node | string)[];
}

/** The whole document, by the reader's own steps. */
function treeOf(text: string): Node {
  const xml = new XmlReader(text);
  xml.root();
  const read = (): Node => {
    const name = xml.prefix === "" ? xml.localName : `${xml.prefix}:${xml.localName}`;
    const children: Node[] = [];
    const own = xml.leaf(() => {
      children.push(read());
    });
    return { name, children: own === "" ? children : [own, ...children] };
  };
  const root = read();
  xml.end();
  return root;
}

const textOf = (text: string): string =>
  treeOf(text)
    .children.filter((child) => typeof child === "string")
    .join("");

const failure = (text: string): XmlError => {
  try {
    treeOf(text);
  } catch (error) {
    if (error instanceof XmlError) return error;
    throw error;
  }
  throw new Error("it was read");
};

describe("XmlReader", () => {
  it("reads elements, prefixes, text, self-closed tags and blanks in tags", () => {
    expect(treeOf('<a:r  x = "1"\n>t<b />u<c:d></c:d ></a:r >')).toEqual({
      name: "a:r",
      children: ["tu", { name: "b", children: [] }, { name: "c:d", children: [] }],
    });
  });

  it("walks with nextChild, isNamed, leaf and skip, each consuming one element", () => {
    const xml = new XmlReader("<r>x<a>1</a><!-- <z/> --><b><c/><d>2</d></b><?p <q> ?><e><![CDATA[<f>]]></e></r>");
    const seen: string[] = [];
    xml.root();
    while (xml.nextChild()) {
      seen.push(xml.localName);
      if (xml.isNamed("b")) xml.skip();
      else seen.push(xml.leaf());
    }
    xml.end();
    expect(seen).toEqual(["a", "1", "b", "e", "<f>"]);
  });

  it("isNamed compares the whole local name", () => {
    const xml = new XmlReader("<p:Name/>");
    xml.root();
    expect([xml.isNamed("Name"), xml.isNamed("Nam"), xml.isNamed("Names"), xml.isNamed("p:Name")]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  it("attributes are found by local name, the first of two, in either quotes, decoded", () => {
    const xml = new XmlReader(`<r a:type='x&lt;"' b:type="2" other="3>4" empty=""/>`);
    xml.root();
    expect([xml.attribute("type"), xml.attribute("other"), xml.attribute("empty"), xml.attribute("typ")]).toEqual([
      'x<"',
      "3>4",
      "",
      undefined,
    ]);
  });

  it("attributes belong to the element just opened", () => {
    const xml = new XmlReader('<r a="1"><s/></r>');
    xml.root();
    xml.nextChild();
    expect(xml.attribute("a")).toBeUndefined();
  });

  it("namespace declarations are told from attributes that end alike", () => {
    const xml = new XmlReader('<r xmlns="d" xmlns:p="u" q:xmlnsx="n" p="no"/>');
    const declared = new Map<string, string>();
    xml.root();
    xml.declareNamespaces(declared);
    expect([...declared]).toEqual([
      ["", "d"],
      ["p", "u"],
    ]);
  });

  it.each([
    ["a&lt;&gt;&amp;&quot;&apos;b", "a<>&\"'b"],
    ["&#65;&#x42;&#X1F600;", "AB😀"],
    ["&amp;lt;", "&lt;"],
    ["&#0;&#xD800;&#x110000;&#xFFFF;", ""],
    ["&nbsp; & &; &lt", "&nbsp; & &; &lt"],
    ["a\r\nb\rc\nd", "a\nb\nc\nd"],
    ["&#13;", "\r"],
    ["a\u0000\u0008\u000b\u001fb\t", "ab\t"],
  ])("character data %j is %j", (written, meant) => {
    expect(textOf(`<r>${written}</r>`)).toBe(meant);
  });

  it.each([
    ["", "expected an element"],
    ["x<r/>", "expected an element"],
    ["<r", "attribute"],
    ["<r>", "ends inside"],
    ["<r>text", "ends inside"],
    ["<r></s>", "does not match"],
    ["<r></rr>", "does not match"],
    ["<r></r", "does not match"],
    ["<r><a></r></a>", "does not match"],
    ["<r/><r/>", "after the document's end"],
    ["<1/>", "expected a name"],
    ["< r/>", "expected a name"],
    ["<p:/>", "colon"],
    ["<r a/>", "without a value"],
    ["<r a=1/>", "without quotes"],
    ['<r a="1/>', "does not end"],
    ["<r / >", "stray slash"],
    ["<r><!-- </r>", "does not end"],
    ["<r><![CDATA[ </r>", "does not end"],
    ["<r><?p </r>", "does not end"],
    ["<!DOCTYPE r><r/>", "document type"],
    ["<r><!DOCTYPE r></r>", "document type"],
    ["<r/><!DOCTYPE r>", "document type"],
  ])("%j is refused: %s", (text, reason) => {
    const error = failure(text);
    expect([error.kind, error.code]).toEqual(["syntax", "peer.protocol"]);
    expect(error.message).toContain(reason);
  });

  it("a limit is told from a mistake", () => {
    const xml = new XmlReader("<a><b><c/></b></a>", { depth: 2, elements: 10, attributes: 1, textLength: 10 });
    xml.root();
    expect(() => xml.skip()).toThrow(expect.objectContaining({ kind: "limit" }));
  });

  it("reads back every text that the writer escapes, as text and as attribute", () => {
    const legal = fc.string({ unit: "binary" }).map((text) =>
      Array.from(text)
        .filter((one) => isXmlCharacter(one.codePointAt(0)!))
        .join(""),
    );
    fc.assert(
      fc.property(legal, (text) => {
        expect(textOf(`<r>${escapeXml(text)}</r>`)).toBe(text);
        const xml = new XmlReader(`<r a="${escapeXml(text)}"/>`);
        xml.root();
        expect(xml.attribute("a")).toBe(text);
      }),
    );
  });

  it("throws nothing but XmlError, whatever it is given", () => {
    const piece = fc.constantFrom(
      "<",
      ">",
      "/",
      "a",
      "b:c",
      " ",
      '"',
      "'",
      "=",
      "&",
      "<!--",
      "-->",
      "<![CDATA[",
      "]]>",
      "<?",
      "?>",
      "<a>",
      "</a>",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        try {
          treeOf(pieces.join(""));
        } catch (error) {
          expect(error).toBeInstanceOf(XmlError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe("escapeXml", () => {
  it("escapes what has a meaning and returns the same string when there is nothing", () => {
    expect(escapeXml(`<a b="c">&'\r\n\t`)).toBe("&lt;a b=&quot;c&quot;&gt;&amp;'&#13;\n\t");
    expect(escapeXml("Grüße, 世界 😀")).toBe("Grüße, 世界 😀");
  });

  it("what XML forbids becomes U+FFFD, pairs of surrogates stay", () => {
    expect(escapeXml("\u0000\u000b\u001f\ufffe\uffff\ud800a\udc00😀")).toBe("\ufffd".repeat(6) + "a\ufffd😀");
  });
});
