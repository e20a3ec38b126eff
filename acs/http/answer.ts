import type { OutgoingHttpHeaders, ServerResponse } from "node:http";

export interface Answer {
  status: number;
  body?: string;
  headers?: OutgoingHttpHeaders;
  /** Close the connection afterwards. */
  close?: boolean;
}

/** Head and body in one write, always with their length: CPEs exist that cannot read a second packet or chunks. */
export function send(response: ServerResponse, { status, body = "", headers = {}, close = false }: Answer): void {
  if (response.headersSent || response.destroyed) return;
  if (close) response.shouldKeepAlive = false;
  if (status === 204) {
    response.writeHead(status, headers).end();
    return;
  }
  headers["Content-Length"] = Buffer.byteLength(body);
  response.writeHead(status, headers).end(body);
}
