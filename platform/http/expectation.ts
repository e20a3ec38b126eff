import type { IncomingMessage, ServerResponse } from "node:http";

const waiting = new WeakMap<IncomingMessage, { response: ServerResponse; keepAlive: boolean }>();

/**
 * Notes that the peer holds its body back until it reads `100 Continue` (RFC 9110 §10.1.1). An answer without it leaves
 * open whether the body still comes, so that the connection ends with such an answer.
 */
export function awaitContinue(request: IncomingMessage, response: ServerResponse): void {
  waiting.set(request, { response, keepAlive: response.shouldKeepAlive });
  response.shouldKeepAlive = false;
}

/** Whether the peer still holds its body back: refusing it now costs nothing. */
export const isAwaitingContinue = (request: IncomingMessage): boolean => waiting.has(request);

/** Asks for the body, once. Who reads a request's body himself (an upload to disk) calls it first. */
export function sendContinue(request: IncomingMessage): void {
  const held = waiting.get(request);
  waiting.delete(request);
  if (!held || held.response.headersSent) return;
  held.response.shouldKeepAlive = held.keepAlive;
  held.response.writeContinue();
}
