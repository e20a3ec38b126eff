import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { Bag } from "../../kernel/churn.ts";
import { StewardError } from "../../kernel/errors.ts";
import { type Clock, type Instant, systemClock } from "../../kernel/time.ts";
import type { ListenAddress } from "../config/types.ts";
import type { Service } from "../lifecycle.ts";
import type { Logger } from "../log/logger.ts";
import { answerClientError, type RefusalBody } from "./client-error.ts";
import { Connections } from "./connections.ts";
import { awaitContinue } from "./expectation.ts";
import { defaultLimits, type HttpLimits } from "./limits.ts";
import { readTls, type TlsFiles } from "./tls.ts";

export type HttpHandler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

export interface HttpServerOptions {
  /** For logs: `acs.http`. */
  name: string;
  listen: ListenAddress;
  tls?: TlsFiles | undefined;
  limits?: Partial<HttpLimits>;
  /** What it throws is logged and answered 500 without a word; express apps fit. */
  handler: HttpHandler;
  /** Answers also a peer that ends its sending side after a request; then nobody notices one that leaves while it waits. */
  halfOpen?: boolean;
  /** What goes with the refusal of what is not HTTP; by default nothing. */
  refusalBody?: RefusalBody;
  log: Logger;
  clock?: Clock;
}

export interface BoundAddress extends ListenAddress {
  /** `http://127.0.0.1:40123`, brackets around IPv6. */
  readonly url: string;
}

export interface HttpServer extends Service {
  /** Where it listens, port 0 resolved; throws before `start`. */
  readonly address: BoundAddress;
  readonly openConnections: () => Promise<number>;
  /** Reads the TLS files again; new connections use them. */
  reloadTls(): Promise<void>;
}

/** A listener on raw node:http or node:https. Nothing happens before `start`. */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  return new Listener(options);
}

class Listener implements HttpServer {
  readonly name: string;
  readonly #options: HttpServerOptions;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #running = new Bag<ServerResponse>(Symbol("running"));
  readonly #connections = new Connections();
  #server: Server | undefined;
  #draining = false;

  constructor(options: HttpServerOptions) {
    this.name = options.name;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#log = options.log.child(options.name);
  }

  async start(): Promise<void> {
    this.#draining = false;
    const { listen, tls, halfOpen = false } = this.#options;
    const limits = { ...defaultLimits, ...this.#options.limits };
    const server = await createServerFor(limits, tls);
    server.maxHeadersCount = limits.maxHeaders;
    server.maxConnections = limits.maxConnections;
    // Node's own, and not in its types: without it the connection ends with the peer's side, before the answer.
    Object.assign(server, { httpAllowHalfOpen: halfOpen });
    this.#connections.watch(server, tls !== undefined);
    const onRequest: RequestListener = (request, response) => void this.#serve(request, response);
    server.on("request", onRequest);
    server.on("checkContinue", (request: IncomingMessage, response: ServerResponse) => {
      if (this.#draining) closeAfter(response);
      awaitContinue(request, response);
      void this.#serve(request, response);
    });
    server.on("clientError", (error, socket) =>
      answerClientError(error, socket, { log: this.#log, refusalBody: this.#options.refusalBody }),
    );
    server.on("tlsClientError", (error, socket) => {
      this.#log.debug({ error, peer: socket.remoteAddress }, "TLS handshake failed");
    });
    server.on("drop", (dropped) =>
      this.#log.warn({ peer: dropped?.remoteAddress }, "connection refused, too many are open"),
    );
    await listening(server, listen);
    server.on("error", (error) => this.#log.error({ error }, "listener failed"));
    this.#server = server;
    this.#log.info({ url: this.address.url }, "listening");
  }

  get address(): BoundAddress {
    const bound = this.#server?.address() as AddressInfo | null | undefined;
    if (!bound) throw new StewardError("internal", `${this.name} does not listen`);
    const host = bound.family === "IPv6" ? `[${bound.address}]` : bound.address;
    return {
      host: bound.address,
      port: bound.port,
      url: `${this.#options.tls ? "https" : "http"}://${host}:${bound.port}`,
    };
  }

  readonly openConnections = (): Promise<number> =>
    new Promise((resolve, reject) => {
      if (!this.#server) return resolve(0);
      this.#server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
    });

  async reloadTls(): Promise<void> {
    const { tls } = this.#options;
    const server = this.#server;
    if (tls && server && "setSecureContext" in server) {
      (server as ReturnType<typeof createTlsServer>).setSecureContext(await readTls(tls));
      this.#log.info("TLS files read again");
    }
  }

  /** Stops listening, lets running exchanges finish (each says `Connection: close`), then ends what is left. */
  async drain(deadline: Instant): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#draining = true;
    for (const response of this.#running) closeAfter(response);
    const closed = new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
    this.#connections.endIdle(server);
    const timer = this.#clock.after(Math.max(0, deadline - this.#clock.now()), () => this.#connections.endAll());
    await closed;
    timer.cancel();
    this.#server = undefined;
  }

  stop(): Promise<void> {
    const stopped = this.drain(this.#clock.now());
    this.#connections.endAll();
    return stopped;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#running.add(response);
    response.on("close", () => this.#running.delete(response));
    if (this.#draining) closeAfter(response);
    try {
      await this.#options.handler(request, response);
    } catch (error) {
      this.#log.error({ error, method: request.method, target: request.url }, "request failed");
      failQuietly(response);
    }
  }
}

function closeAfter(response: ServerResponse): void {
  response.shouldKeepAlive = false;
}

function failQuietly(response: ServerResponse): void {
  if (response.headersSent) response.destroy();
  else response.writeHead(500, { "content-length": 0 }).end();
}

async function createServerFor(limits: HttpLimits, tls: TlsFiles | undefined): Promise<Server> {
  const http = {
    maxHeaderSize: limits.headerSize,
    headersTimeout: limits.headerTimeout,
    requestTimeout: limits.requestTimeout,
    keepAliveTimeout: limits.keepAlive,
    connectionsCheckingInterval: Math.max(100, Math.min(5_000, Math.floor(limits.headerTimeout / 4))),
    // CPEs exist that leave the Host header out.
    requireHostHeader: false,
  };
  return tls ? createTlsServer({ ...http, ...(await readTls(tls)) }) : createServer(http);
}

function listening(server: Server, { host, port }: ListenAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => {
      const reason = {
        EADDRINUSE: "the port is taken",
        EACCES: "the port needs more rights",
        EADDRNOTAVAIL: "this host has no such address",
      };
      const text = reason[error.code as keyof typeof reason] ?? error.message;
      reject(new StewardError("configuration.invalid", `Cannot listen at ${host}:${port}: ${text}`, { cause: error }));
    };
    server.once("error", failed);
    server.listen({ host, port, backlog: 4096 }, () => {
      server.off("error", failed);
      resolve();
    });
  });
}
