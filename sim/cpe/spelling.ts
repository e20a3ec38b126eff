/** How broken firmware spells an envelope: each takes the text as `encodeEnvelope` writes it and gives what it sends. */
export type Spelling = (envelope: string) => string;

/** Replaces within tags only. */
const inTags = (envelope: string, replace: (tag: string) => string): string => envelope.replace(/<[^>]*>/g, replace);

const element = (name: string, change: (content: string) => string): Spelling => {
  const found = new RegExp(`<${name}>([^<]*)</${name}>`, "g");
  return (envelope) => envelope.replace(found, (_, content: string) => `<${name}>${change(content)}</${name}>`);
};

const without =
  (pattern: RegExp): Spelling =>
  (envelope) =>
    envelope.replace(pattern, "");

/** What stands in the Body, but for a SOAP fault. */
const inMethod = (envelope: string, change: (method: string) => string): string =>
  envelope.replace(
    /(<cwmp:\w+>)([^]*)(<\/cwmp:\w+><\/SOAP-ENV:Body>)/,
    (_, open: string, content: string, close: string) => [open, change(content), close].join(""),
  );

export const spellings = {
  cutShort: (envelope) => {
    const end = envelope.search(/<\/(?:[\w-]+:)?(?:\w+Response|Fault)>/);
    return end < 0 ? envelope : envelope.slice(0, end + 5);
  },
  oddPrefixes: (envelope) =>
    envelope
      .replaceAll("SOAP-ENV:", "soapenv:")
      .replaceAll("xmlns:SOAP-ENV", "xmlns:soapenv")
      .replace(/ xmlns:xsi="[^"]*"/, ""),
  noNamespaces: (envelope) =>
    inTags(envelope, (tag) =>
      tag
        .replace(/ xmlns:[\w-]+="[^"]*"/g, "")
        .replace(/^<(\/?)[\w-]+:/, "<$1")
        .replace(/ [\w-]+:(\w+)=/g, " $1="),
    ),
  methodPrefixEverywhere: (envelope) =>
    inMethod(envelope, (method) => method.replace(/<(\/?)(\w+)(?=[\s>])/g, "<$1cwmp:$2")),
  singleQuotes: (envelope) => inTags(envelope, (tag) => tag.replaceAll('"', "'")),
  noHeader: without(/<SOAP-ENV:Header>[^]*?<\/SOAP-ENV:Header>/),
  emptyId: (envelope) => envelope.replace(/(<cwmp:ID[^>]*>)[^<]*/, "$1"),
  wrongId: (envelope) => envelope.replace(/(<cwmp:ID[^>]*>)([^<]*)/, "$1x$2"),
  inventedNamespace: (envelope) => envelope.replace(/urn:dslforum-org:cwmp-\d-\d/, "urn:dslforum-org:cwmp-1-4"),
  oldSchema: (envelope) => envelope.replaceAll("/2001/XMLSchema", "/1999/XMLSchema"),
  encodingWithoutSlash: (envelope) => envelope.replace("/soap/encoding/", "/soap/encoding"),

  noTypes: without(/ xsi:type="[^"]*"/g),
  typesEverywhere: (envelope) =>
    inMethod(envelope, (method) =>
      method.replace(/<(\w+)>/g, (_, name: string) =>
        name.endsWith("Struct") || name === "DeviceId"
          ? `<${name} xsi:type="cwmp:${name}">`
          : `<${name} xsi:type="xsd:string">`,
      ),
    ),
  typedObject: (envelope) => envelope.replace(/ xsi:type="[^"]*"/g, ' xsi:type="object"'),
  wrongCounts: (envelope) => envelope.replace(/\[(\d+)\]"/g, (_, n: string) => `[000${Number(n) + 7}]"`),
  noCounts: without(/ SOAP-ENC:arrayType="[^"]*"/g),
  arraysTyped: (envelope) =>
    envelope.replaceAll(" SOAP-ENC:arrayType=", ' xsi:type="SOAP-ENC:Array" SOAP-ENC:arrayType='),
  spacedNamesAndValues: (envelope) =>
    envelope.replace(
      /(<(Name|Value)(?: [^>]*)?>)([^<]*)(?=<\/\2>)/g,
      (_, open: string, _name: string, content: string) => `${open}\n        ${content}\n      `,
    ),
  noEmptyValues: without(/<Value(?: [^>]*)?><\/Value>/g),
  controlCharacters: element("Manufacturer", (content) => `${content}\u0001\u001f`),
  accented: element("Manufacturer", () => "Stéward"),

  lowerCaseOui: element("OUI", (oui) => oui.toLowerCase()),
  shortOui: element("OUI", (oui) => oui.replace(/^0/, "")),
  noOui: without(/<OUI>[^<]*<\/OUI>/),
  emptyProductClass: element("ProductClass", () => ""),
  emptyManufacturer: element("Manufacturer", () => ""),
  gluedEvents: element("EventCode", (code) => code.replace(/^(\d+) /, "$1").replace("VALUE CHANGE", "VALUECHANGE")),
  capitalisedEvents: element("EventCode", (code) =>
    code.startsWith("M ")
      ? `M ${code === "M Download" ? "TRANSFERCOMPLETE" : code.slice(2).toUpperCase()}`
      : code.replace(/[A-Z]+/g, (word) => word[0] + word.slice(1).toLowerCase()),
  ),
  noRetryCount: without(/<RetryCount>[^<]*<\/RetryCount>/),
  noCurrentTime: without(/<CurrentTime>[^<]*<\/CurrentTime>/),
  brokenCurrentTime: element("CurrentTime", (time) => time.replace(/^(.{10}T\d\d:\d\d):(\d\d)Z$/, "$1::$2")),
  epochCurrentTime: element("CurrentTime", () => "1970-01-01T00:00:42"),
  twoEnvelopes: element("MaxEnvelopes", () => "2"),
  nullParameterKey: (envelope) => envelope.replace(/(\.ParameterKey<\/Name><Value[^>]*>)[^<]*/g, "$1(null)"),
  keylessTransferComplete: (envelope) => envelope.replace(/(<cwmp:TransferComplete><CommandKey>)[^<]*/, "$1"),

  faultInText: (envelope) =>
    envelope.replace(
      /<faultstring>[^<]*<\/faultstring><detail>([^]*)<\/detail>/,
      (_, detail: string) => `<faultstring>${detail}</faultstring>`,
    ),
  plainSoapFault: without(/<detail>[^]*<\/detail>/),
  noFaultString: (envelope) => envelope.replace(/<FaultString>[^<]*<\/FaultString>/g, "<FaultString></FaultString>"),
  noParameterFaults: without(/<SetParameterValuesFault>[^]*<\/SetParameterValuesFault>/),
  parameterFaultsInText: (envelope) => {
    const [, name = "", code = ""] = /<ParameterName>([^<]*)<\/ParameterName><FaultCode>(\d+)/.exec(envelope) ?? [];
    if (name === "") return envelope;
    return envelope
      .replace(/<SetParameterValuesFault>[^]*<\/SetParameterValuesFault>/, "")
      .replace(
        /<FaultCode>9003<\/FaultCode><FaultString>[^<]*/,
        `<FaultCode>${code}</FaultCode><FaultString>Unable to set parameter(s): ${name}`,
      );
  },
  wrongResponseName: (envelope) =>
    envelope.replace(/(<\/?cwmp:)(?!Inform|Transfer)\w+Response>/g, "$1GetOptionsResponse>"),
} as const satisfies Record<string, Spelling>;
