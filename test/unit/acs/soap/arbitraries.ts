import fc from "fast-check";
import type { Field, Shape } from "../../../../acs/rpc/fields.ts";
import type { WireValue } from "../../../../acs/rpc/index.ts";
import { type Envelope, type RpcName, rpcs } from "../../../../acs/rpc/index.ts";
import { parameterTypes } from "../../../../kernel/value.ts";
import { isXmlCharacter } from "../../../../kernel/xml/entities.ts";

/** Test data derived from the field descriptors: whatever the table can describe. */

const xmlText = (max: number): fc.Arbitrary<string> =>
  fc
    .string({ unit: "binary", maxLength: Math.min(max, 40) >> 1 })
    .map((text) =>
      Array.from(text)
        .filter((one) => isXmlCharacter(one.codePointAt(0)!))
        .join(""),
    )
    .filter((text) => text.length <= max);

/** What the reader's trimming leaves alone: tokens without blanks around, texts without line breaks at both ends. */
const textOf = (max: number, trimmed: boolean): fc.Arbitrary<string> =>
  xmlText(max).map((text) => (trimmed || /^\s|\s$/.test(text) ? text.trim() : text));

const wireValue: fc.Arbitrary<WireValue> = fc.constantFrom(...parameterTypes).chain((type) =>
  textOf(100, type !== "string").map((value) => ({
    type,
    value,
    wireType: type === "base64" ? "xsd:base64Binary" : `xsd:${type}`,
  })),
);

function fieldArbitrary(field: Field): fc.Arbitrary<unknown> {
  switch (field.kind) {
    case "text": {
      const text = textOf(field.max ?? 100, field.trimmed);
      return field.presence === "required" ? text.map((one) => one || "x") : text;
    }
    case "int":
      return fc.integer();
    case "unsignedInt":
      return fc.integer({ min: 0, max: 0xffff_ffff });
    case "boolean":
      return fc.boolean();
    case "dateTime":
      return fc.constantFrom("2026-11-22T18:00:00Z", "0001-01-03T03:04:05", "2019-03-05T11:54::14");
    case "base64":
      return fc.base64String({ maxLength: 40 });
    case "value":
      return wireValue;
    case "struct":
      return shapeArbitrary(field.fields);
    case "choice":
      return fc.array(
        fc.oneof(
          ...Object.entries(field.choices).map(([name, one]) =>
            shapeArbitrary(one.fields).map((body) => ({ [name]: body })),
          ),
        ),
        { minLength: 1, maxLength: 4 },
      );
    case "repeated":
      return fc.array(fieldArbitrary(field.item), { minLength: 1, maxLength: 4 });
    case "array": {
      const { identity } = field;
      const items = fc.array(fieldArbitrary(field.item), { maxLength: Math.min(field.max ?? 5, 5) });
      if (identity === undefined) return items;
      return items.map((all) => all.filter((item) => (item as Record<string, unknown>)[identity] !== ""));
    }
  }
}

function shapeArbitrary(shape: Shape): fc.Arbitrary<Record<string, unknown>> {
  const optionalKeys = Object.keys(shape).filter((key) => shape[key]!.presence === "optional");
  return fc.record(Object.fromEntries(Object.entries(shape).map(([name, field]) => [name, fieldArbitrary(field)])), {
    requiredKeys: Object.keys(shape).filter((key) => !optionalKeys.includes(key)),
    noNullPrototype: true,
  });
}

/** Any request or response of one RPC, with any headers. */
export const envelopeOf = (name: RpcName): fc.Arbitrary<Envelope> =>
  fc
    .record(
      {
        id: textOf(32, true).map((id) => id || "1"),
        namespace: fc.constantFrom(
          "urn:dslforum-org:cwmp-1-0",
          "urn:dslforum-org:cwmp-1-2",
          "urn:dslforum-org:cwmp-1-4",
        ),
        holdRequests: fc.boolean(),
        sessionTimeout: fc.integer({ min: 0, max: 0xffff_ffff }),
        supportedVersions: fc.subarray(["1.0", "1.1", "1.2", "1.3", "1.4"]),
        useVersion: fc.constantFrom("1.0", "1.4"),
        message: fc.oneof(
          shapeArbitrary(rpcs[name].request).map((body) => ({ kind: "request", name, body })),
          shapeArbitrary(rpcs[name].response).map((body) => ({ kind: "response", name, body })),
        ),
      },
      { requiredKeys: ["namespace", "message"], noNullPrototype: true },
    )
    .map((envelope) => envelope as Envelope);
