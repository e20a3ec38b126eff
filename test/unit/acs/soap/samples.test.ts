import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { type CwmpMessage, rpcNames } from "../../../../acs/rpc/index.ts";
import { decodeEnvelope } from "../../../../acs/soap/decode.ts";

/** Messages of real devices and other stacks; they stay outside of the repository (see the README beside them). */
const folder = new URL("../../../../../shared/samples/cwmp/", import.meta.url);
const present = existsSync(folder);
const files = present
  ? readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".xml"))
  : [];

/** Cut in the middle on purpose. */
const truncated = files.filter((file) => file.includes("TRUNCATED"));
const whole = files.filter((file) => !file.includes("TRUNCATED"));

const elements = [...rpcNames.flatMap((name) => [`${name}Response`, name]), "Fault"];

/** The file's name says which message is in it. */
function expectedElement(file: string): string | undefined {
  const name = file.slice(file.lastIndexOf("/") + 1);
  const found = elements.filter((element) => name.includes(element));
  const first = Math.min(...found.map((element) => name.indexOf(element)));
  return found.filter((element) => name.indexOf(element) === first).sort((a, b) => b.length - a.length)[0];
}

const elementOf = (message: CwmpMessage): string =>
  message.kind === "fault" ? "Fault" : message.kind === "response" ? `${message.name}Response` : message.name;

const textOf = (file: string): string => readFileSync(new URL(file, folder), "latin1");
const count = (text: string, element: string): number =>
  text.match(new RegExp(`<(?:\\w+:)?${element}[\\s>]`, "g"))?.length ?? 0;
const content = (text: string, element: string): string | undefined =>
  new RegExp(`<(?:[\\w-]+:)?${element}(?:\\s[^>]*)?>([^<]*)<`).exec(text)?.[1];

/** Where each kind of list item must have arrived, counted in the raw text. */
const lists: Readonly<Record<string, string>> = {
  ParameterValueStruct: "ParameterList",
  ParameterInfoStruct: "ParameterList",
  ParameterAttributeStruct: "ParameterList",
  EventStruct: "Event",
  QueuedTransferStruct: "TransferList",
  AllQueuedTransferStruct: "TransferList",
  OptionStruct: "OptionList",
  ArgStruct: "FileTypeArg",
};

(present ? describe : describe.skip)("recorded messages", () => {
  it("there are about two hundred, three of them cut", () => {
    expect(whole.length).toBeGreaterThan(150);
    expect(truncated).toHaveLength(3);
  });

  it.each(truncated)("%s is refused as not XML", (file) => {
    expect(decodeEnvelope(readFileSync(new URL(file, folder)))).toMatchObject({ ok: false, reason: "notXml" });
  });

  it.each(whole)("%s has the message, ID and counts that its text shows", (file) => {
    const result = decodeEnvelope(readFileSync(new URL(file, folder)));
    if (!result.ok) throw new Error(`${result.reason}: ${result.detail}`);
    const { id, message } = result.envelope;
    const text = textOf(file);
    expect(elementOf(message)).toBe(expectedElement(file));
    expect(id ?? "").toBe(content(text, "ID")?.trim() ?? "");
    expect(result.envelope.namespace).toBe(
      /urn:dslforum-org:cwmp-\d-\d/.exec(text)?.[0] ?? "urn:dslforum-org:cwmp-1-0",
    );
    if (message.kind === "fault") {
      expect(message.fault.faultCode).toBe(Number(content(text, "FaultCode")));
      expect(message.fault.parameterFaults.length).toBeGreaterThanOrEqual(count(text, "SetParameterValuesFault"));
    }
    if (message.kind !== "request" && message.kind !== "response") return;
    const body = message.body as Readonly<Record<string, unknown>>;
    for (const [element, list] of Object.entries(lists))
      if (count(text, element) > 0) expect(body[list]).toHaveLength(count(text, element));
    const device = body["DeviceId"] as { SerialNumber: string } | undefined;
    if (device !== undefined) expect(device.SerialNumber).toBe(content(text, "SerialNumber")?.trim());
  });

  it.each(whole.filter((file) => /GetParameterValuesResponse|Inform/.test(file)))(
    "every name in %s is a name, every value is what stands in the text",
    (file) => {
      const result = decodeEnvelope(readFileSync(new URL(file, folder)));
      const body = result.ok && "body" in result.envelope.message ? result.envelope.message.body : {};
      const list = "ParameterList" in body ? (body.ParameterList as { Name: string; Value?: { value: string } }[]) : [];
      const text = textOf(file);
      for (const { Name, Value } of list) {
        expect(Name).toMatch(/^\.?[A-Z][^\s<>&]*$/);
        // What contains no escapes and only ASCII must be found in the raw text as it is.
        if (Value !== undefined && /^[\w ./:-]+$/.test(Value.value)) expect(text).toContain(Value.value);
      }
    },
  );
});
