import { describe, expect, it } from "@jest/globals";
import { decodeEnvelope } from "../../../../acs/soap/decode.ts";
import {
  bytesOf,
  deviceId,
  envelopeIn,
  inform,
  messageIn,
  requestIn,
  responseIn,
  soap,
  valueList,
} from "./messages.ts";

const valueOf = (value: string) => responseIn("GetParameterValues", valueList(value)).ParameterList[0]?.Value;

describe("framing seen in the field (specs/cwmp.md §9, §10)", () => {
  it("an Inform without Header, ID, RetryCount and MaxEnvelopes decodes", () => {
    const envelope = envelopeIn(
      `<Envelope><Body><Inform>${deviceId}<Event><EventStruct><EventCode>1 Boot</EventCode></EventStruct></Event></Inform></Body></Envelope>`,
    );
    expect(envelope).not.toHaveProperty("id");
    expect(requestIn("Inform", inform())).toMatchObject({
      RetryCount: 0,
      MaxEnvelopes: 1,
      Event: [],
      ParameterList: [],
    });
    expect(envelope).toMatchObject({
      namespace: "urn:dslforum-org:cwmp-1-0",
      message: { body: { Event: [{ EventCode: "1 Boot", CommandKey: "" }] } },
    });
  });

  it("an empty ID counts as none", () => {
    expect(envelopeIn(soap("<cwmp:RebootResponse/>", "<cwmp:ID></cwmp:ID>"))).not.toHaveProperty("id");
  });

  it("an ID keeps its blanks but not a pretty-printer's line breaks", () => {
    expect(envelopeIn(soap("<cwmp:RebootResponse/>", "<cwmp:ID> a b</cwmp:ID>")).id).toBe(" a b");
    expect(envelopeIn(soap("<cwmp:RebootResponse/>", "<cwmp:ID>\n  a\n </cwmp:ID>")).id).toBe("a");
  });

  it("undeclared prefixes are read by their local names (bontiv, cwmp-sim)", () => {
    const xml = `<soap:Envelope><x:Body><y:Inform>${deviceId}</y:Inform></x:Body></soap:Envelope>`;
    expect(messageIn(xml)).toMatchObject({ kind: "request", name: "Inform" });
  });

  it("children in the cwmp namespace and numbered prefixes decode (JAXB)", () => {
    const xml = `<ns2:Envelope xmlns:ns2="http://schemas.xmlsoap.org/soap/envelope/" xmlns:ns3="urn:dslforum-org:cwmp-1-2"><ns2:Body>
      <ns3:Inform><ns3:DeviceId><ns3:OUI>0005B9</ns3:OUI><ns3:SerialNumber>1</ns3:SerialNumber></ns3:DeviceId></ns3:Inform></ns2:Body></ns2:Envelope>`;
    expect(envelopeIn(xml)).toMatchObject({
      namespace: "urn:dslforum-org:cwmp-1-2",
      message: { body: { DeviceId: { Manufacturer: "", OUI: "0005B9", ProductClass: "", SerialNumber: "1" } } },
    });
  });

  it.each(["urn:dslforum-org:cwmp-1-3", "urn:dslforum-org:cwmp-1-4", "urn:dslforum-org:cwmp-1-1"])(
    "the URI %s is handed on as received, wherever it is declared",
    (namespace) => {
      const onMethod = `<e:Envelope xmlns:e="x"><e:Body><c:Inform xmlns:c="${namespace}">${deviceId}</c:Inform></e:Body></e:Envelope>`;
      const onBody = `<e:Envelope xmlns:e="x"><e:Body xmlns:c="${namespace}"><c:Inform>${deviceId}</c:Inform></e:Body></e:Envelope>`;
      const byDefault = `<e:Envelope xmlns:e="x"><e:Body><Inform xmlns="${namespace}">${deviceId}</Inform></e:Body></e:Envelope>`;
      const onHeader = `<e:Envelope xmlns:e="x"><e:Header><c:ID xmlns:c="${namespace}">1</c:ID></e:Header><e:Body><Inform>${deviceId}</Inform></e:Body></e:Envelope>`;
      for (const xml of [onMethod, onBody, byDefault, onHeader]) expect(envelopeIn(xml).namespace).toBe(namespace);
    },
  );

  it("attributes in single quotes, twice, or holding `>` are read (MikroTik, Jiuzhou)", () => {
    const xml = `<?xml version='1.0'?>\n<E:Envelope xmlns:E='x' xmlns:cwmp='urn:dslforum-org:cwmp-1-0'><E:Header><cwmp:ID E:mustUnderstand='1' E:mustUnderstand='1' note='a>b'>7</cwmp:ID></E:Header><E:Body><cwmp:RebootResponse/></E:Body></E:Envelope>`;
    expect(envelopeIn(xml)).toMatchObject({ id: "7", message: { kind: "response", name: "Reboot", body: {} } });
  });

  it("blank lines, a byte order mark and comments before and after the document do not matter", () => {
    const xml = `\ufeff\r\n \n<?xml version="1.0"?><!-- <a> --><?php ?>${soap("<cwmp:RebootResponse/>")}\n<!-- end -->\0\0`;
    expect(messageIn(xml).kind).toBe("response");
  });

  it.each([
    ["zero-padded", 'SOAP-ENC:arrayType="cwmp:EventStruct[0009]"'],
    ["wrong", 'SOAP-ENC:arrayType="cwmp:EventStruct[64]"'],
    ["of SOAP-ENC:Array", 'xsi:type="SOAP-ENC:Array"'],
    ["missing", ""],
  ])("an arrayType that is %s is ignored (genieacs 194, freeacs 195)", (_, attribute) => {
    const events = `<Event ${attribute}><EventStruct><EventCode>2 PERIODIC</EventCode><CommandKey/></EventStruct></Event>`;
    expect(requestIn("Inform", inform(events)).Event).toEqual([{ EventCode: "2 PERIODIC", CommandKey: "" }]);
  });

  it("elements are found in any order, unknown ones are skipped", () => {
    const rest = "<RetryCount>3</RetryCount><X_New><Deep>1</Deep></X_New><Event/><MaxEnvelopes>2</MaxEnvelopes>";
    expect(requestIn("Inform", soap(`<cwmp:Inform>${rest}${deviceId}</cwmp:Inform>`))).toMatchObject({
      RetryCount: 3,
      MaxEnvelopes: 2,
      DeviceId: { SerialNumber: "S1" },
    });
  });

  it("an element spelt in another case is found: DeviceID", () => {
    expect(requestIn("Inform", inform("", deviceId.replaceAll("DeviceId", "DeviceID"))).DeviceId.OUI).toBe("0000C5");
  });

  it("an OUI in lower case or of five digits and a serial that is an IP address are kept", () => {
    const odd = "<DeviceId><OUI>a0651</OUI><SerialNumber>10.18.104.79</SerialNumber></DeviceId>";
    expect(requestIn("Inform", inform("", odd)).DeviceId).toMatchObject({ OUI: "a0651", SerialNumber: "10.18.104.79" });
  });

  it("an Inform carries 64 events", () => {
    const events = Array.from(
      { length: 64 },
      (_, i) => `<EventStruct><EventCode>X 0000C5 ${i}</EventCode></EventStruct>`,
    );
    expect(requestIn("Inform", inform(`<Event>${events.join("")}</Event>`)).Event).toHaveLength(64);
  });

  it.each(["2019-03-05T11:54::14", "1970-01-01T00:00:00.123456", "0000-00-00T00:00:00", "soon"])(
    "a CurrentTime of %s is handed on as it is (freeacs 138)",
    (time) => {
      expect(requestIn("Inform", inform(`<CurrentTime>${time}</CurrentTime>`)).CurrentTime).toBe(time);
    },
  );

  it("a missing or empty CurrentTime is the Unknown Time", () => {
    expect(requestIn("Inform", inform()).CurrentTime).toBe("0001-01-01T00:00:00Z");
    expect(requestIn("Inform", inform("<CurrentTime/>")).CurrentTime).toBe("0001-01-01T00:00:00Z");
  });

  it.each([
    ["05", 5],
    [" 7\n", 7],
    ["+3", 3],
    ["", 0],
    ["-1", 0],
    ["many", 0],
  ])("a RetryCount written %j reads as %d", (written, count) => {
    expect(requestIn("Inform", inform(`<RetryCount>${written}</RetryCount>`)).RetryCount).toBe(count);
  });

  it.each([
    ["1", true],
    ["TRUE", true],
    [" True ", true],
    ["0", false],
    ["False", false],
    ["", false],
  ])("a boolean written %j reads as %s", (written, writable) => {
    const list = `<ParameterList><ParameterInfoStruct><Name>Device.A</Name><Writable>${written}</Writable></ParameterInfoStruct></ParameterList>`;
    const xml = soap(`<cwmp:GetParameterNamesResponse>${list}</cwmp:GetParameterNamesResponse>`);
    expect(responseIn("GetParameterNames", xml).ParameterList).toEqual([{ Name: "Device.A", Writable: writable }]);
  });

  it("a TransferComplete without FaultStruct, CommandKey and times reads as a success", () => {
    expect(requestIn("TransferComplete", soap("<cwmp:TransferComplete/>"))).toEqual({
      CommandKey: "",
      FaultStruct: { FaultCode: 0, FaultString: "" },
      StartTime: "0001-01-01T00:00:00Z",
      CompleteTime: "0001-01-01T00:00:00Z",
    });
  });

  it("a CommandKey loses the blanks around it, and a negative FaultCode stays a failure", () => {
    const body = "<CommandKey> k </CommandKey><FaultStruct><FaultCode>-1</FaultCode></FaultStruct>";
    expect(requestIn("TransferComplete", soap(`<cwmp:TransferComplete>${body}</cwmp:TransferComplete>`))).toMatchObject(
      {
        CommandKey: "k",
        FaultStruct: { FaultCode: -1 },
      },
    );
  });

  it("a fault is found under either of its names, so that no failure reads as a success", () => {
    const fault = "<FaultCode>9018</FaultCode><FaultString>crc</FaultString>";
    const transfer = `<cwmp:TransferComplete><CommandKey>k</CommandKey><Fault>${fault}</Fault></cwmp:TransferComplete>`;
    expect(requestIn("TransferComplete", soap(transfer)).FaultStruct).toEqual({ FaultCode: 9018, FaultString: "crc" });
    const results = `<Results><UUID>u</UUID><FaultStruct>${fault}</FaultStruct></Results>`;
    const change = `<cwmp:DUStateChangeComplete>${results}</cwmp:DUStateChangeComplete>`;
    expect(requestIn("DUStateChangeComplete", soap(change)).Results[0]?.Fault).toMatchObject({ FaultCode: 9018 });
  });

  it("a DownloadResponse without Status leaves the transfer open", () => {
    expect(responseIn("Download", soap("<cwmp:DownloadResponse/>")).Status).toBe(1);
  });

  it("entries without a name say nothing and are left out", () => {
    const list =
      "<ParameterList><ParameterValueStruct><Value>x</Value></ParameterValueStruct><ParameterValueStruct><Name>Device.A</Name><Value/></ParameterValueStruct></ParameterList>";
    expect(requestIn("Inform", inform(list)).ParameterList).toEqual([{ Name: "Device.A", Value: { value: "" } }]);
  });
});

