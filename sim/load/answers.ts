import type { LoadModel, LoadParameter } from "./model.ts";

const HEAD =
  '<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/" xmlns:SOAP-ENC="http://schemas.xmlsoap.org/soap/encoding/" ' +
  'xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:cwmp="urn:dslforum-org:cwmp-1-2">' +
  '<SOAP-ENV:Header><cwmp:ID SOAP-ENV:mustUnderstand="1">';
const MIDDLE = "</cwmp:ID></SOAP-ENV:Header><SOAP-ENV:Body>";
const TAIL = "</SOAP-ENV:Body></SOAP-ENV:Envelope>";
export const envelope = (id: string, body: string): string => HEAD + id + MIDDLE + body + TAIL;

const valueStruct = ({ name, type, value }: LoadParameter): string =>
  `<ParameterValueStruct><Name>${name}</Name><Value xsi:type="xsd:${type}">${value}</Value></ParameterValueStruct>`;
const infoStruct = (name: string, writable: boolean): string =>
  `<ParameterInfoStruct><Name>${name}</Name><Writable>${writable ? 1 : 0}</Writable></ParameterInfoStruct>`;
const list = (type: string, items: readonly string[]): string =>
  `<ParameterList SOAP-ENC:arrayType="cwmp:${type}[${items.length}]">${items.join("")}</ParameterList>`;

const INFORMED = [
  "Device.RootDataModelVersion",
  "Device.DeviceInfo.HardwareVersion",
  "Device.DeviceInfo.SoftwareVersion",
  "Device.DeviceInfo.ProvisioningCode",
  "Device.DeviceInfo.UpTime",
  "Device.ManagementServer.ParameterKey",
  "Device.ManagementServer.ConnectionRequestURL",
];

/** An Inform body; everything but serial number and event is the same in each CPE of the load. */
export function informBody(model: LoadModel, serialNumber: string, event: string, commandKey = ""): string {
  const values = INFORMED.map((name) => valueStruct(model.parameters.find((parameter) => parameter.name === name)!));
  return envelope(
    "1",
    `<cwmp:Inform><DeviceId><Manufacturer>Steward</Manufacturer><OUI>00D0FF</OUI><ProductClass>Load</ProductClass><SerialNumber>${serialNumber}</SerialNumber></DeviceId>` +
      `<Event SOAP-ENC:arrayType="cwmp:EventStruct[1]"><EventStruct><EventCode>${event}</EventCode><CommandKey>${commandKey}</CommandKey></EventStruct></Event>` +
      `<MaxEnvelopes>1</MaxEnvelopes><CurrentTime>2026-11-22T12:00:00Z</CurrentTime><RetryCount>0</RetryCount>${list("ParameterValueStruct", values)}</cwmp:Inform>`,
  );
}

/**
 * Answers whatever the ACS asks, from text made once per question: the load's CPEs share one model, so that the client
 * costs next to nothing.
 */
export class Answers {
  readonly #model: LoadModel;
  readonly #cache = new Map<string, string>();

  constructor(model: LoadModel) {
    this.#model = model;
  }

  answer(request: string): string {
    const id = /<cwmp:ID[^>]*>([^<]*)</.exec(request)?.[1] ?? "";
    const bodyAt = request.indexOf(":Body>") + 6;
    const body = request.slice(bodyAt);
    let answered = this.#cache.get(body);
    if (answered === undefined) {
      answered = this.#make(body);
      if (this.#cache.size < 2_000) this.#cache.set(body, answered);
    }
    return envelope(id, answered);
  }

  #make(body: string): string {
    const method = /<cwmp:(\w+)/.exec(body)?.[1] ?? "";
    const names = [...body.matchAll(/<string>([^<]*)<\/string>/g)].map((match) => match[1]!);
    switch (method) {
      case "GetParameterValues": {
        const chosen = this.#model.parameters.filter(({ name }) => names.some((wanted) => covers(wanted, name)));
        return `<cwmp:GetParameterValuesResponse>${list("ParameterValueStruct", chosen.map(valueStruct))}</cwmp:GetParameterValuesResponse>`;
      }
      case "GetParameterNames": {
        const path = /<ParameterPath>([^<]*)</.exec(body)?.[1] ?? "";
        const deep = !/<NextLevel>(?:1|true)</.test(body);
        const inside = (name: string) =>
          name.startsWith(path) && (deep || (name !== path && !name.slice(path.length, -1).includes(".")));
        const items = this.#model.objects.filter(inside).map((name) => infoStruct(name, /PortMapping\./.test(name)));
        for (const { name, writable } of this.#model.parameters)
          if (inside(name)) items.push(infoStruct(name, writable));
        return `<cwmp:GetParameterNamesResponse>${list("ParameterInfoStruct", items)}</cwmp:GetParameterNamesResponse>`;
      }
      case "SetParameterValues":
        return "<cwmp:SetParameterValuesResponse><Status>0</Status></cwmp:SetParameterValuesResponse>";
      case "AddObject":
        return "<cwmp:AddObjectResponse><InstanceNumber>999</InstanceNumber><Status>0</Status></cwmp:AddObjectResponse>";
      case "DeleteObject":
        return "<cwmp:DeleteObjectResponse><Status>0</Status></cwmp:DeleteObjectResponse>";
      case "Reboot":
        return "<cwmp:RebootResponse/>";
      default:
        return "<SOAP-ENV:Fault><faultcode>Server</faultcode><faultstring>CWMP fault</faultstring><detail><cwmp:Fault><FaultCode>9000</FaultCode><FaultString>Method not supported</FaultString></cwmp:Fault></detail></SOAP-ENV:Fault>";
    }
  }
}

const covers = (wanted: string, name: string): boolean =>
  wanted.endsWith(".") ? name.startsWith(wanted) : wanted === name;
