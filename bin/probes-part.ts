import type { IncomingMessage, ServerResponse } from "node:http";
import { createHttpServer } from "../platform/http/server.ts";
import type { Foundation } from "./foundation.ts";
import type { Part } from "./part.ts";

/** /healthz, /readyz and /metrics on a listener of their own, for processes that have no API; only if configured. */
export function probesPart({ config, health, metrics, log, clock }: Foundation): Part {
  const listen = config["metrics.listen"];
  if (listen === undefined) return { services: [] };
  const answer = (response: ServerResponse, status: number, type: string, body: string): void => {
    response.writeHead(status, { "Content-Type": type, "Content-Length": Buffer.byteLength(body) }).end(body);
  };
  async function handler(request: IncomingMessage, response: ServerResponse): Promise<void> {
    switch (request.url) {
      case "/healthz":
        return answer(response, 200, "application/json", '{"ok":true}');
      case "/readyz": {
        const report = await health.readiness();
        return answer(response, report.ok ? 200 : 503, "application/json", JSON.stringify(report));
      }
      case "/metrics":
        return answer(response, 200, metrics.contentType, await metrics.render());
      default:
        return answer(response, 404, "text/plain", "there is /healthz, /readyz and /metrics\n");
    }
  }
  const server = createHttpServer({ name: "probes.http", listen, handler, log, clock });
  return { services: [server], endpoints: () => [["Probes", `${server.address.url}/readyz`]] };
}