describe("values", () => {
  it.each([
    ['<Value xsi:type="xsd:string">a</Value>', { type: "string", value: "a", wireType: "xsd:string" }],
    ['<Value xsi:type="SOAP-ENC:string">a</Value>', { type: "string", value: "a", wireType: "SOAP-ENC:string" }],
    [
      '<Value xsi:type="xsd:base64Binary">AA==</Value>',
      { type: "base64", value: "AA==", wireType: "xsd:base64Binary" },
    ],
    ['<Value xsi:type="xsd:base64">AA==</Value>', { type: "base64", value: "AA==", wireType: "xsd:base64" }],
    ['<Value xsi:type="XSD:UNSIGNEDINT"> 7 </Value>', { type: "unsignedInt", value: "7", wireType: "XSD:UNSIGNEDINT" }],
    ['<Value xsi:type="boolean">1</Value>', { type: "boolean", value: "1", wireType: "boolean" }],
    ['<Value xsi:type="object">1</Value>', { value: "1", wireType: "object" }],
    ['<Value xsi:type="">1</Value>', { value: "1" }],
    ["<Value>1</Value>", { value: "1" }],
    ["<Value/>", { value: "" }],
    ["", { value: "" }],
  ])("%s reads as %j", (xml, value) => {
    expect(valueOf(xml)).toStrictEqual(value);
  });

  it("an unsignedLong of 18446744073709551615 keeps every digit", () => {
    expect(valueOf('<Value xsi:type="xsd:unsignedLong">18446744073709551615</Value>')?.value).toBe(
      "18446744073709551615",
    );
  });

  it("a string keeps its blanks, but not line breaks at both ends", () => {
    expect(valueOf('<Value xsi:type="xsd:string"> a </Value>')?.value).toBe(" a ");
    expect(valueOf('<Value xsi:type="xsd:string">\n  a b\n  </Value>')?.value).toBe("a b");
    expect(valueOf('<Value xsi:type="xsd:string">\na</Value>')?.value).toBe("\na");
    expect(valueOf('<Value xsi:type="xsd:string">\n  </Value>')?.value).toBe("");
    expect(valueOf('<Value xsi:type="xsd:string">  </Value>')?.value).toBe("  ");
  });

  it("line breaks around a Name come off (pretty-printers)", () => {
    const xml = soap(
      "<cwmp:GetParameterNamesResponse><ParameterList><S><Name>\n Device.A\n</Name></S></ParameterList></cwmp:GetParameterNamesResponse>",
    );
    expect(responseIn("GetParameterNames", xml).ParameterList[0]?.Name).toBe("Device.A");
  });

  it("an ampersand that nobody escaped stays (small-cell firmware)", () => {
    expect(valueOf("<Value>http://a/?b=1&c=2&amp;d&#x41;&bogus;&#0;</Value>")?.value).toBe(
      "http://a/?b=1&c=2&dA&bogus;",
    );
  });

  it("CDATA is text, and its ampersands are its own", () => {
    expect(valueOf("<Value>a<![CDATA[<b>&amp;]]>c</Value>")?.value).toBe("a<b>&amp;c");
  });

  it("control characters and NUL are dropped (genieacs 76)", () => {
    expect(valueOf("<Value>a\u0001b\0\u001fc\td</Value>")?.value).toBe("abc\td");
  });
});

