import type { XmlReader } from "../../kernel/xml/reader.ts";
import { type CwmpFault, faultEntry, type ParameterFault } from "../rpc/faults.ts";
import { localPart, readInteger, trimmed } from "./lexical.ts";

interface Pieces {
  faultCode?: number;
  faultString?: string;
  soapCode: string;
  soapString: string;
  parameterFaults: ParameterFault[];
}

/**
 * A fault in any of the forms seen (TR-069 §3.5, specs §1.6, §10): a missing detail stands for 9002, the detail may be
 * inside `faultstring`, codes may be padded, and parameters may be named in the text alone.
 * Consumes the Fault element that the reader stands on.
 */
export function readFault(xml: XmlReader): CwmpFault {
  const pieces: Pieces = { soapCode: "", soapString: "", parameterFaults: [] };
  gather(xml, pieces);
  const inText = /\b[89]\d{3}\b/.exec(pieces.soapString)?.[0];
  const faultCode = pieces.faultCode ?? (inText === undefined ? 9002 : Number(inText));
  const faultString = pieces.faultString || pieces.soapString || pieces.soapCode;
  if (pieces.parameterFaults.length === 0) pieces.parameterFaults = namedInText(faultCode, faultString);
  return {
    faultCode,
    faultString,
    soapFaultCode: soapFaultCode(pieces.soapCode, faultCode),
    parameterFaults: pieces.parameterFaults,
  };
}

function gather(xml: XmlReader, pieces: Pieces): void {
  while (xml.nextChild()) {
    const name = xml.localName;
    switch (name.toLowerCase()) {
      case "faultcode":
        // SOAP's own is lower case, CWMP's is not, and some stacks mix them up: a number decides.
        keepCode(xml.leaf(), name, pieces);
        break;
      case "faultstring":
        keepString(xml, name, pieces);
        break;
      case "setparametervaluesfault":
        pieces.parameterFaults.push(readParameterFault(xml));
        break;
      case "faultactor":
        xml.skip();
        break;
      default:
        gather(xml, pieces);
    }
  }
}

function keepCode(raw: string, name: string, pieces: Pieces): void {
  const number = codeIn(raw);
  if (number !== undefined) pieces.faultCode ??= number;
  else if (name === "faultcode") pieces.soapCode = trimmed(raw);
}

function keepString(xml: XmlReader, name: string, pieces: Pieces): void {
  if (name === "FaultString") {
    pieces.faultString ??= trimmed(xml.leaf());
    return;
  }
  // The detail that should have stood behind it may stand in it.
  const inner: Pieces = { soapCode: "", soapString: "", parameterFaults: [] };
  pieces.soapString = trimmed(xml.leaf(() => gather(xml, inner)));
  pieces.faultCode ??= inner.faultCode;
  pieces.faultString ??= inner.faultString;
  pieces.parameterFaults.push(...inner.parameterFaults);
}

function readParameterFault(xml: XmlReader): ParameterFault {
  const found: ParameterFault = { parameterName: "", faultCode: 9002, faultString: "" };
  while (xml.nextChild()) {
    if (xml.isNamed("ParameterName")) found.parameterName = trimmed(xml.leaf());
    else if (xml.isNamed("FaultCode")) found.faultCode = codeIn(xml.leaf()) ?? 9002;
    else if (xml.isNamed("FaultString")) found.faultString = trimmed(xml.leaf());
    else xml.skip();
  }
  return found;
}

/** The first number in it: `9005`, ` 09005 `, `CWMP.9005`, `9005 Invalid parameter name`. */
const codeIn = (raw: string): number | undefined => readInteger(/\d{1,9}/.exec(raw)?.[0] ?? "", true);

/** Full names that a refusing CPE only mentions (`Unable to set parameter(s): Device.A.B, Device.C`). */
function namedInText(faultCode: number, text: string): ParameterFault[] {
  if (faultCode < 9003 || faultCode > 9009 || faultCode === 9004) return [];
  const names = text.match(/\b(?:InternetGatewayDevice|Device)\.[\w.:[\]-]*[\w\].]/g) ?? [];
  return [...new Set(names.slice(0, 1000))].map((parameterName) => ({ parameterName, faultCode, faultString: text }));
}

function soapFaultCode(code: string, faultCode: number): "Client" | "Server" {
  const local = localPart(code).toLowerCase();
  if (local.startsWith("server")) return "Server";
  return local === "" ? faultEntry(faultCode).soap : "Client";
}
