import type { ErrorRequestHandler, RequestHandler } from "express";
import { newId } from "../../kernel/ids.ts";
import { durationBuckets } from "../../platform/metrics/definition.ts";
import type { NbiServices } from "../ports.ts";
import { errorOf, problemOf, retryAfter } from "./problem.ts";

const securityHeaders = {
  "X-Content-Type-Options": "nosniff",
  "Cache-Control": "no-store",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Resource-Policy": "same-origin",
} as const;

const REQUEST_ID = /^[\w.:+/=-]{1,64}$/;

/** Around every request: its id, the headers that every answer has, and its measurement. */
export function frame({ clock, metrics, log }: NbiServices, routeIds: readonly string[]): RequestHandler {
  const table = metrics.register({
    requests: {
      kind: "counter",
      name: "steward_api_requests_total",
      help: "Answered requests of the API by route and status",
      labels: { route: [...routeIds, "none"], status: { atMost: 30 } },
    },
    duration: {
      kind: "histogram",
      name: "steward_api_request_seconds",
      help: "Time from a request's header to the end of its answer",
      labels: { route: [...routeIds, "none"] },
      buckets: durationBuckets,
    },
  });
  return (request, response, next) => {
    const started = clock.now();
    const given = request.headers["x-request-id"];
    const requestId = typeof given === "string" && REQUEST_ID.test(given) ? given : newId(started);
    response.locals["requestId"] = requestId;
    response.setHeader("X-Request-Id", requestId);
    for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
    if ("encrypted" in request.socket) response.setHeader("Strict-Transport-Security", "max-age=31536000");
    response.once("close", () => {
      const route = String(response.locals["routeId"] ?? "none");
      const took = (clock.now() - started) / 1000;
      const status = response.writableFinished ? String(response.statusCode) : "aborted";
      table.requests.add({ route, status });
      table.duration.observe({ route }, took);
      log.debug({ requestId, method: request.method, route, status, took }, "request answered");
    });
    next();
  };
}

/** The one place where errors become answers. */
export function answerProblem({ log }: NbiServices): ErrorRequestHandler {
  return (thrown: unknown, request, response, _next) => {
    const error = errorOf(thrown);
    const requestId = String(response.locals["requestId"]);
    if (error.status >= 500) {
      const level = error.code === "engine.unavailable" ? "warn" : "error";
      log[level]({ error, requestId, route: response.locals["routeId"] }, "request failed");
    }
    if (response.headersSent) {
      response.destroy();
      return;
    }
    // The rest of a body that nobody reads must not be taken for the next request.
    if (!request.complete) response.shouldKeepAlive = false;
    for (const name of ["ETag", "Content-Disposition", "Content-Length", "Location"]) response.removeHeader(name);
    const wait = retryAfter(error);
    if (wait !== undefined) response.setHeader("Retry-After", String(wait));
    if (error.code === "authentication.required") response.setHeader("WWW-Authenticate", 'Bearer realm="steward"');
    response.status(error.status);
    response.setHeader("Content-Type", "application/problem+json");
    response.end(JSON.stringify(problemOf(error, requestId)));
  };
}
