import type { IncomingHttpHeaders } from "node:http";
import { connect as connectPlain, type Socket } from "node:net";
import { connect as connectSecure } from "node:tls";
import { type ExchangeOptions, type HttpAnswer, hostOf, type TlsIdentity, trust } from "./http-exchange.ts";

/** One request over HTTP/1.0 on a connection that the server closes after its answer. */
export async function oldExchange(url: URL, options: ExchangeOptions): Promise<HttpAnswer> {
  const socket = open(url, options.tls);
  const abort = (): void => void socket.destroy(new Error("the exchange was ended"));
  options.signal.addEventListener("abort", abort);
  socket.setTimeout(options.timeout, () => socket.destroy(new Error("the server did not answer in time")));
  try {
    socket.write(`${headOf(url, options)}\r\n\r\n`, "latin1");
    socket.write(options.body);
    const chunks: Buffer[] = [];
    for await (const chunk of socket) chunks.push(chunk as Buffer);
    return parse(Buffer.concat(chunks));
  } finally {
    options.signal.removeEventListener("abort", abort);
    socket.destroy();
  }
}

function open(url: URL, tls?: TlsIdentity): Socket {
  const host = hostOf(url);
  if (url.protocol === "https:") return connectSecure({ host, port: Number(url.port || 443), ...trust(tls) });
  return connectPlain({ host, port: Number(url.port || 80) });
}

function headOf(url: URL, { method, headers }: ExchangeOptions): string {
  const lines = Object.entries({ Host: url.host, ...headers }).map(([name, value]) => `${name}: ${value}`);
  return [`${method} ${url.pathname}${url.search} HTTP/1.0`, ...lines].join("\r\n");
}

function parse(bytes: Buffer): HttpAnswer {
  const end = bytes.indexOf("\r\n\r\n");
  if (end < 0) throw new Error("the server closed the connection");
  const [first = "", ...lines] = bytes.subarray(0, end).toString("latin1").split("\r\n");
  const headers: IncomingHttpHeaders = {};
  for (const line of lines) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (name === "set-cookie") headers["set-cookie"] = [...(headers["set-cookie"] ?? []), value];
    else headers[name] = value;
  }
  return { status: Number(first.slice(9, 12)), headers, body: bytes.subarray(end + 4) };
}
