import type { CwmpMessage, Envelope, RequestMessage, ResponseMessage, RpcName } from "../../../../acs/rpc/index.ts";
import { decodeEnvelope } from "../../../../acs/soap/decode.ts";

/** An envelope around `body`, as most CPEs frame it. */
export const soap = (body: string, header = '<cwmp:ID SOAP-ENV:mustUnderstand="1">1</cwmp:ID>'): string =>
  `<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/" xmlns:cwmp="urn:dslforum-org:cwmp-1-0">` +
  `<SOAP-ENV:Header>${header}</SOAP-ENV:Header><SOAP-ENV:Body>${body}</SOAP-ENV:Body></SOAP-ENV:Envelope>`;

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

export function envelopeIn(xml: string | Uint8Array): Envelope {
  const result = decodeEnvelope(typeof xml === "string" ? bytesOf(xml) : xml);
  if (!result.ok) throw new Error(`${result.reason}: ${result.detail}`);
  return result.envelope;
}

export const messageIn = (xml: string | Uint8Array): CwmpMessage => envelopeIn(xml).message;

export function requestIn<N extends RpcName>(name: N, xml: string | Uint8Array): RequestMessage<N>["body"] {
  const message = messageIn(xml);
  if (message.kind !== "request" || message.name !== name) throw new Error(`a ${message.kind} instead of ${name}`);
  return message.body as RequestMessage<N>["body"];
}

export function responseIn<N extends RpcName>(name: N, xml: string | Uint8Array): ResponseMessage<N>["body"] {
  const message = messageIn(xml);
  if (message.kind !== "response" || message.name !== name) throw new Error(`a ${message.kind} instead of ${name}`);
  return message.body as ResponseMessage<N>["body"];
}

export const deviceId =
  "<DeviceId><Manufacturer>M</Manufacturer><OUI>0000C5</OUI><ProductClass>P</ProductClass><SerialNumber>S1</SerialNumber></DeviceId>";

/** An Inform whose elements after DeviceId are `rest`. */
export const inform = (rest = "", device = deviceId): string => soap(`<cwmp:Inform>${device}${rest}</cwmp:Inform>`);

export const valueList = (value: string): string =>
  soap(
    `<cwmp:GetParameterValuesResponse><ParameterList><ParameterValueStruct><Name>Device.A</Name>${value}</ParameterValueStruct></ParameterList></cwmp:GetParameterValuesResponse>`,
  );
