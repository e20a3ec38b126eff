import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { faults } from "../../../../acs/rpc/faults.ts";
import { rpcNames } from "../../../../acs/rpc/index.ts";
import { decodeEnvelope } from "../../../../acs/soap/decode.ts";
import { type Dialect, defaultDialect } from "../../../../acs/soap/dialect.ts";
import { encodeEnvelope } from "../../../../acs/soap/encode.ts";
import { envelopeOf } from "./arbitraries.ts";

const bytes = (xml: string): Uint8Array => new TextEncoder().encode(xml);

const dialect: fc.Arbitrary<Dialect> = fc.record({
  xmlDeclaration: fc.boolean(),
  prefixes: fc.constantFrom(defaultDialect.prefixes, {
    envelope: "soapenv",
    encoding: "soap",
    schema: "xsd",
    instance: "i",
    cwmp: "ns1",
  }),
  booleans: fc.constantFrom("1/0", "true/false"),
  booleanValues: fc.constant("asGiven"),
  changeDuState: fc.constantFrom("array", "elements"),
  base64Type: fc.constant("xsd:base64"),
});

describe("encode and decode", () => {
  it.each(rpcNames)("%s returns from the wire as it was, in every dialect", (name) => {
    fc.assert(
      fc.property(envelopeOf(name), dialect, (envelope, spelling) => {
        expect(decodeEnvelope(bytes(encodeEnvelope(envelope, spelling)))).toStrictEqual({ ok: true, envelope });
      }),
      { numRuns: 60 },
    );
  });

  it("a fault returns from the wire as it was (TR-069 §3.5)", () => {
    const text = fc.string({ unit: "grapheme-ascii", minLength: 1 }).map((one) => `f${one}`.trim());
    const code = fc.constantFrom(...Object.keys(faults).map(Number));
    const plain = { noNullPrototype: true } as const;
    const parameterFault = fc.record({ parameterName: text, faultCode: code, faultString: text }, plain);
    const fault = fc.record(
      {
        faultCode: code,
        faultString: text,
        soapFaultCode: fc.constantFrom("Client" as const, "Server" as const),
        parameterFaults: fc.array(parameterFault, { maxLength: 4 }),
      },
      plain,
    );
    fc.assert(
      fc.property(fault, (one) => {
        const envelope = {
          id: "1",
          namespace: "urn:dslforum-org:cwmp-1-2",
          message: { kind: "fault" as const, fault: one },
        };
        expect(decodeEnvelope(bytes(encodeEnvelope(envelope)))).toStrictEqual({ ok: true, envelope });
      }),
    );
  });
});
