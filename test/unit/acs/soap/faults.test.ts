import { describe, expect, it } from "@jest/globals";
import { type CwmpFault, fault, faultEntry, faults } from "../../../../acs/rpc/faults.ts";
import { encodeEnvelope } from "../../../../acs/soap/encode.ts";
import { messageIn, soap } from "./messages.ts";

function faultIn(content: string): CwmpFault {
  const message = messageIn(soap(`<SOAP-ENV:Fault>${content}</SOAP-ENV:Fault>`));
  if (message.kind !== "fault") throw new Error(`a ${message.kind}`);
  return message.fault;
}

const detail = (code: string, rest = ""): string =>
  `<faultcode>Client</faultcode><faultstring>CWMP fault</faultstring><detail><cwmp:Fault><FaultCode>${code}</FaultCode>${rest}</cwmp:Fault></detail>`;

describe("faults from CPEs (TR-069 §3.5, specs/cwmp.md §1.6)", () => {
  it("a list of 50 refused parameters is read whole", () => {
    const list = Array.from(
      { length: 50 },
      (_, i) =>
        `<SetParameterValuesFault><ParameterName>Device.A${i}</ParameterName><FaultCode>9007</FaultCode><FaultString>no</FaultString></SetParameterValuesFault>`,
    );
    const read = faultIn(detail("9003", `<FaultString>Invalid arguments</FaultString>${list.join("")}`));
    expect(read).toMatchObject({ faultCode: 9003, faultString: "Invalid arguments", soapFaultCode: "Client" });
    expect(read.parameterFaults).toHaveLength(50);
    expect(read.parameterFaults[49]).toEqual({ parameterName: "Device.A49", faultCode: 9007, faultString: "no" });
  });

  it("a ParameterKey inside SetParameterValuesFault is no obstacle", () => {
    const one =
      "<SetParameterValuesFault><ParameterName>\n Device.A\n</ParameterName><FaultCode>9008</FaultCode><ParameterKey>k</ParameterKey></SetParameterValuesFault>";
    expect(faultIn(detail("9003", one)).parameterFaults).toEqual([
      { parameterName: "Device.A", faultCode: 9008, faultString: "" },
    ]);
  });

  it("a fault without detail is an internal error of the CPE", () => {
    expect(faultIn("<faultcode>SOAP-ENV:Server</faultcode><faultstring>oops</faultstring>")).toEqual({
      faultCode: 9002,
      faultString: "oops",
      soapFaultCode: "Server",
      parameterFaults: [],
    });
  });

  it("an empty fault is one too", () => {
    expect(faultIn("")).toEqual({ faultCode: 9002, faultString: "", soapFaultCode: "Server", parameterFaults: [] });
  });

  it.each(["VersionMismatch", "MustUnderstand"])("SOAP's own %s is the client's", (code) => {
    expect(faultIn(`<faultcode>SOAP-ENV:${code}</faultcode>`)).toMatchObject({
      faultCode: 9002,
      soapFaultCode: "Client",
      faultString: `SOAP-ENV:${code}`,
    });
  });

  it("a detail inside faultstring is read", () => {
    const inner =
      "<detail><cwmp:Fault><FaultCode>9005</FaultCode><FaultString>name</FaultString></cwmp:Fault></detail>";
    const read = faultIn(`<faultcode>Client</faultcode><faultstring>CWMP fault${inner}</faultstring>`);
    expect(read).toMatchObject({ faultCode: 9005, faultString: "name" });
  });

  it.each([" 9005 ", "09005", "9005 Invalid parameter name", "CWMP.9005", "\n9005\n"])(
    "a code written %j is 9005",
    (code) => {
      expect(faultIn(detail(code)).faultCode).toBe(9005);
    },
  );

  it("a code that is only in faultstring is found", () => {
    expect(faultIn("<faultcode>Client</faultcode><faultstring>9004 busy</faultstring>").faultCode).toBe(9004);
  });

  it("a top-level 9008 names its parameters in the text alone (cwmp-sim)", () => {
    const text = "Unable to set parameter(s): Device.DeviceInfo.SerialNumber, Device.NoSuch.1.Param.";
    expect(faultIn(detail("9008", `<FaultString>${text}</FaultString>`)).parameterFaults).toEqual([
      { parameterName: "Device.DeviceInfo.SerialNumber", faultCode: 9008, faultString: text },
      { parameterName: "Device.NoSuch.1.Param.", faultCode: 9008, faultString: text },
    ]);
  });

  it("an internal error that mentions a parameter blames none", () => {
    expect(faultIn(detail("9002", "<FaultString>while reading Device.A</FaultString>")).parameterFaults).toEqual([]);
  });

  it("an empty FaultString gives way to faultstring", () => {
    expect(faultIn(detail("9005", "<FaultString/>")).faultString).toBe("CWMP fault");
  });

  it("a fault in no namespace, or without SOAP's, decodes", () => {
    const xml =
      "<Envelope><Body><Fault><detail><Fault><FaultCode>9001</FaultCode></Fault></detail></Fault></Body></Envelope>";
    expect(messageIn(xml)).toMatchObject({ kind: "fault", fault: { faultCode: 9001, soapFaultCode: "Server" } });
    const bare = "<Envelope><Body><cwmp:Fault><FaultCode>9000</FaultCode></cwmp:Fault></Body></Envelope>";
    expect(messageIn(bare)).toMatchObject({ kind: "fault", fault: { faultCode: 9000 } });
  });
});

describe("faults that we send", () => {
  it("have the standard's faultstring, detail and class", () => {
    const message = { kind: "fault" as const, fault: fault(8003, "DeviceId & co") };
    expect(encodeEnvelope({ id: "1", namespace: "urn:dslforum-org:cwmp-1-0", message })).toContain(
      "<SOAP-ENV:Body><SOAP-ENV:Fault><faultcode>Client</faultcode><faultstring>CWMP fault</faultstring><detail><cwmp:Fault>" +
        "<FaultCode>8003</FaultCode><FaultString>DeviceId &amp; co</FaultString></cwmp:Fault></detail></SOAP-ENV:Fault></SOAP-ENV:Body>",
    );
  });

  it("name each refused parameter", () => {
    const refused = [{ parameterName: "Device.A", faultCode: 9007, faultString: "<" }];
    const message = { kind: "fault" as const, fault: fault(9003, undefined, refused) };
    expect(encodeEnvelope({ namespace: "urn:dslforum-org:cwmp-1-0", message })).toContain(
      "<SetParameterValuesFault><ParameterName>Device.A</ParameterName><FaultCode>9007</FaultCode><FaultString>&lt;</FaultString></SetParameterValuesFault>",
    );
  });
});

describe("the table of faults", () => {
  it("has every code of the standard: 9000–9032 and 8000–8006", () => {
    const codes = [...Array.from({ length: 7 }, (_, i) => 8000 + i), ...Array.from({ length: 33 }, (_, i) => 9000 + i)];
    expect(Object.keys(faults).map(Number)).toEqual(codes);
  });

  it("counts 8003, 9003 and 9005–9008 as the client's, all others as the server's", () => {
    const client = Object.entries(faults).flatMap(([code, { soap: side }]) =>
      side === "Client" ? [Number(code)] : [],
    );
    expect(client).toEqual([8003, 9003, 9005, 9006, 9007, 9008]);
  });

  it("knows vendor codes from reserved ones", () => {
    expect(faultEntry(9850).name).toBe("vendor");
    expect(faultEntry(8850).name).toBe("vendor");
    expect(faultEntry(9500).name).toBe("reserved");
  });
});