describe("headers (specs/cwmp.md §1.5)", () => {
  const headersOf = (header: string) => envelopeIn(soap("<cwmp:RebootResponse/>", header));

  it.each(["SessionTimeout", "sessionTimeout", "sessiontimeout"])("%s gives seconds", (name) => {
    expect(headersOf(`<cwmp:${name}>0060</cwmp:${name}>`).sessionTimeout).toBe(60);
  });

  it("a SessionTimeout that is no number counts as none", () => {
    expect(headersOf("<cwmp:SessionTimeout>soon</cwmp:SessionTimeout>")).not.toHaveProperty("sessionTimeout");
  });

  it("SupportedCWMPVersions is a list however it is separated", () => {
    expect(
      headersOf("<cwmp:SupportedCWMPVersions> 1.0, 1.2,1.4 </cwmp:SupportedCWMPVersions>").supportedVersions,
    ).toEqual(["1.0", "1.2", "1.4"]);
  });

  it("UseCWMPVersion and HoldRequests are read", () => {
    const header = "<cwmp:UseCWMPVersion>1.4</cwmp:UseCWMPVersion><cwmp:HoldRequests>True</cwmp:HoldRequests>";
    expect(headersOf(header)).toMatchObject({ useVersion: "1.4", holdRequests: true });
  });

  it("NoMoreRequests and unknown headers are ignored, even those that must be understood", () => {
    const header =
      '<cwmp:NoMoreRequests>1</cwmp:NoMoreRequests><x:Y SOAP-ENV:mustUnderstand="1"><Z/></x:Y><cwmp:ID>9</cwmp:ID>';
    expect(headersOf(header)).toStrictEqual({
      id: "9",
      namespace: "urn:dslforum-org:cwmp-1-0",
      message: { kind: "response", name: "Reboot", body: {} },
    });
  });
});

