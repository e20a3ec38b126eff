import {
  Agent,
  type ClientRequest,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from "node:http";
import { request as httpsRequest, Agent as SecureAgent } from "node:https";

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface HttpRequest {
  readonly method: "GET" | "POST" | "PUT";
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  /** Takes a 2xx answer's body instead of the answer. */
  readonly sink?: (chunk: Buffer) => void;
}

/** PEM texts. Without `ca` every server is trusted. */
export interface TlsIdentity {
  readonly cert?: string;
  readonly key?: string;
  readonly ca?: string;
}

export interface ExchangeOptions extends HttpRequest {
  readonly signal: AbortSignal;
  /** Milliseconds. */
  readonly timeout: number;
  readonly tls?: TlsIdentity;
  /** `undefined`: a connection of its own. */
  readonly agent: Agent | undefined;
}

/** Without an authority of its own a CPE of a lab trusts every server. */
export const trust = (tls: TlsIdentity = {}) => ({ ...tls, rejectUnauthorized: tls.ca !== undefined });

/** Keeps one connection. */
export function newAgent(url: URL, tls?: TlsIdentity): Agent {
  const options = { keepAlive: true, maxSockets: 1 };
  return url.protocol === "https:" ? new SecureAgent({ ...options, ...trust(tls) }) : new Agent(options);
}

/** One request and its whole answer, over HTTP/1.1. */
export function exchange(url: URL, options: ExchangeOptions): Promise<HttpAnswer> {
  const { method, headers, body, signal, timeout, sink, agent, tls } = options;
  const secure = url.protocol === "https:";
  return new Promise((resolve, reject) => {
    const outgoing: ClientRequest = (secure ? httpsRequest : httpRequest)(
      {
        host: hostOf(url),
        port: url.port || (secure ? 443 : 80),
        path: url.pathname + url.search,
        method,
        headers,
        signal,
        timeout,
        agent: agent ?? false,
        ...(secure ? trust(tls) : {}),
      },
      (incoming) => {
        collect(incoming, sink).then(resolve, reject);
      },
    );
    outgoing.on("timeout", () => outgoing.destroy(new Error("the server did not answer in time")));
    outgoing.on("error", reject);
    if (headers["Expect"] === undefined) outgoing.end(body);
    else outgoing.once("continue", () => outgoing.end(body)).flushHeaders();
  });
}

/** Without the brackets of an IPv6 address. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, "");

async function collect(incoming: IncomingMessage, sink: ((chunk: Buffer) => void) | undefined): Promise<HttpAnswer> {
  const status = incoming.statusCode ?? 0;
  const chunks: Buffer[] = [];
  const take = sink !== undefined && status >= 200 && status <= 299 ? sink : (chunk: Buffer) => chunks.push(chunk);
  for await (const chunk of incoming) take(chunk as Buffer);
  return { status, headers: incoming.headers, body: Buffer.concat(chunks) };
}
