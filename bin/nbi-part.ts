import { createNbi } from "../nbi/index.ts";
import type { Foundation } from "./foundation.ts";
import type { Part } from "./part.ts";

/** The northbound API. */
export function nbiPart(foundation: Foundation): Part {
  const { config, fleet, files, trace, health, metrics, queue, models, clock, log, version } = foundation;
  const certificate = config["api.tls.certificate"];
  const key = config["api.tls.key"];
  const tls =
    certificate === undefined || key === undefined
      ? undefined
      : { certificate, key, minVersion: config["api.tls.minVersion"] };
  const nbi = createNbi({
    fleet,
    files,
    access: fleet.access,
    trace,
    health,
    metrics,
    queues: [queue.queue("wake"), queue.queue("periodic")],
    facts: models.knowledge,
    models,
    clock,
    log,
    version,
    listen: config["api.listen"],
    ...(tls && { tls }),
    limits: {
      maxBody: config["api.maxBody"],
      maxWait: config["api.maxWait"],
      requestsPerSecond: config["api.requestsPerSecond"],
      requestBurst: config["api.requestBurst"],
    },
    http: { maxConnections: config["api.maxConnections"] },
  });
  return {
    services: [nbi],
    ...(tls && { reloadTls: () => nbi.reloadTls() }),
    endpoints: () => [["API", `${nbi.address.url}/api/v1`]],
    async notes() {
      const token = await fleet.access.setup.prepare(config["api.setupToken"]);
      if (token === undefined) return [];
      // One that was given is a secret of whoever gave it, and logs are read by others.
      const shown = config["api.setupToken"] === undefined ? token : "as STEWARD_SETUP_TOKEN gives it";
      return [`Setup token  ${shown}  (once: POST ${nbi.address.url}/api/v1/setup makes the first API token)`];
    },
  };
}
