import { asStewardError, type ErrorCode, errorCodes, StewardError } from "../../kernel/errors.ts";
import type { Schema } from "./schema.ts";

/** One mistake: where in the body (JSON pointer), which query or path parameter or header, or which device parameter. */
export interface ProblemItem {
  pointer?: string;
  parameter?: string;
  header?: string;
  detail: string;
  [fact: string]: unknown;
}

/** RFC 9457. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: ErrorCode;
  errors?: readonly ProblemItem[];
  /** Facts for a program, e.g. `{ offset, expected }` of a filter. */
  details?: Record<string, unknown>;
  requestId: string;
}

export const problemSchema: Schema<Problem> = {
  title: "Problem",
  description: "RFC 9457",
  type: "object",
  properties: {
    type: { type: "string" },
    title: { type: "string" },
    status: { type: "integer", minimum: 400, maximum: 599 },
    detail: { type: "string" },
    code: { type: "string", enum: Object.keys(errorCodes) },
    errors: {
      type: "array",
      items: { type: "object", properties: { detail: { type: "string" } }, required: ["detail"] },
    },
    details: { type: "object" },
    requestId: { type: "string" },
  },
  required: ["type", "title", "status", "detail", "code", "requestId"],
  additionalProperties: false,
};

/** Rejects a request that is not well made, with every mistake found. */
export const invalid = (errors: readonly ProblemItem[]): StewardError =>
  new StewardError(
    "argument.invalid",
    errors
      .map(({ detail }) => detail)
      .join("; ")
      .slice(0, 500),
    { details: { errors } },
  );

/** What an HTTP library throws while it reads a request, in our words. */
const byHttpStatus: Readonly<Record<number, ErrorCode>> = {
  400: "argument.invalid",
  413: "body.tooLarge",
  415: "mediaType.unsupported",
};

export function errorOf(thrown: unknown): StewardError {
  if (thrown instanceof StewardError) return thrown;
  const status = thrown instanceof Error && "status" in thrown ? Number(thrown.status) : 0;
  const code = byHttpStatus[status];
  if (code === undefined) return asStewardError(thrown);
  return new StewardError(
    code,
    code === "argument.invalid" ? "the request could not be read" : errorCodes[code].title,
    { cause: thrown },
  );
}

/** Where an engine is and why it is away is no caller's business either. */
const isOurs = ({ party, code }: StewardError): boolean =>
  party === "steward" || party === "configuration" || code === "engine.unavailable";

/** Errors of ours show no more than their title: the log has the rest under the request id. */
export function problemOf(error: StewardError, requestId: string): Problem {
  const { title, status } = errorCodes[error.code];
  const { errors, findings, ...details } = isOurs(error) ? {} : (error.details as Record<string, unknown>);
  const items = itemsOf(errors ?? findings);
  return {
    type: `urn:steward:problem:${error.code}`,
    title,
    status,
    detail: isOurs(error) && error.code !== "overloaded" ? `The log has the reason under ${requestId}` : error.message,
    code: error.code,
    ...(items.length === 0 ? {} : { errors: items }),
    ...(Object.keys(details).length === 0 ? {} : { details }),
    requestId,
  };
}

/** Mistakes of a body and findings of a data model alike get a sentence in `detail`. */
function itemsOf(list: unknown): ProblemItem[] {
  if (!Array.isArray(list)) return [];
  return list
    .filter((item): item is Record<string, unknown> => typeof item === "object" && item !== null)
    .map((item) => ({ ...item, detail: sentenceOf(item) }));
}

function sentenceOf({ detail, path, rule, given }: Record<string, unknown>): string {
  if (typeof detail === "string") return detail;
  const what = given === undefined ? "" : `, given ${JSON.stringify(given)}`;
  const where = typeof path === "string" ? path : "the request";
  return `${where}: ${typeof rule === "string" ? rule : "refused"}${what}`;
}

/** Seconds for `Retry-After`, where waiting helps. */
export function retryAfter(error: StewardError): number | undefined {
  const wished = error.details["retryAfter"];
  if (typeof wished === "number") return Math.max(1, Math.ceil(wished));
  return error.status === 503 || error.code === "rate.limited" ? 5 : undefined;
}

const unread: Readonly<Record<number, [code: ErrorCode, detail: string]>> = {
  400: ["argument.invalid", "this is not HTTP as it is read here"],
  413: ["body.tooLarge", "a chunk's extension is too large"],
  431: ["header.tooLarge", "request line and headers have at most 32 KiB together"],
};

/** The problem for what the HTTP parser refused, before there was a request. */
export function problemBody(status: number, requestId: string): { mediaType: string; text: string } | undefined {
  const [code, detail] = unread[status] ?? [];
  if (code === undefined) return undefined;
  const text = JSON.stringify(problemOf(new StewardError(code, detail ?? ""), requestId));
  return { mediaType: "application/problem+json", text };
}
