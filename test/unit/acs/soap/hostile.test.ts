import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { type DecodeResult, decodeEnvelope } from "../../../../acs/soap/decode.ts";
import { defaultXmlLimits } from "../../../../kernel/xml/limits.ts";
import { bytesOf, inform, soap } from "./messages.ts";

const recorded = readFileSync(new URL("../../../vectors/cwmp/Inform.xml", import.meta.url));

/** Whether each result is one of the promised forms. */
function isOrderly(result: DecodeResult): boolean {
  if (!result.ok)
    return ["notXml", "notSoap", "invalidArguments", "limit"].includes(result.reason) && result.detail !== "";
  return ["request", "response", "fault", "unknownRequest"].includes(result.envelope.message.kind);
}

describe("hostile input", () => {
  it("an Inform cut at any byte is refused, unless it is there to its end and only end tags behind it are cut", () => {
    const end = recorded.indexOf("</cwmp:Inform>") + "</cwmp:Inform>".length;
    const whole = decodeEnvelope(recorded);
    for (let cut = 0; cut <= recorded.lastIndexOf(">"); cut++) {
      const result = decodeEnvelope(recorded.subarray(0, cut));
      expect([cut, result.ok, isOrderly(result)]).toEqual([cut, cut >= end, true]);
      if (result.ok) expect(result).toEqual(whole);
    }
  });

  it("an Inform followed by anything but the rest of its end tags is refused", () => {
    const end = recorded.indexOf("</cwmp:Inform>") + "</cwmp:Inform>".length;
    const whole = recorded.toString();
    for (const text of [
      `${whole.slice(0, end)}</wrong>`,
      `${whole.slice(0, end)}<${"x".repeat(100)}`,
      `${whole}${whole}`,
    ]) {
      expect(decodeEnvelope(Buffer.from(text)).ok).toBe(false);
    }
  });

  it.each([0, 1, 32, 33, 34, 38, 39, 47, 58, 60, 61, 62, 63, 128, 255])(
    "an Inform with any byte replaced by code %d gets an orderly answer",
    (byte) => {
      for (let at = 0; at < recorded.length; at++) {
        const flipped = Buffer.from(recorded);
        flipped[at] = byte;
        expect([at, isOrderly(decodeEnvelope(flipped))]).toEqual([at, true]);
      }
    },
  );

  it("an Inform with any bit flipped gets an orderly answer", () => {
    for (let at = 0; at < recorded.length * 8; at++) {
      const flipped = Buffer.from(recorded);
      flipped[at >> 3] = flipped[at >> 3]! ^ (1 << (at & 7));
      expect([at, isOrderly(decodeEnvelope(flipped))]).toEqual([at, true]);
    }
  });

  it("an Inform with any stretch left out gets an orderly answer", () => {
    for (let at = 0; at < recorded.length; at += 7)
      for (const length of [1, 3, 50, 400]) {
        const cut = Buffer.concat([recorded.subarray(0, at), recorded.subarray(at + length)]);
        expect([at, length, isOrderly(decodeEnvelope(cut))]).toEqual([at, length, true]);
      }
  });

  it("entity definitions are refused before one is expanded", () => {
    const lol = Array.from({ length: 9 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join("");
    const xml = `<?xml version="1.0"?><!DOCTYPE l [<!ENTITY l0 "lol">${lol}]>${soap("<cwmp:Kicked><Arg>&l9;</Arg></cwmp:Kicked>")}`;
    expect(decodeEnvelope(bytesOf(xml))).toMatchObject({ ok: false, reason: "notXml" });
    const late = inform("<!DOCTYPE l [<!ENTITY l0 'lol'>]>");
    expect(decodeEnvelope(bytesOf(late))).toMatchObject({ ok: false, reason: "notXml", method: "Inform" });
  });

  it("an undefined entity stays as text, an external one reads nothing", () => {
    const result = decodeEnvelope(bytesOf(inform("<CurrentTime>&xxe;</CurrentTime>")));
    expect(result).toMatchObject({ ok: true, envelope: { message: { body: { CurrentTime: "&xxe;" } } } });
  });

  it("100,000 elements within each other are beyond the limit", () => {
    for (const name of ["a", "Body", "FaultStruct", "Fault"]) {
      const deep = soap(`<cwmp:TransferComplete>${`<${name}>`.repeat(100_000)}</cwmp:TransferComplete>`);
      expect(decodeEnvelope(bytesOf(deep))).toMatchObject({
        ok: false,
        reason: "limit",
        method: "TransferComplete",
        id: "1",
      });
    }
    const fault = soap(`<Fault>${"<detail>".repeat(100_000)}</Fault>`);
    expect(decodeEnvelope(bytesOf(fault))).toMatchObject({ ok: false, reason: "limit" });
  });

  it.each([
    ["elements", inform("<ParameterList>" + "<P/>".repeat(200) + "</ParameterList>"), { elements: 100 }],
    ["attributes of one element", inform(`<Event ${'a="1" '.repeat(20)}/>`), { attributes: 10 }],
    ["characters in one text", inform(`<CurrentTime>${"9".repeat(200)}</CurrentTime>`), { textLength: 100 }],
    ["characters in CDATA", inform(`<CurrentTime>1<![CDATA[${"9".repeat(200)}]]></CurrentTime>`), { textLength: 100 }],
    ["characters in one name", inform(`<${"n".repeat(200)}/>`), { textLength: 100 }],
    ["characters in one attribute", inform(`<Event a="${"9".repeat(200)}"/>`), { textLength: 100 }],
  ])("too many %s are beyond the limit", (_, xml, limits) => {
    expect(decodeEnvelope(bytesOf(xml), { limits: { ...defaultXmlLimits, ...limits } })).toMatchObject({
      ok: false,
      reason: "limit",
      id: "1",
      method: "Inform",
    });
    expect(decodeEnvelope(bytesOf(xml)).ok).toBe(true);
  });

  it("work grows with the size of the input, not faster", () => {
    // Each would take minutes if any part of the reader looked at what it has read before.
    const shapes: ((n: number) => string)[] = [
      (n) => "<".repeat(n),
      (n) => inform(`<!--${"-".repeat(n)}`),
      (n) => inform("<![CDATA[".repeat(n)),
      (n) => inform(`<CurrentTime>${"&".repeat(n)}</CurrentTime>`),
      (n) => inform(`<CurrentTime>${"\n ".repeat(n)}x</CurrentTime>`),
      (n) => inform(`<ParameterList><P><Name>A</Name><Value>${"\n ".repeat(n)}x </Value></P></ParameterList>`),
      (n) => inform(`<ParameterList><P><Name>A</Name><Value> x${"\n ".repeat(n)}</Value></P></ParameterList>`),
      (n) =>
        inform(
          `<ParameterList><P><Name>A</Name><Value> ${"\n ".repeat(n)}x${" \n".repeat(n)} </Value></P></ParameterList>`,
        ),
      (n) => soap(`<Fault><faultcode>${"Device.".repeat(n)}</faultcode></Fault>`),
      (n) =>
        soap(
          `<Fault><detail><FaultCode>9008</FaultCode><FaultString>${"Device.".repeat(n)}</FaultString></detail></Fault>`,
        ),
      (n) =>
        soap(
          `<Fault><detail><FaultCode>9008</FaultCode><FaultString>${"Device.A[".repeat(n)}</FaultString></detail></Fault>`,
        ),
      (n) =>
        soap("<cwmp:RebootResponse/>", `<cwmp:SupportedCWMPVersions>${" ,".repeat(n)}</cwmp:SupportedCWMPVersions>`),
      (n) => inform(`<Event ${'a="" '.repeat(60)}/>`.repeat(n / 100)),
    ];
    for (const shape of shapes) {
      const bytes = bytesOf(shape(200_000));
      const before = process.cpuUsage();
      isOrderly(decodeEnvelope(bytes));
      const { user } = process.cpuUsage(before);
      expect([shape.toString(), user < 2_000_000]).toEqual([shape.toString(), true]);
    }
  });

  it("names of JavaScript's own properties are no methods, headers or fields", () => {
    for (const name of ["constructor", "__proto__", "toString", "hasOwnProperty"]) {
      const xml = soap(`<cwmp:${name}/>`, `<cwmp:${name}>1</cwmp:${name}>`);
      expect(decodeEnvelope(bytesOf(xml))).toMatchObject({ envelope: { message: { kind: "unknownRequest", name } } });
      const field = decodeEnvelope(bytesOf(inform(`<${name}>1</${name}>`)));
      expect(field.ok && Object.getPrototypeOf(field.envelope.message)).toBe(Object.prototype);
    }
  });
});
