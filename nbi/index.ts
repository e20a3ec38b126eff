import express, { type Express, Router } from "express";
import { kib, mib } from "../kernel/bytes.ts";
import { StewardError } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import { type Instant, seconds } from "../kernel/time.ts";
import type { ListenAddress } from "../platform/config/types.ts";
import type { HttpLimits } from "../platform/http/limits.ts";
import { type BoundAddress, createHttpServer, type HttpServer } from "../platform/http/server.ts";
import type { TlsFiles } from "../platform/http/tls.ts";
import type { Service } from "../platform/lifecycle.ts";
import { Dispatcher } from "./http/dispatch.ts";
import { answerProblem, frame } from "./http/frame.ts";
import { Gate } from "./http/gate.ts";
import { withOpenApi } from "./http/openapi.ts";
import { probes } from "./http/probes.ts";
import { problemBody } from "./http/problem.ts";
import type { Route } from "./http/route.ts";
import { Validator } from "./http/validator.ts";
import { Waiting } from "./http/waiting.ts";
import type { NbiLimits, NbiServices } from "./ports.ts";
import { routes } from "./resources/index.ts";

export type {
  InspectedQueue,
  ModelFactsPort,
  NbiLimits,
  NbiServices,
  ParameterFacts,
  TraceMessage,
  TracePort,
} from "./ports.ts";

export const standardNbiLimits: NbiLimits = {
  maxBody: mib(4),
  maxDepth: 32,
  bodyTimeout: seconds(30),
  maxWait: seconds(60),
  maxWaiting: 500,
  requestsPerSecond: 200,
  requestBurst: 400,
  refusalsPerMinute: 60,
};

/** The longest filter, percent-encoded, and the rest of a request's header. */
const HEADER_SIZE = kib(32);

export interface NbiOptions extends Omit<NbiServices, "limits"> {
  limits?: Partial<NbiLimits>;
  listen: ListenAddress;
  tls?: TlsFiles;
  http?: Partial<HttpLimits>;
}

/** The northbound API: an express app, and the listener that serves it. */
export interface Nbi extends Service {
  readonly app: Express;
  /** Where it listens; throws before `start`. */
  readonly address: BoundAddress;
  /** Reads the TLS files again; new connections use them. */
  reloadTls(): Promise<void>;
}

export function createNbi({ limits, listen, tls, http, ...services }: NbiOptions): Nbi {
  const complete: NbiServices = {
    ...services,
    log: services.log.child("nbi"),
    limits: { ...standardNbiLimits, ...limits },
  };
  const waiting = new Waiting(complete.limits.maxWaiting);
  const app = createApp(complete, waiting);
  const server: HttpServer = createHttpServer({
    name: "nbi.http",
    listen,
    tls,
    // Uploads take as long as they take: JSON bodies have a timeout of their own.
    limits: { requestTimeout: 0, maxConnections: 2000, headerSize: HEADER_SIZE, ...http },
    refusalBody: (status) => problemBody(status, newId(services.clock.now())),
    handler: app,
    log: services.log,
    clock: services.clock,
  });
  return {
    name: "nbi",
    app,
    get address() {
      return server.address;
    },
    start: () => server.start(),
    drain(deadline: Instant) {
      waiting.drain();
      return server.drain(deadline);
    },
    stop: () => server.stop(),
    reloadTls: () => server.reloadTls(),
  };
}

function createApp(services: NbiServices, waiting: Waiting): Express {
  const table = withOpenApi(routes, services.version);
  const gate = new Gate(services);
  const dispatcher = new Dispatcher(services, { gate, validator: new Validator(), waiting });
  const app = express();
  app.disable("x-powered-by").disable("etag").set("query parser", false);
  app.use(
    frame(
      services,
      table.map(({ id }) => id),
    ),
  );
  app.use(probes(services, gate));
  app.use("/api/v1", api(table, dispatcher));
  app.use(() => {
    throw new StewardError("resource.notFound", "there is no such route; the API is /api/v1");
  });
  app.use(answerProblem(services));
  return app;
}

function api(table: readonly Route[], dispatcher: Dispatcher): Router {
  const router = Router({ caseSensitive: true });
  for (const path of new Set(table.map((route) => route.path))) {
    const ofPath = table.filter((route) => route.path === path);
    router.all(path.replace(/\{(\w+)\}/g, ":$1"), dispatcher.handlerOf(ofPath));
  }
  router.use(dispatcher.unknown);
  return router;
}
