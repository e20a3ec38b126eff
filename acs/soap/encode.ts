import { escapeXml } from "../../kernel/xml/escape.ts";
import type { CwmpFault, CwmpMessage, Envelope } from "../rpc/index.ts";
import { rpcs } from "../rpc/index.ts";
import type { Dialect } from "./dialect.ts";
import { defaultDialect } from "./dialect.ts";
import { writeStruct } from "./write-fields.ts";

/** The envelope as it goes on the wire, in UTF-8. Framing: specs/cwmp.md §10; faults: TR-069 §3.5. */
export function encodeEnvelope(envelope: Envelope, dialect: Dialect = defaultDialect): string {
  const { envelope: soap, encoding, schema, instance, cwmp } = dialect.prefixes;
  return (
    `${dialect.xmlDeclaration ? '<?xml version="1.0" encoding="UTF-8"?>' : ""}<${soap}:Envelope` +
    ` xmlns:${soap}="http://schemas.xmlsoap.org/soap/envelope/"` +
    ` xmlns:${encoding}="http://schemas.xmlsoap.org/soap/encoding/"` +
    ` xmlns:${schema}="http://www.w3.org/2001/XMLSchema"` +
    ` xmlns:${instance}="http://www.w3.org/2001/XMLSchema-instance"` +
    ` xmlns:${cwmp}="${escapeXml(envelope.namespace)}">` +
    `${writeHeader(envelope, dialect)}<${soap}:Body>${writeMessage(envelope.message, dialect)}</${soap}:Body></${soap}:Envelope>`
  );
}

/** Which headers must be understood is fixed by the schema (§1.5). */
function writeHeader(envelope: Envelope, dialect: Dialect): string {
  const { envelope: soap, cwmp } = dialect.prefixes;
  const header = (name: string, mustUnderstand: 0 | 1, content: string | undefined): string =>
    content === undefined
      ? ""
      : `<${cwmp}:${name} ${soap}:mustUnderstand="${mustUnderstand}">${escapeXml(content)}</${cwmp}:${name}>`;
  const headers =
    header("ID", 1, envelope.id) +
    header("HoldRequests", 1, envelope.holdRequests === undefined ? undefined : envelope.holdRequests ? "1" : "0") +
    header("SessionTimeout", 0, envelope.sessionTimeout?.toString()) +
    header("SupportedCWMPVersions", 0, envelope.supportedVersions?.join(",")) +
    header("UseCWMPVersion", 1, envelope.useVersion);
  return headers === "" ? "" : `<${soap}:Header>${headers}</${soap}:Header>`;
}

function writeMessage(message: CwmpMessage, dialect: Dialect): string {
  const { cwmp } = dialect.prefixes;
  switch (message.kind) {
    case "request":
      return method(`${cwmp}:${message.name}`, writeStruct(rpcs[message.name].request, message.body, dialect));
    case "response":
      return method(`${cwmp}:${message.name}Response`, writeStruct(rpcs[message.name].response, message.body, dialect));
    case "fault":
      return writeFault(message.fault, dialect);
    case "unknownRequest":
      return method(`${cwmp}:${message.name.replace(/[^\w.-]/g, "_")}`, "");
  }
}

const method = (name: string, content: string): string => `<${name}>${content}</${name}>`;

function writeFault({ faultCode, faultString, soapFaultCode, parameterFaults }: CwmpFault, dialect: Dialect): string {
  const { envelope: soap, cwmp } = dialect.prefixes;
  const parameters = parameterFaults
    .map(
      (one) =>
        `<SetParameterValuesFault><ParameterName>${escapeXml(one.parameterName)}</ParameterName>` +
        `<FaultCode>${one.faultCode}</FaultCode><FaultString>${escapeXml(one.faultString)}</FaultString></SetParameterValuesFault>`,
    )
    .join("");
  return (
    `<${soap}:Fault><faultcode>${soapFaultCode}</faultcode><faultstring>CWMP fault</faultstring><detail><${cwmp}:Fault>` +
    `<FaultCode>${faultCode}</FaultCode><FaultString>${escapeXml(faultString)}</FaultString>${parameters}` +
    `</${cwmp}:Fault></detail></${soap}:Fault>`
  );
}
