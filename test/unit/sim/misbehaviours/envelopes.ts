import { expect } from "@jest/globals";
import { getValues, rpc, setValues } from "../stage.ts";
import type { Show, Shows } from "./show.ts";

/** The text of an Inform and of the answer to an RPC; by default the values of a radio and an empty one. */
const texts =
  (
    look: (inform: string, answer: string) => void,
    order = getValues("Device.WiFi.Radio.1.", "Device.NAT.PortMapping.1.Interface"),
  ): Show =>
  async (open) => {
    const { acs, cpe } = await open();
    acs.script.push(order);
    await cpe.start();
    expect(acs.received).toHaveLength(3);
    look(acs.received[0]!.text, acs.received[2]!.text);
  };

/** An element of the Inform as it was sent; `undefined` when it is not there. */
const informElement = (name: string, expected: string | undefined): Show =>
  texts((inform) => expect(new RegExp(`<${name}>([^<]*)</${name}>`).exec(inform)?.[1]).toBe(expected));

const eventCodes = (...expected: string[]): Show =>
  texts((inform) => expect([...inform.matchAll(/<EventCode>([^<]*)</g)].map((match) => match[1])).toEqual(expected));

const bad = setValues({ "Device.NoSuch": "1" });
const fault = (look: (text: string) => void): Show => texts((_, answer) => look(answer), bad);