describe("what is not a message", () => {
  const refusal = (xml: string) => decodeEnvelope(bytesOf(xml));

  it("an unknown method is an unknown request, with its name", () => {
    expect(messageIn(soap("<cwmp:X_0000C5_Blink><A/></cwmp:X_0000C5_Blink>"))).toEqual({
      kind: "unknownRequest",
      name: "X_0000C5_Blink",
    });
  });

  it.each([
    ["Inform without DeviceId", "Inform", "", "Inform.DeviceId"],
    ["Inform without SerialNumber", "Inform", "<DeviceId><OUI>0000C5</OUI></DeviceId>", "Inform.DeviceId.SerialNumber"],
    [
      "Inform with an empty SerialNumber",
      "Inform",
      "<DeviceId><SerialNumber> </SerialNumber></DeviceId>",
      "SerialNumber",
    ],
    ["RequestDownload without FileType", "RequestDownload", "", "RequestDownload.FileType"],
    ["AddObjectResponse without InstanceNumber", "AddObjectResponse", "<Status>0</Status>", "InstanceNumber"],
    ["AddObjectResponse with an empty InstanceNumber", "AddObjectResponse", "<InstanceNumber/>", "InstanceNumber"],
    ["ChangeDUState with an operation of unknown type", "ChangeDUState", "<Operations><Op/></Operations>", "type"],
  ])("%s has invalid arguments, and says of which method and ID", (_, method, body, detail) => {
    expect(refusal(soap(`<cwmp:${method}>${body}</cwmp:${method}>`))).toEqual({
      ok: false,
      reason: "invalidArguments",
      detail: expect.stringContaining(detail),
      id: "1",
      namespace: "urn:dslforum-org:cwmp-1-0",
      method,
    });
  });

  it.each([
    ["an HTML page", "<html><body>x</body></html>"],
    ["an Envelope without Body", "<Envelope><Header/></Envelope>"],
    ["an empty Body", soap("")],
    ["SOAP 1.2 without Body", "<e:Envelope xmlns:e='http://www.w3.org/2003/05/soap-envelope'/>"],
  ])("%s is not SOAP", (_, xml) => {
    expect(refusal(xml)).toMatchObject({ ok: false, reason: "notSoap" });
  });

  it.each([
    ["nothing", ""],
    ["text", "hello"],
    ["text before the document", `x${soap("<cwmp:RebootResponse/>")}`],
    ["two documents", soap("<cwmp:RebootResponse/>").repeat(2)],
    ["elements that overlap", soap("<cwmp:Inform><a></cwmp:Inform></a>")],
    ["an end tag of another prefix", soap("<cwmp:Inform></Inform>")],
    ["a document type", `<!DOCTYPE e>${soap("<cwmp:RebootResponse/>")}`],
    ["an attribute without quotes", "<Envelope a=1/>"],
    ["an attribute without value", "<Envelope a/>"],
  ])("%s is not XML", (_, xml) => {
    expect(refusal(xml)).toMatchObject({ ok: false, reason: "notXml" });
  });

  it("the second element of a Body is not read", () => {
    expect(messageIn(soap("<cwmp:RebootResponse/><cwmp:Inform/>"))).toMatchObject({ name: "Reboot" });
  });
});
