import { XMLParser } from "fast-xml-parser";
import type { Envelope } from "../acs/rpc/index.ts";
import { decodeEnvelope } from "../acs/soap/decode.ts";
import { encodeEnvelope } from "../acs/soap/encode.ts";
import { type Row, report } from "./report.ts";

/**
 * `node --import tsx bench/soap.ts [--json FILE]`: what the SOAP codec costs, beside the least that any reader must do
 * (`indexOf` from `<` to `<`) and beside a general XML parser, all on the same bytes in the same run.
 */

const encoder = new TextEncoder();

const values = (count: number, prefix: string): { Name: string; Value: { type: "string"; value: string } }[] =>
  Array.from({ length: count }, (_, i) => ({
    Name: `${prefix}${(i % 50) + 1}.Parameter${i}`,
    Value: { type: "string", value: `value number ${i}` },
  }));

const envelope = (message: Envelope["message"]): Envelope => ({
  id: "1804289383",
  namespace: "urn:dslforum-org:cwmp-1-0",
  message,
});

const inform = envelope({
  kind: "request",
  name: "Inform",
  body: {
    DeviceId: { Manufacturer: "Example", OUI: "0000C5", ProductClass: "Gateway", SerialNumber: "SN00000001" },
    Event: [
      { EventCode: "2 PERIODIC", CommandKey: "" },
      { EventCode: "4 VALUE CHANGE", CommandKey: "" },
    ],
    MaxEnvelopes: 1,
    CurrentTime: "2026-11-22T18:00:00Z",
    RetryCount: 0,
    ParameterList: values(15, "InternetGatewayDevice.ManagementServer."),
  },
});

/** The white space that most CPEs put between elements. */
const indented = (xml: string): string =>
  xml.replaceAll(/(?<=>)(?=<(?!\/(?:Name|Value|EventCode|CommandKey)))/g, "\n    ");

const spv = envelope({
  kind: "request",
  name: "SetParameterValues",
  body: { ParameterList: values(50, "Device.X."), ParameterKey: "k" },
});

function gpvOf(bytes: number): string {
  const prefix = "InternetGatewayDevice.LANDevice.1.WLANConfiguration.";
  return encodeEnvelope(
    envelope({
      kind: "response",
      name: "GetParameterValues",
      body: { ParameterList: values(Math.round(bytes / 179.5), prefix) },
    }),
  );
}

/** The best of `rounds` means: other processes on the machine only ever add. */
function measure(rounds: number, repeats: number, work: () => unknown): number {
  for (let i = 0; i < repeats; i++) work();
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const start = process.hrtime.bigint();
    for (let i = 0; i < repeats; i++) work();
    best = Math.min(best, Number(process.hrtime.bigint() - start) / repeats / 1000);
  }
  return best;
}

function indexOfBound(text: string): number {
  let count = 0;
  for (let at = text.indexOf("<"); at >= 0; at = text.indexOf("<", at + 1)) count++;
  return count;
}

const parser = new XMLParser({ ignoreAttributes: false, removeNSPrefix: true, parseTagValue: false });
const rows: Row[] = [];
const add = (name: string, engine: string, repeats: number, work: () => unknown): void => {
  rows.push({ bench: "soap", case: name, engine, metric: "time", value: measure(40, repeats, work), unit: "µs" });
};

for (const [name, xml, repeats] of [
  ["Inform decode", indented(encodeEnvelope(inform)), 400],
  ["1 MB GetParameterValuesResponse decode", gpvOf(1_000_000), 4],
] as const) {
  const bytes = encoder.encode(xml);
  const label = `${name} (${bytes.length} B)`;
  if (!decodeEnvelope(bytes).ok) throw new Error(`${label} does not decode`);
  add(label, "steward", repeats, () => decodeEnvelope(bytes));
  add(label, "indexOf bound", repeats, () => indexOfBound(xml));
  add(label, "fast-xml-parser", Math.ceil(repeats / 8), () => parser.parse(xml));
}
add("SetParameterValues encode (50 values)", "steward", 300, () => encodeEnvelope(spv));
add("InformResponse encode", "steward", 2000, () =>
  encodeEnvelope(envelope({ kind: "response", name: "Inform", body: { MaxEnvelopes: 1 } })),
);

report(rows);
