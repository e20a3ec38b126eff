import { gib, kib, mib } from "../../../kernel/bytes.ts";
import { minutes, seconds } from "../../../kernel/time.ts";
import type { ProcessName, SettingTable } from "../setting.ts";
import { duration, integer, listen, oneOf, path, secretOf, size, url } from "../types.ts";

const api = ["nbi", "all"] as const satisfies readonly ProcessName[];
const files = ["acs", "nbi", "all"] as const satisfies readonly ProcessName[];

/** The northbound API and the console. */
export const apiSettings = {
  "api.listen": {
    name: "STEWARD_API_LISTEN",
    type: listen,
    default: "127.0.0.1:7557",
    doc: "Where the API and the console listen.",
    processes: api,
  },
  "api.tls.certificate": {
    name: "STEWARD_API_TLS_CERTIFICATE",
    type: path,
    doc: "PEM file with the API's certificate and its chain. Absent: HTTP without TLS.",
    processes: api,
  },
  "api.tls.key": {
    name: "STEWARD_API_TLS_KEY",
    type: path,
    doc: "PEM file with the certificate's private key.",
    processes: api,
  },
  "api.tls.minVersion": {
    name: "STEWARD_API_TLS_MIN_VERSION",
    type: oneOf("TLSv1.2", "TLSv1.3"),
    default: "TLSv1.2",
    doc: "The oldest TLS version that is spoken.",
    processes: api,
  },
  "api.publicUrl": {
    name: "STEWARD_API_PUBLIC_URL",
    type: url("http", "https"),
    doc: "The API's URL as its users see it. Absent: made from the listener's address.",
    processes: api,
  },
  "api.setupToken": {
    name: "STEWARD_SETUP_TOKEN",
    type: secretOf(16),
    doc: "The one-time token that makes the first administrator. Absent: generated and printed at the first start.",
    secret: true,
    processes: api,
  },
  "api.maxBody": {
    name: "STEWARD_API_MAX_BODY",
    type: size(kib(16), mib(64)),
    default: "4MiB",
    doc: "The largest JSON body.",
    processes: api,
  },
  "api.maxWait": {
    name: "STEWARD_API_MAX_WAIT",
    type: duration(seconds(1), minutes(10)),
    default: "60s",
    doc: "The longest that a request with ?wait= stays open.",
    processes: api,
  },
  "api.requestsPerSecond": {
    name: "STEWARD_API_REQUESTS_PER_SECOND",
    type: integer(1, 1_000_000),
    default: "200",
    doc: "What one API token may ask for in the long run; beyond it 429.",
    processes: api,
  },
  "api.requestBurst": {
    name: "STEWARD_API_REQUEST_BURST",
    type: integer(1, 1_000_000),
    default: "400",
    doc: "What one API token may ask for at once.",
    processes: api,
  },
  "api.maxConnections": {
    name: "STEWARD_API_MAX_CONNECTIONS",
    type: integer(1, 100_000),
    default: "2000",
    doc: "Open connections of the listener.",
    processes: api,
  },
  "files.maxSize": {
    name: "STEWARD_FILES_MAX_SIZE",
    type: size(kib(1), gib(64)),
    default: "2GiB",
    doc: "The largest file that the API stores.",
    processes: files,
  },
  "files.maxDeviceUpload": {
    name: "STEWARD_FILES_MAX_DEVICE_UPLOAD",
    type: size(kib(1), gib(64)),
    default: "64MiB",
    doc: "The largest file that a device may upload.",
    processes: files,
  },
  "files.urlLifetime": {
    name: "STEWARD_FILES_URL_LIFETIME",
    type: duration(minutes(1), minutes(60 * 24 * 30)),
    default: "24h",
    doc: "How long a signed file URL is good.",
    processes: files,
  },
} as const satisfies SettingTable;