export const envelopes: Shows = {
  "bad-xml": async (open) => {
    const { acs, cpe } = await open();
    acs.hook = ({ decoded }) => (decoded?.ok === false ? { status: 400 } : undefined);
    acs.script.push(getValues("Device.WiFi.Radio.1."));
    await cpe.start();
    expect(acs.story).toEqual(["Inform", "-", "?"]);
    expect(acs.received[2]!.text).toMatch(/<cwmp:GetParameterValuesResponse>.*<\/cwm$/s);
  },
  "odd-prefixes": texts((inform, answer) => {
    for (const text of [inform, answer]) {
      expect(text).toMatch(/^<soapenv:Envelope xmlns:soapenv=/);
      expect(text).toContain("xsi:type=");
      expect(text).not.toContain("xmlns:xsi");
    }
  }),
  "method-prefix": texts((inform, answer) => {
    expect(inform).toContain("<cwmp:DeviceId><cwmp:Manufacturer>Steward</cwmp:Manufacturer>");
    expect(answer).toContain("<cwmp:ParameterValueStruct><cwmp:Name>");
  }),
  "no-header": texts((inform, answer) => expect(inform + answer).not.toMatch(/Header|cwmp:ID/)),
  "empty-id": texts((inform, answer) => {
    for (const text of [inform, answer]) expect(text).toContain('<cwmp:ID SOAP-ENV:mustUnderstand="1"></cwmp:ID>');
  }),
  "wrong-id": texts((_, answer) => expect(answer).toContain(">x100</cwmp:ID>")),
  "invented-namespace": texts((inform) => expect(inform).toContain('xmlns:cwmp="urn:dslforum-org:cwmp-1-4"')),
  "old-schema": texts((inform) => {
    expect(inform).toContain('"http://www.w3.org/1999/XMLSchema-instance"');
    expect(inform).not.toContain("2001");
  }),
  "encoding-without-slash": texts((inform) => expect(inform).toContain('"http://schemas.xmlsoap.org/soap/encoding"')),
  "no-types": texts((inform, answer) => expect(inform + answer).not.toContain("xsi:type")),
  "object-types": texts((_, answer) => {
    expect(answer).toContain('<Value xsi:type="object">');
    expect(answer).not.toContain("xsd:string");
  }),
  "types-everywhere": texts((inform, answer) => {
    expect(inform).toContain('<OUI xsi:type="xsd:string">00D0FF</OUI>');
    expect(answer).toContain('<ParameterValueStruct xsi:type="cwmp:ParameterValueStruct"><Name xsi:type="xsd:string">');
  }),
  "wrong-array-type": texts((inform, answer) => {
    expect(inform).toContain("cwmp:EventStruct[0009]");
    expect(answer).toContain("cwmp:ParameterValueStruct[00014]");
  }),
  "soap-enc-array": texts((_, answer) =>
    expect(answer).toContain('<ParameterList xsi:type="SOAP-ENC:Array" SOAP-ENC:arrayType='),
  ),
  "no-array-type": texts((inform, answer) => expect(inform + answer).not.toContain("arrayType")),
  "white-space": texts((_, answer) => {
    expect(answer).toMatch(/<Name>\n +Device\.WiFi\.Radio\.1\.Channel\n +<\/Name>/);
    expect(answer).toMatch(/<Value xsi:type="xsd:unsignedInt">\n +1\n +<\/Value>/);
  }),
  "no-empty-values": texts((_, answer) =>
    expect(answer).toContain("<Name>Device.NAT.PortMapping.1.Interface</Name></ParameterValueStruct>"),
  ),
  "control-characters": informElement("Manufacturer", "Steward\u0001\u001f"),
  latin1: async (open) => {
    const { acs, cpe } = await open();
    await cpe.start();
    expect(acs.received[0]!.bytes.includes(Buffer.from("St\u00e9ward", "latin1"))).toBe(true);
    expect(acs.received[0]!.bytes.includes(Buffer.from("St\u00e9ward", "utf8"))).toBe(false);
  },
  "wrong-response": texts((_, answer) =>
    expect(answer).toMatch(/<cwmp:GetOptionsResponse>.*<\/cwmp:GetOptionsResponse>/s),
  ),
  "no-namespaces": texts((inform, answer) => {
    expect(inform).toMatch(/^<Envelope><Header><ID mustUnderstand="1">1<\/ID><\/Header><Body><Inform>/);
    expect(answer).toContain('<Value type="xsd:boolean">');
  }),
  "single-quotes": texts((inform, answer) => {
    expect(inform + answer).not.toContain('"');
    expect(answer).toContain("<Value xsi:type='xsd:boolean'>");
  }),

  "lower-case-oui": informElement("OUI", "00d0ff"),
  "short-oui": informElement("OUI", "0D0FF"),
  "no-oui": informElement("OUI", undefined),
  "empty-product-class": informElement("ProductClass", ""),
  "empty-manufacturer": informElement("Manufacturer", ""),
  "no-events": eventCodes(),
  "boot-before-bootstrap": eventCodes("1 BOOT", "0 BOOTSTRAP"),
  "vendor-event": eventCodes("0 BOOTSTRAP", "1 BOOT", "X 00D0FF Button pressed"),
  "events-without-blanks": eventCodes("0BOOTSTRAP", "1BOOT"),
  "odd-event-case": async (open) => {
    await eventCodes("0 Bootstrap", "1 Boot")(open);
    const { acs, cpe } = await open();
    await cpe.start(["M Download"]);
    expect(acs.received[0]!.text).toContain("<EventCode>M TRANSFERCOMPLETE</EventCode>");
  },
  "two-envelopes": informElement("MaxEnvelopes", "2"),
  "no-retry-count": informElement("RetryCount", undefined),
  "no-current-time": informElement("CurrentTime", undefined),
  "broken-current-time": informElement("CurrentTime", "2026-11-22T12:00::00"),
  "epoch-clock": informElement("CurrentTime", "1970-01-01T00:00:42"),
  "null-parameter-key": texts((inform) =>
    expect(inform).toContain(
      '<Name>Device.ManagementServer.ParameterKey</Name><Value xsi:type="xsd:string">(null)</Value>',
    ),
  ),

  "fault-in-text": fault((text) => {
    expect(text).toMatch(/<faultstring><cwmp:Fault><FaultCode>9003<.*<\/faultstring>/s);
    expect(text).not.toContain("<detail>");
  }),
  "plain-soap-fault": fault((text) =>
    expect(text).toContain(
      "<SOAP-ENV:Fault><faultcode>Client</faultcode><faultstring>CWMP fault</faultstring></SOAP-ENV:Fault>",
    ),
  ),
  "no-fault-string": fault((text) => expect(text.match(/<FaultString><\/FaultString>/g)).toHaveLength(2)),
  "fault-without-list": fault((text) => {
    expect(text).toContain("<FaultCode>9003</FaultCode>");
    expect(text).not.toContain("SetParameterValuesFault");
  }),
  "fault-names-in-text": fault((text) => {
    expect(text).toContain(
      "<FaultCode>9005</FaultCode><FaultString>Unable to set parameter(s): Device.NoSuch</FaultString>",
    );
    expect(text).not.toContain("SetParameterValuesFault");
  }),

  "reboot-without-m": async (open) => {
    const { acs, cpe, pass } = await open({ rebootTime: 0 });
    acs.script.push(rpc("Reboot", { CommandKey: "r1" }));
    await cpe.start();
    await pass(0);
    expect(acs.informs[1]!.body.Event).toEqual([{ EventCode: "1 BOOT", CommandKey: "" }]);
  },
  "reboot-without-boot": async (open) => {
    const { acs, cpe, pass } = await open({ rebootTime: 0 });
    acs.script.push(rpc("Reboot", { CommandKey: "r1" }));
    await cpe.start();
    await pass(0);
    expect(acs.informs[1]!.body.Event).toEqual([{ EventCode: "M Reboot", CommandKey: "r1" }]);
  },
};
