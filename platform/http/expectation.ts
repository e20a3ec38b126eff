import type { IncomingMessage, ServerResponse } from "node:http";

const waiting = Symbol("waiting for 100 Continue");

interface Waiting {
  [waiting]?: { response: ServerResponse; keepAlive: boolean } | undefined;
}

/**
 * Notes that the peer holds its body back until it reads `100 Continue` (RFC 9110 §10.1.1). An answer without it leaves
 * open whether the body still comes, so that the connection ends with such an answer.
 */
export function awaitContinue(request: IncomingMessage, response: ServerResponse): void {
  (request as Waiting)[waiting] = { response, keepAlive: response.shouldKeepAlive };
  response.shouldKeepAlive = false;
}

/** Whether the peer still holds its body back: refusing it now costs nothing. */
export const isAwaitingContinue = (request: IncomingMessage): boolean => (request as Waiting)[waiting] !== undefined;

/** Asks for the body, once. Who reads a request's body himself (an upload to disk) calls it first. */
export function sendContinue(request: IncomingMessage): void {
  const held = (request as Waiting)[waiting];
  if (held === undefined) return;
  (request as Waiting)[waiting] = undefined;
  if (held.response.headersSent) return;
  held.response.shouldKeepAlive = held.keepAlive;
  held.response.writeContinue();
}
