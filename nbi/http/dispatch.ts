import { parse as parseQuery } from "node:querystring";
import { pipeline } from "node:stream/promises";
import type { Request, RequestHandler, Response } from "express";
import { type ErrorCode, errorCodes, StewardError } from "../../kernel/errors.ts";
import type { Instant } from "../../kernel/time.ts";
import type { NbiServices } from "../ports.ts";
import { openCursor, sealCursor } from "./cursor.ts";
import type { Gate } from "./gate.ts";
import { readJson } from "./json-body.ts";
import { errorOf, invalid } from "./problem.ts";
import type { Caller, Exchange, Reply, Route } from "./route.ts";
import { id as idSchema, object, type Schema } from "./schema.ts";
import type { Validator } from "./validator.ts";
import type { Waiting } from "./waiting.ts";

interface Note {
  target?: string;
  detail?: Record<string, unknown>;
}

/** Carries requests to routes: gate, validation, handler, audit, answer. */
export class Dispatcher {
  readonly #services: NbiServices;
  readonly #gate: Gate;
  readonly #validator: Validator;
  readonly #waiting: Waiting;

  constructor(services: NbiServices, parts: { gate: Gate; validator: Validator; waiting: Waiting }) {
    this.#services = services;
    this.#gate = parts.gate;
    this.#validator = parts.validator;
    this.#waiting = parts.waiting;
  }

  /** Handles every method of one path. */
  handlerOf(routes: readonly Route[]): RequestHandler {
    const byMethod = new Map<string, Route>(routes.map((route) => [route.method, route]));
    const allowed = [...byMethod.keys()]
      .flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method]))
      .join(", ");
    return async (request, response) => {
      const route = byMethod.get(request.method === "HEAD" ? "GET" : request.method);
      response.locals["routeId"] = route?.id;
      const isPublic = route?.action.permission === "public";
      const caller = isPublic ? this.#gate.anonymous(request) : await this.#gate.authenticate(request);
      if (route === undefined) {
        response.setHeader("Allow", allowed);
        throw new StewardError("method.notAllowed", `allowed here: ${allowed}`);
      }
      await send(request, response, await this.#serve(route, request, response, caller));
    };
  }

  /** What no route has is told only to whoever has a token. */
  readonly unknown: RequestHandler = async (request) => {
    await this.#gate.authenticate(request);
    throw new StewardError("resource.notFound", "there is no such route; GET /api/v1/openapi.json lists them all");
  };

  async #serve(route: Route, request: Request, response: Response, caller: Caller): Promise<Reply> {
    const target = Object.values(request.params)[0];
    const note: Note = typeof target === "string" ? { target } : {};
    const now = this.#services.clock.now();
    let reply: Reply;
    try {
      this.#gate.permit(route, caller);
      const exchange = await this.#exchange(route, request, response, { caller, note, now });
      const list = { route, params: exchange.params, query: exchange.query as Record<string, unknown> };
      reply = sealCursor(list, await route.handle({ ...exchange, query: openCursor(list) }));
    } catch (thrown) {
      const error = errorOf(thrown);
      if (route.action.permission === "public" && error.code === "authentication.required") {
        throw this.#gate.refuse(request, error.message);
      }
      await this.#audit(route, { caller, note, now, outcome: error.code }, response).catch((cause: unknown) =>
        this.#services.log.error({ error: cause, action: route.id }, "an audit entry was not written"),
      );
      throw error;
    }
    // Nothing is acknowledged that the audit log does not have.
    await this.#audit(route, { caller, note, now, outcome: "done" }, response);
    return reply;
  }

  async #audit(
    route: Route,
    { caller, note, now, outcome }: { caller: Caller; note: Note; now: Instant; outcome: ErrorCode | "done" },
    response: Response,
  ): Promise<void> {
    if (route.method === "GET" || isMalformed(outcome)) return;
    await this.#services.access.audit.append({
      at: now,
      by: caller.name,
      action: route.id,
      requestId: String(response.locals["requestId"]),
      outcome: outcome === "done" ? "done" : isRefusal(outcome) ? "refused" : "failed",
      ...(caller.tokenId === undefined ? {} : { tokenId: caller.tokenId }),
      ...(caller.remoteAddress === undefined ? {} : { remoteAddress: caller.remoteAddress }),
      ...(note.target === undefined ? {} : { target: note.target }),
      details: outcome === "done" ? { ...note.detail } : { ...note.detail, code: outcome },
    });
  }

  async #exchange(
    route: Route,
    request: Request,
    response: Response,
    { caller, note, now }: { caller: Caller; note: Note; now: Instant },
  ): Promise<Exchange<Record<string, string>, unknown, unknown>> {
    return {
      params: this.#params(route, request),
      query: this.#validator.require("query", route.query ?? nothing, queryOf(request)),
      body: await this.#body(route, request, response),
      caller,
      services: this.#services,
      waiting: this.#waiting,
      now,
      requestId: String(response.locals["requestId"]),
      request,
      note: (target, detail) => Object.assign(note, detail === undefined ? { target } : { target, detail }),
      ...ifVersionOf(request),
      ...idempotencyKeyOf(request),
    };
  }

  #params(route: Route, request: Request): Record<string, string> {
    const forms: Readonly<Record<string, Schema<string> | undefined>> = route.params ?? {};
    const params: Record<string, string> = {};
    for (const [name, value] of Object.entries(request.params)) {
      const given = Array.isArray(value) ? value.join("/") : String(value);
      const mistakes = this.#validator.mistakes("path", forms[name] ?? idSchema, given);
      if (mistakes.length > 0)
        throw invalid([{ parameter: name, detail: `the path parameter ${name} has the wrong form` }]);
      params[name] = given;
    }
    return params;
  }

  async #body(route: Route, request: Request, response: Response): Promise<unknown> {
    if (route.upload !== undefined || route.body === undefined) return undefined;
    const body = await readJson(request, response, this.#services.limits);
    if (body === undefined && route.bodyOptional === true) return undefined;
    if (body === undefined) throw invalid([{ pointer: "", detail: "a JSON body is needed" }]);
    return this.#validator.require("body", route.body, body);
  }
}

