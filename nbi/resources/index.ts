import type { Route } from "../http/route.ts";
import { auditRoutes } from "./audit/routes.ts";
import { credentialRoutes } from "./credentials/routes.ts";
import { deviceModelRoutes } from "./data-models/device-routes.ts";
import { modelRoutes } from "./data-models/routes.ts";
import { deviceRoutes } from "./devices/routes.ts";
import { eventRoutes } from "./events/routes.ts";
import { fileRoutes } from "./files/routes.ts";
import { operationRoutes } from "./operations/routes.ts";
import { parameterRoutes } from "./parameters/routes.ts";
import { setupRoutes } from "./setup/routes.ts";
import { systemRoutes } from "./system/routes.ts";
import { tokenRoutes } from "./tokens/routes.ts";
import { traceRoutes } from "./trace/routes.ts";

/** Every resource of the API: one folder, one line. Order: a fixed path stands before one with a parameter in its place. */
export const resources = {
  setup: setupRoutes,
  tokens: tokenRoutes,
  devices: deviceRoutes,
  parameters: parameterRoutes,
  operations: operationRoutes,
  events: eventRoutes,
  files: fileRoutes,
  credentials: credentialRoutes,
  traces: traceRoutes,
  dataModels: [...modelRoutes, ...deviceModelRoutes],
  audit: auditRoutes,
  system: systemRoutes,
} as const satisfies Record<string, readonly Route[]>;

export const routes: readonly Route[] = Object.values(resources).flat();
