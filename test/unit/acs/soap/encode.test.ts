import { describe, expect, it } from "@jest/globals";
import type { Envelope, RequestMessage, WireValue } from "../../../../acs/rpc/index.ts";
import { type Dialect, defaultDialect } from "../../../../acs/soap/dialect.ts";
import { encodeEnvelope } from "../../../../acs/soap/encode.ts";

const namespace = "urn:dslforum-org:cwmp-1-2";
const informResponse: Envelope = {
  namespace,
  message: { kind: "response", name: "Inform", body: { MaxEnvelopes: 1 } },
};

const sent = (value: WireValue, dialect: Partial<Dialect> = {}): string => {
  const body = { ParameterList: [{ Name: "Device.A", Value: value }], ParameterKey: "" };
  const xml = encodeEnvelope(
    { namespace, message: { kind: "request", name: "SetParameterValues", body } },
    { ...defaultDialect, ...dialect },
  );
  return /<Value.*<\/Value>/s.exec(xml)![0];
};

describe("what we send by default (specs/cwmp.md §10)", () => {
  it("has no XML declaration, the five usual prefixes and the CPE's namespace", () => {
    expect(encodeEnvelope({ ...informResponse, namespace: "urn:dslforum-org:cwmp-1-4" })).toBe(
      '<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/" xmlns:SOAP-ENC="http://schemas.xmlsoap.org/soap/encoding/" ' +
        'xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:cwmp="urn:dslforum-org:cwmp-1-4">' +
        "<SOAP-ENV:Body><cwmp:InformResponse><MaxEnvelopes>1</MaxEnvelopes></cwmp:InformResponse></SOAP-ENV:Body></SOAP-ENV:Envelope>",
    );
  });

  it("has no Header for a CPE that sent no ID, and the ID exactly as it came", () => {
    expect(encodeEnvelope(informResponse)).not.toContain("Header");
    expect(encodeEnvelope({ ...informResponse, id: ' <"1"> ' })).toContain(
      '<cwmp:ID SOAP-ENV:mustUnderstand="1"> &lt;&quot;1&quot;&gt; </cwmp:ID>',
    );
  });

  it("marks ID, HoldRequests and UseCWMPVersion as to be understood, the CPE's headers not", () => {
    const headers = {
      id: "1",
      holdRequests: false,
      useVersion: "1.4",
      sessionTimeout: 60,
      supportedVersions: ["1.0", "1.4"],
    };
    const xml = encodeEnvelope({ ...informResponse, ...headers });
    expect(xml).toContain('<cwmp:HoldRequests SOAP-ENV:mustUnderstand="1">0</cwmp:HoldRequests>');
    expect(xml).toContain('<cwmp:UseCWMPVersion SOAP-ENV:mustUnderstand="1">1.4</cwmp:UseCWMPVersion>');
    expect(xml).toContain('<cwmp:SessionTimeout SOAP-ENV:mustUnderstand="0">60</cwmp:SessionTimeout>');
    expect(xml).toContain(
      '<cwmp:SupportedCWMPVersions SOAP-ENV:mustUnderstand="0">1.0,1.4</cwmp:SupportedCWMPVersions>',
    );
  });

  it("writes every mandatory element, also of arguments that lack some", () => {
    const body = { URL: "http://a/", FileType: "1 Firmware Upgrade Image" } as RequestMessage<"Download">["body"];
    expect(encodeEnvelope({ namespace, message: { kind: "request", name: "Download", body } })).toContain(
      "<CommandKey></CommandKey><FileType>1 Firmware Upgrade Image</FileType><URL>http://a/</URL><Username></Username><Password></Password>" +
        "<FileSize>0</FileSize><TargetFileName></TargetFileName><DelaySeconds>0</DelaySeconds><SuccessURL></SuccessURL><FailureURL></FailureURL>",
    );
  });

  it("replaces what XML cannot carry", () => {
    expect(sent({ value: "a\u0000b\ud800c\uffff😀\t\n" })).toBe(
      '<Value xsi:type="xsd:string">a\ufffdb\ufffdc\ufffd😀\t\n</Value>',
    );
  });
});

describe("the type of a value", () => {
  it.each([
    [{ type: "string", value: "" }, "xsd:string"],
    [{ value: "" }, "xsd:string"],
    [{ type: "unsignedLong", value: "1" }, "xsd:unsignedLong"],
    [{ type: "base64", value: "" }, "xsd:base64"],
    [{ type: "base64", value: "", wireType: "xs:base64Binary" }, "xsd:base64Binary"],
    [{ type: "base64", value: "", wireType: "SOAP-ENC:base64" }, "SOAP-ENC:base64"],
    [{ type: "base64", value: "", wireType: "soap:base64" }, "SOAP-ENC:base64"],
    [{ type: "int", value: "1", wireType: "xsd:string" }, "xsd:int"],
    [{ value: "1", wireType: "object" }, "xsd:string"],
    [{ value: "1", wireType: 'x:"><a' }, "xsd:string"],
    [{ value: "1", wireType: "xsd:unsignedInt" }, "xsd:unsignedInt"],
  ] as [WireValue, string][])("of %j is %s", (value, type) => {
    expect(sent(value)).toContain(`xsi:type="${type}"`);
  });
});

describe("dialects", () => {
  it("an XML declaration and other prefixes are a choice", () => {
    const prefixes = { envelope: "s", encoding: "e", schema: "x", instance: "i", cwmp: "c" };
    const xml = encodeEnvelope({ ...informResponse, id: "1" }, { ...defaultDialect, xmlDeclaration: true, prefixes });
    expect(xml).toMatch(/^<\?xml version="1.0" encoding="UTF-8"\?><s:Envelope /);
    expect(xml).toContain('<s:Header><c:ID s:mustUnderstand="1">1</c:ID></s:Header><s:Body><c:InformResponse>');
    expect(sent({ type: "int", value: "1" }, { prefixes })).toBe('<Value i:type="x:int">1</Value>');
  });

  it("boolean values keep their form unless the dialect says otherwise (genieacs 228)", () => {
    const value = { type: "boolean", value: "true" } as const;
    expect(sent(value)).toContain(">true<");
    expect(sent(value, { booleanValues: "1/0" })).toContain(">1<");
    expect(sent({ ...value, value: "0" }, { booleanValues: "true/false" })).toContain(">false<");
  });

  it("boolean arguments are 1 and 0 unless the dialect says otherwise", () => {
    const message = {
      kind: "request",
      name: "GetParameterNames",
      body: { ParameterPath: "Device.", NextLevel: true },
    } as const;
    expect(encodeEnvelope({ namespace, message })).toContain("<NextLevel>1</NextLevel>");
    expect(encodeEnvelope({ namespace, message }, { ...defaultDialect, booleans: "true/false" })).toContain(
      "<NextLevel>true</NextLevel>",
    );
  });

  it("ChangeDUState can have the schema's form", () => {
    const message = {
      kind: "request",
      name: "ChangeDUState",
      body: { Operations: [{ UninstallOpStruct: { UUID: "u" } }, { UpdateOpStruct: {} }] },
    } as const;
    const envelope = { namespace, message: { ...message, body: { Operations: [...message.body.Operations] } } };
    expect(encodeEnvelope(envelope, { ...defaultDialect, changeDuState: "elements" })).toContain(
      '<cwmp:ChangeDUState><Operations xsi:type="cwmp:UninstallOpStruct"><UUID>u</UUID></Operations><Operations xsi:type="cwmp:UpdateOpStruct"></Operations></cwmp:ChangeDUState>',
    );
  });
});
