import type { IncomingMessage, ServerResponse } from "node:http";
import { type ErrorCode, StewardError } from "../../kernel/errors.ts";
import { readBody } from "../../platform/http/body.ts";
import type { NbiLimits } from "../ports.ts";
import { invalid } from "./problem.ts";

const JSON_TYPE = /^application\/(?:json|merge-patch\+json)[ \t]*(?:;[ \t]*charset="?utf-8"?[ \t]*)?$/i;
const codes = {
  400: "argument.invalid",
  408: "argument.invalid",
  413: "body.tooLarge",
  415: "mediaType.unsupported",
} as const satisfies Record<number, ErrorCode>;

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;

/** The JSON body; `undefined` when there is none. Rejects with the caller's mistake. */
export async function readJson(
  request: IncomingMessage,
  response: ServerResponse,
  limits: NbiLimits,
): Promise<unknown> {
  if (!hasBody(request)) return undefined;
  if (!JSON_TYPE.test(request.headers["content-type"] ?? "")) {
    response.shouldKeepAlive = false;
    throw new StewardError("mediaType.unsupported", "send application/json in UTF-8");
  }
  const { maxBody, bodyTimeout, maxDepth } = limits;
  const result = await readBody(request, { maxBytes: maxBody, maxInflatedBytes: maxBody, timeout: bodyTimeout });
  if (result.ok) return result.body.length === 0 ? undefined : parseJson(result.body, maxDepth);
  if (result.problem === "aborted") throw new StewardError("argument.invalid", result.reason);
  if (!result.reusable) response.shouldKeepAlive = false;
  const more = result.status === 413 ? `: at most ${maxBody} bytes are taken` : "";
  throw new StewardError(codes[result.status], result.reason + more);
}

const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);

/** Whether arrays and objects stand deeper within one another than `max`; looks at bytes, before anything is built. */
export function isDeeperThan(max: number, bytes: Uint8Array): boolean {
  let depth = 0;
  let inText = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (inText) {
      if (byte === 0x5c) at += 1;
      else if (byte === 0x22) inText = false;
    } else if (byte === 0x22) inText = true;
    else if (OPENING.has(byte)) {
      depth += 1;
      if (depth > max) return true;
    } else if (CLOSING.has(byte)) depth -= 1;
  }
  return false;
}

/** The value that the bytes stand for. Rejects with `argument.invalid`. */
export function parseJson(bytes: Uint8Array, maxDepth: number): unknown {
  if (isDeeperThan(maxDepth, bytes)) {
    throw invalid([{ pointer: "", detail: `the body has more than ${maxDepth} levels` }]);
  }
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    const reason = cause instanceof SyntaxError ? cause.message : "it is not UTF-8";
    throw new StewardError("argument.invalid", "the body is not JSON", {
      cause,
      details: { errors: [{ pointer: "", detail: `the body is not JSON: ${reason.slice(0, 120)}` }] },
    });
  }
}
