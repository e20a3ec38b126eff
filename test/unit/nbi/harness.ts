import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ValidationPort } from "../../../fleet/door.ts";
import { createFiles } from "../../../fleet/files/index.ts";
import { createFleet, type FleetCore, prepare } from "../../../fleet/index.ts";
import { mib } from "../../../kernel/bytes.ts";
import { days, hours, seconds } from "../../../kernel/time.ts";
import { Validator } from "../../../nbi/http/validator.ts";
import { createNbi, type NbiOptions } from "../../../nbi/index.ts";
import { routes } from "../../../nbi/resources/index.ts";
import { Health } from "../../../platform/health.ts";
import { silentLogger } from "../../../platform/log/logger.ts";
import { createMetrics } from "../../../platform/metrics/metrics.ts";
import { createSecrets } from "../../../platform/secrets/secrets.ts";
import { openEmbedded } from "../../../platform/store/embedded/store.ts";
import { settle, VirtualClock } from "../../support/virtual-clock.ts";
import { BreakableStore } from "./breakable-store.ts";

export interface Answer {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
  text: string;
}

export interface CallOptions {
  token?: string | undefined;
  body?: unknown;
  headers?: Record<string, string>;
}

const validator = new Validator();

/** The body of a successful answer is what the route table promises. */
function requirePromised(method: string, path: string, status: number, body: unknown): void {
  const pathname = path.replace(/\?.*/, "").replace(/^\/api\/v1/, "");
  const route = routes.find(
    (candidate) =>
      candidate.method === method &&
      new RegExp(`^${candidate.path.replace(/[.]/g, "\\.").replace(/\{\w+\}/g, "[^/]+")}$`).test(pathname),
  );
  if (route === undefined || status >= 400) return;
  const promised = route.answers[status];
  if (promised === undefined) throw new Error(`${method} ${path} answers ${status}, which its route does not promise`);
  const mistakes = promised.schema === undefined ? [] : validator.mistakes("body", promised.schema, body);
  if (mistakes.length > 0) throw new Error(`${method} ${path}: ${JSON.stringify(mistakes)}`);
}

export const idOf = ({ body }: Answer): string => String(body["id"]);
export const nextOf = ({ body }: Answer): string | undefined => body["next"] as string | undefined;
export const itemsOf = ({ body }: Answer): Record<string, unknown>[] => body["items"] as Record<string, unknown>[];

const PATIENCE = 30_000;

/** What `look` gives once it is something; gives up after half a minute, which only a loaded machine comes near. */
export async function eventually<T>(look: () => T | undefined | false | Promise<T | undefined | false>): Promise<T> {
  for (const end = Date.now() + PATIENCE; Date.now() < end; ) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    await settle();
  }
  throw new Error("it did not happen");
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** The real API over the real fleet and the embedded store, on real HTTP, with a clock of the test's own. */
export class Api {
  readonly clock = new VirtualClock();
  store!: BreakableStore;
  readonly wakes: string[] = [];
  readonly traces = new Map<string, string[]>();
  fleet!: FleetCore;
  #nbi!: ReturnType<typeof createNbi>;
  #directory!: string;
  admin = "";

  static async start(overrides: Partial<NbiOptions> = {}, validation?: ValidationPort): Promise<Api> {
    const api = new Api();
    await api.#start(overrides, validation);
    return api;
  }

  get url(): string {
    return this.#nbi.address.url;
  }

  get nbi(): ReturnType<typeof createNbi> {
    return this.#nbi;
  }

