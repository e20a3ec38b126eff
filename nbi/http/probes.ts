import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { Router } from "express";
import { StewardError } from "../../kernel/errors.ts";
import { requirePermission } from "../policy.ts";
import type { NbiServices } from "../ports.ts";
import { bearerOf, type Gate } from "./gate.ts";

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
const equal = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));

async function admitToMetrics(request: IncomingMessage, { metricsAccess }: NbiServices, gate: Gate): Promise<void> {
  if (metricsAccess === "open") return;
  if (metricsAccess !== undefined && equal(bearerOf(request) ?? "", metricsAccess.token)) return;
  const caller = await gate.authenticate(request);
  requirePermission({ permission: "system:read" }, caller.permissions);
}

/** What orchestrators and Prometheus ask for. Health tells names, never reasons: whoever asks has no token. */
export function probes(services: NbiServices, gate: Gate): Router {
  const router = Router();
  router.get("/healthz", (_request, response) => {
    response.json({ ok: true });
  });
  router.get("/readyz", async (_request, response) => {
    const { ok, checks } = await services.health.readiness();
    const shown = Object.fromEntries(Object.entries(checks).map(([name, check]) => [name, { ok: check.ok }]));
    response.status(ok ? 200 : 503).json({ ok, checks: shown });
  });
  router.get("/metrics", async (request, response) => {
    await admitToMetrics(request, services, gate);
    response.setHeader("Content-Type", services.metrics.contentType);
    response.end(await services.metrics.render());
  });
  router.all(["/healthz", "/readyz", "/metrics"], (_request, response) => {
    response.setHeader("Allow", "GET, HEAD");
    throw new StewardError("method.notAllowed", "allowed here: GET, HEAD");
  });
  return router;
}
