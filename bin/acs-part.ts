import { readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import {
  createConversations,
  createFileUrls,
  createListener,
  createQuirkTable,
  parseQuirkRules,
} from "../acs/index.ts";
import { minutes, seconds } from "../kernel/time.ts";
import { defaultXmlLimits } from "../kernel/xml/limits.ts";
import type { Config } from "../platform/config/table.ts";
import type { TlsFiles } from "../platform/http/tls.ts";
import type { Foundation } from "./foundation.ts";
import type { Part } from "./part.ts";

const LEASE_SLACK = seconds(30);
const CHALLENGES_PER_CONNECTION = 50;
const MAX_TRANSFERS = 500;

/** The ACS: where CPEs make contact, and fetch and bring files. */
export function acsPart(foundation: Foundation): Part {
  const { config, log, files, secrets, clock, fleet, metrics } = foundation;
  const fileUrls = createFileUrls({
    files,
    secrets,
    clock,
    publicUrl: () => config["acs.publicUrl"] ?? reachable(listener.addresses[0]!.url),
    lifetime: config["files.urlLifetime"],
  });
  const conversations = createConversations({
    fleet,
    clock,
    log,
    metrics,
    trace: foundation.trace,
    onCalled: (deviceId) => foundation.wake.contacted(deviceId),
    quirks: createQuirkTable(readQuirks(config["acs.quirks"]), { inactivity: config["acs.sessionTimeout"] }),
    fileUrls,
    limits: {
      leaseSlack: LEASE_SLACK,
      total: config["acs.sessionCap"],
      rpcs: config["acs.sessionRpcCap"],
      retryAfter: config["acs.retryAfter"],
    },
    xmlLimits: { ...defaultXmlLimits, depth: config["acs.maxNesting"] },
  });
  const tls = tlsOf(config);
  const listener = createListener({
    listen: config["acs.listen"],
    tls,
    conversations,
    fleet,
    files,
    authentication: {
      mode: config["acs.authentication"],
      realm: config["acs.realm"],
      nonceLifetime: config["acs.nonceLifetime"],
      allowBasicOverHttp: config["acs.basicOverHttp"],
      offerSha256: config["acs.digestSha256"],
      failures: { perSource: config["acs.authenticationFailures"] },
    },
    limits: limitsOf(config),
    secrets,
    metrics,
    clock,
    log,
  });
  if (config["acs.authentication"] === "none")
    log.warn("STEWARD_ACS_AUTHENTICATION=none: every device is let in unproved; for a closed lab only");
  return {
    services: [listener],
    ...(tls && { reloadTls: () => listener.reloadTls() }),
    endpoints: () => listener.addresses.map(({ url }) => ["ACS", `${url}/`] as const),
  };
}

function limitsOf(config: Config): Parameters<typeof createListener>[0]["limits"] {
  return {
    http: {
      headerSize: config["acs.maxHeader"],
      headerTimeout: config["acs.headerTimeout"],
      keepAlive: config["acs.keepAlive"],
      maxConnections: config["acs.maxConnections"],
    },
    messages: {
      maxBody: config["acs.maxBody"],
      maxInflatedBody: config["acs.maxInflatedBody"],
      bodyTimeout: config["acs.bodyTimeout"],
      retryAfter: config["acs.retryAfter"],
      challengesPerConnection: CHALLENGES_PER_CONNECTION,
    },
    admission: {
      maxInFlight: config["acs.maxInFlight"],
      maxSessions: config["acs.maxSessions"],
      maxSessionsPerSource: config["acs.maxSessionsPerSource"],
      sessionLifetime: config["acs.sessionTimeout"] + LEASE_SLACK,
    },
    files: {
      maxUpload: config["files.maxDeviceUpload"],
      idle: minutes(1),
      maxTransfers: MAX_TRANSFERS,
      retryAfter: config["acs.retryAfter"],
    },
  };
}

function tlsOf(config: Config): { listen: NonNullable<Config["acs.tls.listen"]>; files: TlsFiles } | undefined {
  const listen = config["acs.tls.listen"];
  const certificate = config["acs.tls.certificate"];
  const key = config["acs.tls.key"];
  if (listen === undefined || certificate === undefined || key === undefined) return undefined;
  const files = {
    certificate,
    key,
    clientCa: config["acs.tls.clientCa"],
    clientCertificate: config["acs.tls.clientCertificate"],
    minVersion: config["acs.tls.minVersion"],
  };
  return { listen, files };
}

const readQuirks = (file: string | undefined): ReturnType<typeof parseQuirkRules> =>
  file === undefined ? [] : parseQuirkRules(readFileSync(file, "utf8"));

/** A listener on every address is reached by the first that is not this machine's loopback. */
function reachable(url: string): string {
  const parsed = new URL(url);
  if (parsed.hostname !== "0.0.0.0" && parsed.hostname !== "[::]") return url;
  const outside = Object.values(networkInterfaces())
    .flat()
    .find((address) => address !== undefined && address.family === "IPv4" && !address.internal);
  parsed.hostname = outside?.address ?? "127.0.0.1";
  return parsed.origin;
}