const nothing = object({});
const MALFORMED = new Set<string>(["argument.invalid", "filter.invalid", "body.tooLarge", "mediaType.unsupported"]);
/** Nothing was attempted by a request that was not well made. */
const isMalformed = (outcome: string): boolean => MALFORMED.has(outcome);
const isRefusal = (outcome: ErrorCode | "done"): boolean =>
  outcome !== "done" && errorCodes[outcome].party === "caller";

function queryOf({ url }: Request): Record<string, unknown> {
  const start = url.indexOf("?");
  return start < 0 ? {} : { ...parseQuery(url.slice(start + 1), undefined, undefined, { maxKeys: 200 }) };
}

/** `If-Match: "7"`; what cannot be one of our tags matches no version. */
function ifVersionOf({ headers }: Request): { ifVersion?: number } {
  const tag = headers["if-match"]?.trim();
  if (tag === undefined || tag === "*") return {};
  return { ifVersion: /^"\d{1,15}"$/.test(tag) ? Number(tag.slice(1, -1)) : -1 };
}

function idempotencyKeyOf({ headers }: Request): { idempotencyKey?: string } {
  const key = headers["idempotency-key"];
  if (key === undefined) return {};
  if (typeof key !== "string" || !/^[\x21-\x7e]{1,128}$/.test(key)) {
    throw invalid([{ header: "Idempotency-Key", detail: "Idempotency-Key has 1 to 128 visible ASCII characters" }]);
  }
  return { idempotencyKey: key };
}

async function send(request: Request, response: Response, { status, body, headers, content }: Reply): Promise<void> {
  response.status(status);
  for (const [name, value] of Object.entries(headers ?? {})) response.setHeader(name, value);
  if (content !== undefined) {
    if (request.method === "HEAD") {
      content.destroy();
      response.end();
      return;
    }
    await pipeline(content, response).catch((error: unknown) => {
      // Whoever closes the connection has what it wanted, or has lost its network: no error of ours.
      if ((error as NodeJS.ErrnoException).code !== "ERR_STREAM_PREMATURE_CLOSE") throw error;
    });
    return;
  }
  if (body === undefined) response.end();
  else response.json(body);
}
