import { expect } from "@jest/globals";
import type { Conversations, Principal, Reply } from "../../../acs/conversation/index.ts";
import { fault as cwmpFault } from "../../../acs/rpc/faults.ts";
import type { CwmpMessage, Envelope, RpcName, RpcRequest, RpcResponse } from "../../../acs/rpc/index.ts";
import { decodeEnvelope } from "../../../acs/soap/decode.ts";
import { encodeEnvelope } from "../../../acs/soap/encode.ts";

export interface CpeOptions {
  connectionId?: string;
  remoteAddress?: string;
  principal?: Principal;
  /** Never sends a cookie back. */
  forgetsCookie?: boolean;
  namespace?: string;
  oui?: string;
  productClass?: string;
  serialNumber?: string;
}

export interface InformOptions {
  events?: (string | [string, string])[];
  values?: Record<string, string>;
  retryCount?: number;
  currentTime?: string;
  headers?: Partial<Pick<Envelope, "sessionTimeout" | "supportedVersions">>;
}

/** A CPE that says what the test tells it to, and reads what it gets. */
export class ScriptedCpe {
  readonly #conversations: Conversations;
  readonly options: CpeOptions;
  connectionId: string;
  cookie: string | undefined;
  /** ID of the last request of the ACS. */
  lastId: string | undefined;
  lastBody = "";
  #count = 0;

  constructor(conversations: Conversations, options: CpeOptions = {}) {
    this.#conversations = conversations;
    this.options = options;
    this.connectionId = options.connectionId ?? "c1";
  }

  async post(body: string | Uint8Array): Promise<Reply> {
    const { principal, remoteAddress = "192.0.2.1", forgetsCookie } = this.options;
    if (typeof body === "string") this.lastBody = body;
    const reply = await this.#conversations.handle({
      body: typeof body === "string" ? Buffer.from(body) : body,
      connectionId: this.connectionId,
      remoteAddress,
      secure: false,
      principal: principal ?? { kind: "anonymous" },
      ...(this.cookie === undefined || forgetsCookie ? {} : { cookie: this.cookie }),
    });
    if (reply.cookie !== undefined) this.cookie = reply.cookie;
    return reply;
  }

  /** The same bytes once more, as after a lost reply. */
  repost(connectionId = `${this.connectionId}'`): Promise<Reply> {
    this.connectionId = connectionId;
    return this.post(this.lastBody);
  }

  empty(): Promise<Reply> {
    return this.post("");
  }

  informText({
    events = ["2 PERIODIC"],
    values = {},
    retryCount = 0,
    currentTime,
    headers,
  }: InformOptions = {}): string {
    const { oui = "00D0FF", productClass = "GW1", serialNumber = "SN0001", namespace } = this.options;
    const body: RpcRequest<"Inform"> = {
      DeviceId: { Manufacturer: "Example", OUI: oui, ProductClass: productClass, SerialNumber: serialNumber },
      Event: events.map((one) =>
        typeof one === "string" ? { EventCode: one, CommandKey: "" } : { EventCode: one[0], CommandKey: one[1] },
      ),
      MaxEnvelopes: 1,
      CurrentTime: currentTime ?? `2026-11-22T00:00:${String(this.#count % 60).padStart(2, "0")}Z`,
      RetryCount: retryCount,
      ParameterList: Object.entries({ "Device.RootDataModelVersion": "2.15", ...values }).map(([Name, value]) => ({
        Name,
        Value: { type: "string", value },
      })),
    };
    const message: CwmpMessage = { kind: "request", name: "Inform", body };
    return encodeEnvelope({
      id: `i${++this.#count}`,
      namespace: namespace ?? "urn:dslforum-org:cwmp-1-2",
      message,
      ...headers,
    });
  }

  inform(options: InformOptions = {}): Promise<Reply> {
    return this.post(this.informText(options));
  }

  text(message: CwmpMessage, id: string | undefined): string {
    const namespace = this.options.namespace ?? "urn:dslforum-org:cwmp-1-2";
    return encodeEnvelope({ namespace, message, ...(id === undefined ? {} : { id }) });
  }

  request<N extends RpcName>(name: N, body: RpcRequest<N>, id = `r${++this.#count}`): Promise<Reply> {
    return this.post(this.text({ kind: "request", name, body } as CwmpMessage, id));
  }

  respond<N extends RpcName>(name: N, body: RpcResponse<N>, id = this.lastId): Promise<Reply> {
    return this.post(this.text({ kind: "response", name, body } as CwmpMessage, id));
  }

  values(values: Record<string, string>, id = this.lastId): Promise<Reply> {
    const list = Object.entries(values).map(([Name, value]) => ({ Name, Value: { type: "string", value } as const }));
    return this.respond("GetParameterValues", { ParameterList: list }, id);
  }

  fault(
    code: number,
    parameterFaults: { parameterName: string; faultCode: number }[] = [],
    id = this.lastId,
  ): Promise<Reply> {
    const list = parameterFaults.map((one) => ({ ...one, faultString: "no" }));
    return this.post(this.text({ kind: "fault", fault: cwmpFault(code, undefined, list) }, id));
  }

  /** The envelope in a reply. */
  read(reply: Reply): Envelope {
    expect(reply.status).toBe(200);
    const decoded = decodeEnvelope(Buffer.from(reply.body ?? ""));
    if (!decoded.ok) throw new Error(decoded.detail);
    return decoded.envelope;
  }

  /** The ACS's request in a reply. */
  asked<N extends RpcName>(reply: Reply, name: N): RpcRequest<N> {
    const { message, id } = this.read(reply);
    expect({ kind: message.kind, name: "name" in message ? message.name : undefined }).toEqual({
      kind: "request",
      name,
    });
    this.lastId = id;
    return (message as { body: RpcRequest<N> }).body;
  }

  answered<N extends RpcName>(reply: Reply, name: N): RpcResponse<N> {
    const { message } = this.read(reply);
    expect({ kind: message.kind, name: "name" in message ? message.name : undefined }).toEqual({
      kind: "response",
      name,
    });
    return (message as { body: RpcResponse<N> }).body;
  }

  faulted(reply: Reply): number {
    const { message } = this.read(reply);
    return message.kind === "fault" ? message.fault.faultCode : 0;
  }
}
