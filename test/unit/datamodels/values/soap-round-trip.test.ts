import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { decodeEnvelope } from "../../../../acs/soap/decode.ts";
import { encodeEnvelope } from "../../../../acs/soap/encode.ts";
import { checkOf } from "../../../../datamodels/facets/compile.ts";
import type { SyntaxFact } from "../../../../datamodels/facts.ts";
import { shippedModel } from "../../../../datamodels/shipped.ts";
import { isSameValue } from "../../../../datamodels/values/canonical.ts";
import { plausibleValue } from "../../../../datamodels/values/plausible.ts";

const parameters = [...shippedModel("Device:2.17")!.objects].flatMap((object) => [...object.parameters.values()]);

/** Sends a value to a device and back through both codecs. */
function throughSoap(syntax: SyntaxFact, value: string): string | undefined {
  const body = { ParameterList: [{ Name: "Device.X", Value: { type: syntax.type, value } }], ParameterKey: "" };
  const envelope = {
    id: "1",
    namespace: "urn:dslforum-org:cwmp-1-2",
    message: { kind: "request", name: "SetParameterValues", body },
  } as const;
  const decoded = decodeEnvelope(Buffer.from(encodeEnvelope(envelope)));
  if (
    !decoded.ok ||
    decoded.envelope.message.kind !== "request" ||
    decoded.envelope.message.name !== "SetParameterValues"
  )
    return undefined;
  return decoded.envelope.message.body.ParameterList[0]?.Value.value;
}

/** Values for a syntax: made ones, and any text that happens to fit. */
const valuesFor = (syntax: SyntaxFact): fc.Arbitrary<string> =>
  fc.oneof(
    fc.constant(plausibleValue({ syntax })),
    fc.constantFrom(...(syntax.enumeration?.map(({ value }) => value) ?? [""])),
    fc.integer({ min: -70_000, max: 70_000 }).map(String),
    fc
      .string({ maxLength: 40, unit: fc.constantFrom(..."aZ09 <>&\"'%,;[]\u00e9\ud83d\ude00".split(/(?:)/u)) })
      .map((text) => text.trim()),
    fc.constantFrom(
      "true",
      "0",
      "2026-01-31T12:00:00Z",
      "00:11:22:aa:bb:cc",
      "2001:db8::1",
      "192.0.2.1",
      "AAAA",
      "00FF",
    ),
  );

describe("what validation accepts", () => {
  it("is accepted again, as the same value, after a round trip through SOAP", () => {
    let accepted = 0;
    fc.assert(
      fc.property(
        fc
          .constantFrom(...parameters)
          .chain((parameter) => fc.tuple(fc.constant(parameter), valuesFor(parameter.syntax))),
        ([{ syntax }, value]) => {
          if (checkOf(syntax)(value) !== undefined) return;
          accepted += 1;
          const back = throughSoap(syntax, value);
          expect(checkOf(syntax)(back!)).toBeUndefined();
          expect(isSameValue(syntax, back!, value)).toBe(true);
        },
      ),
      { seed: 11, numRuns: 6_000 },
    );
    expect(accepted).toBeGreaterThan(2_000);
  });
});
