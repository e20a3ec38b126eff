import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { gunzipSync } from "node:zlib";
import type { CwmpMessage, Envelope, RequestMessage, ResponseMessage, RpcName } from "../../../acs/rpc/index.ts";
import { type DecodeResult, decodeEnvelope } from "../../../acs/soap/decode.ts";
import { encodeEnvelope } from "../../../acs/soap/encode.ts";

/** One POST as it arrived. */
export interface Received {
  readonly method: string;
  readonly url: string;
  readonly httpVersion: string;
  readonly headers: IncomingMessage["headers"];
  /** Names and values as they were spelt. */
  readonly rawHeaders: readonly string[];
  readonly bytes: Buffer;
  /** The body, inflated. */
  readonly text: string;
  readonly decoded: DecodeResult | undefined;
  /** Counts connections, so that two POSTs on one can be told from two on two. */
  readonly connection: number;
  /** What the ACS answered, for the story. */
  answered?: number;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string | Buffer;
}

type Hook = (received: Received) => Answer | "hangUp" | undefined | Promise<Answer | undefined>;

/**
 * A minimal ACS on a port of its own: answers an Inform, acknowledges what the CPE reports, and hands out the RPCs of its
 * script one by one. It parses leniently and keeps everything that it read.
 */
export class ScriptedAcs {
  readonly received: Received[] = [];
  /** RPCs to hand out, in order. */
  readonly script: RequestMessage[] = [];
  /** May answer anything first. */
  hook: Hook = () => undefined;
  readonly #server: Server;
  readonly #connections = new WeakMap<object, number>();
  #connectionCount = 0;
  #nextId = 100;
  #pending: { id: string; message: RequestMessage } | undefined;
  #waiters: { holds: () => boolean; resolve: () => void }[] = [];
  url = "";
  openConnections = 0;

  constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
    this.#server.keepAliveTimeout = 600_000;
    this.#server.on("connection", (socket: Socket) => {
      this.openConnections += 1;
      socket.on("close", () => {
        this.openConnections -= 1;
        this.#look();
      });
    });
    this.#server.on("checkContinue", (request: IncomingMessage, response: ServerResponse) => {
      response.writeContinue();
      this.#server.emit("request", request, response);
    });
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/acs?vendor=1`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Resolves once the condition holds; it is looked at after each exchange and each closed connection. */
  async until(holds: () => boolean): Promise<void> {
    if (!holds()) await new Promise<void>((resolve) => this.#waiters.push({ holds, resolve }));
  }

  #look(): void {
    this.#waiters = this.#waiters.filter(({ holds, resolve }) => {
      if (holds()) resolve();
      return !holds();
    });
  }

  /** Envelopes received, as messages. */
  get messages(): CwmpMessage[] {
    return this.received.flatMap(({ decoded }) => (decoded?.ok === true ? [decoded.envelope.message] : []));
  }

  get informs(): RequestMessage<"Inform">[] {
    return this.requests("Inform");
  }

  requests<N extends RpcName>(name: N): RequestMessage<N>[] {
    return this.#named("request", name) as RequestMessage<N>[];
  }

  responses<N extends RpcName>(name: N): ResponseMessage<N>[] {
    return this.#named("response", name) as ResponseMessage<N>[];
  }

  #named(kind: "request" | "response", name: RpcName): CwmpMessage[] {
    return this.messages.filter((message) => message.kind === kind && message.name === name);
  }

  /** The codes of the faults received. */
  get faults(): number[] {
    return this.messages.flatMap((message) => (message.kind === "fault" ? [message.fault.faultCode] : []));
  }

  /** Names of what was received, `-` for an empty POST: the dialogue at a glance. */
  get story(): string[] {
    return this.received.map(({ bytes, decoded }) => {
      if (bytes.length === 0) return "-";
      if (decoded?.ok !== true) return "?";
      const { message } = decoded.envelope;
      if (message.kind === "fault") return `fault ${message.fault.faultCode}`;
      return message.kind === "response" ? `${message.name}Response` : message.name;
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const received = await this.#read(request);
    this.received.push(received);
    const hooked = await this.hook(received);
    if (hooked === "hangUp") request.socket.destroy();
    else {
      const { status, headers = {}, body = "" } = hooked ?? this.#answer(received);
      received.answered = status;
      const length = status === 204 ? {} : { "Content-Length": Buffer.byteLength(body) };
      response.writeHead(status, { ...length, ...headers }).end(body);
    }
    this.#look();
  }

  async #read(request: IncomingMessage): Promise<Received> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const bytes = Buffer.concat(chunks);
    const { socket, headers, rawHeaders, httpVersion, method = "", url = "" } = request;
    if (!this.#connections.has(socket)) this.#connections.set(socket, this.#connectionCount++);
    const inflated = headers["content-encoding"] === "gzip" && bytes.length > 0 ? gunzipSync(bytes) : bytes;
    return {
      method,
      url,
      httpVersion,
      headers,
      rawHeaders,
      bytes,
      text: inflated.toString("latin1"),
      decoded: inflated.length === 0 ? undefined : decodeEnvelope(inflated),
      connection: this.#connections.get(socket)!,
    };
  }

  #answer({ decoded }: Received): Answer {
    if (decoded?.ok === true) {
      const { envelope } = decoded;
      const { message } = envelope;
      if (message.kind === "request") return this.#reply(envelope, responseTo(message));
      if (message.kind === "response" || message.kind === "fault") this.#pending = undefined;
    }
    this.#pending ??= this.#next();
    return this.#pending === undefined ? { status: 204 } : this.#reply(this.#pending, this.#pending.message);
  }

  #next(): { id: string; message: RequestMessage } | undefined {
    const message = this.script.shift();
    return message === undefined ? undefined : { id: String(this.#nextId++), message };
  }

  #reply({ id }: { id?: string }, message: CwmpMessage): Answer {
    const envelope: Envelope = { namespace: "urn:dslforum-org:cwmp-1-2", message, ...(id === undefined ? {} : { id }) };
    const opens = message.kind === "response" && message.name === "Inform";
    const cookie: Record<string, string> = opens ? { "Set-Cookie": "session=S1; Path=/" } : {};
    return { status: 200, headers: { "Content-Type": "text/xml", ...cookie }, body: encodeEnvelope(envelope) };
  }
}

function responseTo(message: RequestMessage): ResponseMessage {
  if (message.name === "Inform") return { kind: "response", name: "Inform", body: { MaxEnvelopes: 1 } };
  if (message.name === "Kicked") return { kind: "response", name: "Kicked", body: { NextURL: "" } };
  return { kind: "response", name: message.name, body: {} } as ResponseMessage;
}