  async #start(overrides: Partial<NbiOptions>, validation: ValidationPort | undefined): Promise<void> {
    const { clock } = this;
    this.#directory = await mkdtemp(join(tmpdir(), "steward-nbi-"));
    const store = new BreakableStore(openEmbedded(join(this.#directory, "store"), { commitDelay: 0 }));
    this.store = store;
    await store.start();
    await prepare(store);
    this.fleet = createFleet({
      store,
      clock,
      secrets: createSecrets("a secret key for tests only"),
      wake: {
        requestContact: async (deviceId) => void this.wakes.push(deviceId),
        state: () => Promise.resolve(undefined),
      },
      policy: {
        unknownDevices: "accept",
        contactEvents: "notable",
        retention: { events: days(30), operations: days(30), audit: days(30) },
        operationLifetime: days(7),
      },
      log: silentLogger,
      ...(validation && { validation }),
    });
    const health = new Health(clock, seconds(2));
    health.add("store", () => store.ping());
    health.enter("running");
    this.#nbi = createNbi({
      fleet: this.fleet,
      access: this.fleet.access,
      files: createFiles({
        store,
        clock,
        directory: join(this.#directory, "files"),
        maxFileSize: mib(1),
        events: this.fleet.events,
        inUse: (fileIds) => this.fleet.filesInUse(fileIds),
      }),
      trace: this.#trace(),
      health,
      metrics: createMetrics({ processMetrics: false }),
      queues: [],
      clock,
      log: silentLogger,
      version: "0.0.0-test",
      listen: { host: "127.0.0.1", port: 0 },
      ...overrides,
    });
    await this.#nbi.start();
    this.admin = await this.token(["*"]);
  }

  async stop(): Promise<void> {
    await this.#nbi.stop();
    await this.fleet.idle();
    await this.store.stop();
    await rm(this.#directory, { recursive: true, force: true });
  }

  async token(permissions: readonly string[], name = "tester"): Promise<string> {
    return (await this.fleet.access.tokens.create({ name, permissions }, "test")).secret;
  }

  /** A request below `/api/v1`; the answer is checked against the route's promise. */
  async call(
    method: string,
    path: string,
    { token = this.admin, body, headers = {} }: CallOptions = {},
  ): Promise<Answer> {
    const isRaw = typeof body === "string" || body instanceof Uint8Array || body instanceof FormData;
    const response = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: {
        ...(token !== "" && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && !(body instanceof FormData) && { "content-type": "application/json" }),
        ...headers,
      },
      ...(body !== undefined && { body: isRaw ? (body as string) : JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = parsed(text) as Record<string, unknown>;
    requirePromised(method, `/api/v1${path}`, response.status, json);
    return { status: response.status, headers: response.headers, body: json, text };
  }

  /** A device that has made contact, with some parameters. */
  async device(serialNumber = "SN-1"): Promise<string> {
    const outcome = await this.fleet.contacts.open({
      endpointKey: `cwmp:00D09E-GW-${serialNumber}`,
      protocol: "cwmp",
      identity: { oui: "00D09E", productClass: "GW", serialNumber, manufacturer: "Acme" },
      at: this.clock.now(),
      remoteAddress: "192.0.2.7",
      reasons: ["1 BOOT"],
      values: {
        at: this.clock.now(),
        source: "inform",
        observations: [
          { path: "Device.DeviceInfo.SoftwareVersion", type: "string", value: "1.2.3" },
          { path: "Device.DeviceInfo.UpTime", type: "unsignedInt", value: "42" },
          { path: "Device.WiFi.Radio.1.Enable", type: "boolean", value: "0", writable: true },
        ],
      },
      events: [{ type: "device.booted" }],
      facts: { softwareVersion: "1.2.3", informInterval: hours(1) },
      lease: { sessionId: "s1", until: this.clock.now() + seconds(30) },
    });
    if (!outcome.admitted) throw new Error("the device was refused");
    await this.fleet.contacts.close(outcome.device._id, "s1", { at: this.clock.now() });
    return outcome.device._id;
  }

  #trace(): NbiOptions["trace"] {
    return {
      read: async (deviceId, { after, limit }) => {
        const all = (this.traces.get(deviceId) ?? []).map((text, at) => ({
          id: `m${at}`,
          at: this.clock.now(),
          sessionId: "s1",
          direction: "fromDevice" as const,
          text,
        }));
        const start = after === undefined ? 0 : all.findIndex(({ id }) => id === after) + 1;
        const items = all.slice(start, start + limit);
        return start + limit < all.length ? { items, next: items.at(-1)!.id } : { items };
      },
      clear: async (deviceId) => void this.traces.delete(deviceId),
    };
  }
}
