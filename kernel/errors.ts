/** Who erred. `peer`: a CPE, exporter or engine; `caller`: who uses the API; `configuration`: who runs Steward; `steward`: we did. */
export type Party = "peer" | "caller" | "configuration" | "steward";

/**
 * Every error that may reach a log line, an API problem or an operation's outcome.
 * `status` is the HTTP status at the northbound API.
 */
export const errorCodes = {
  "argument.invalid": { party: "caller", status: 400, title: "The request is not valid" },
  "filter.invalid": { party: "caller", status: 400, title: "The filter is not valid" },
  "authentication.required": { party: "caller", status: 401, title: "Authentication is required" },
  "permission.missing": { party: "caller", status: 403, title: "The permission is missing" },
  "resource.notFound": { party: "caller", status: 404, title: "There is no such resource" },
  "method.notAllowed": { party: "caller", status: 405, title: "The method is not allowed here" },
  "state.conflict": { party: "caller", status: 409, title: "The resource's state does not allow this" },
  "idempotency.conflict": {
    party: "caller",
    status: 409,
    title: "The idempotency key was used for a different request",
  },
  "precondition.failed": { party: "caller", status: 412, title: "The resource has changed" },
  "body.tooLarge": { party: "caller", status: 413, title: "The body is too large" },
  "mediaType.unsupported": { party: "caller", status: 415, title: "The media type is not supported" },
  "header.tooLarge": { party: "caller", status: 431, title: "The request's header is too large" },
  "range.unsatisfiable": { party: "caller", status: 416, title: "The range lies outside the content" },
  "validation.failed": { party: "caller", status: 422, title: "The data model refuses the request" },
  "rate.limited": { party: "caller", status: 429, title: "Too many requests" },
  "model.invalid": { party: "caller", status: 422, title: "The data-model document is not valid" },
  "peer.protocol": { party: "peer", status: 502, title: "The peer broke the protocol" },
  "peer.unreachable": { party: "peer", status: 502, title: "The peer cannot be reached" },
  "engine.unavailable": { party: "peer", status: 503, title: "The store or queue is unavailable" },
  "engine.duplicateKey": { party: "caller", status: 409, title: "A resource with this key exists" },
  overloaded: { party: "steward", status: 503, title: "Steward is overloaded" },
  "configuration.invalid": { party: "configuration", status: 500, title: "The configuration is not valid" },
  "schema.newer": { party: "configuration", status: 500, title: "The data was written by a newer Steward" },
  internal: { party: "steward", status: 500, title: "Steward made an error" },
} as const satisfies Record<string, { party: Party; status: number; title: string }>;

export type ErrorCode = keyof typeof errorCodes;

/** `details` is shown to the caller; it never carries a secret. */
export class StewardError extends Error {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; details?: Record<string, unknown> } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "StewardError";
    this.code = code;
    this.details = options.details ?? {};
  }

  get party(): Party {
    return errorCodes[this.code].party;
  }

  get status(): number {
    return errorCodes[this.code].status;
  }
}

/** A unique index refused a write: somebody was first. */
export const isDuplicateKey = (error: unknown): boolean =>
  error instanceof StewardError && error.code === "engine.duplicateKey";

/** Wraps whatever was thrown, so that a boundary handles one class. */
export const asStewardError = (error: unknown): StewardError =>
  error instanceof StewardError
    ? error
    : new StewardError("internal", error instanceof Error ? error.message : String(error), { cause: error });
