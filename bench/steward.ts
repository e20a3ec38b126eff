import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Started, startProcess } from "./processes.ts";

const SETUP_TOKEN = "bench-setup-token-0123456789abcdef";

/** As `npm start` and the container image run it. */
const nodeOptions = ["--max-semi-space-size=32"];

export interface StewardOptions {
  engine: "embedded" | "mongodb";
  /** Used with a database of its own. */
  mongodbUrl?: string;
  redisUrl?: string;
  environment?: Record<string, string>;
  /** The program; by default the compiled all-in-one. */
  program?: readonly string[];
}

/** A whole Steward in one process with data of its own, which can be killed and started again on the same ports. */
export class StewardProcess {
  readonly engine: string;
  readonly #options: StewardOptions;
  readonly #directory = mkdtempSync(join(tmpdir(), "steward-"));
  readonly #database = `bench_${process.pid}_${Date.now()}`;
  #started: Started | undefined;
  #acs: URL | undefined;
  #api: URL | undefined;
  #token: string | undefined;

  constructor(options: StewardOptions) {
    this.#options = options;
    this.engine = options.engine;
  }

  get pid(): number {
    return this.#running.pid;
  }

  get acs(): { host: string; port: number; url: string } {
    const url = this.#acs!;
    return { host: url.hostname, port: Number(url.port), url: url.href };
  }

  get apiUrl(): string {
    return this.#api!.href;
  }

  /** For callers that need more of an answer than `api` gives. */
  get authorization(): Record<string, string> {
    return this.#token === undefined ? {} : { Authorization: `Bearer ${this.#token}` };
  }

  get alive(): boolean {
    const child = this.#started?.process;
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  }

  output(): string {
    return this.#started?.output() ?? "";
  }

  /** Resolves when it listens and, at the first start, an API token is there. */
  async start(): Promise<void> {
    const started = await startProcess(
      this.#options.program ?? [...nodeOptions, "dist/bin/all-in-one.js"],
      this.#environment(),
      /API .*http:\/\/\S+/,
    );
    this.#started = started;
    this.#acs = urlIn(started, "ACS");
    this.#api = urlIn(started, "API");
    this.#token ??= (await this.#setUp()).secret;
  }

  kill(): Promise<void> {
    return this.#running.stop("SIGKILL");
  }

  /** Ends it and removes its data. */
  async stop(): Promise<void> {
    await this.#started?.stop();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  /** Stores a file; resolves to its id. */
  async upload(name: string, fileType: string, content: Buffer): Promise<string> {
    const query = new URLSearchParams({ name, fileType });
    const response = await fetch(new URL(`/api/v1/files?${query.toString()}`, this.#api), {
      method: "POST",
      headers: { ...this.authorization, "Content-Type": "application/octet-stream" },
      body: new Uint8Array(content),
    });
    const { id } = (await response.json()) as { id?: string };
    if (id === undefined) throw new Error(`storing ${name}: ${response.status}`);
    return id;
  }

  /** The content of a stored file. */
  async download(id: string): Promise<Buffer> {
    const url = new URL(`/api/v1/files/${id}/content`, this.#api);
    const response = await fetch(url, { headers: this.authorization });
    if (!response.ok) throw new Error(`the content of file ${id}: ${response.status}`);
    return Buffer.from(await response.arrayBuffer());
  }

  /** Calls the API; rejects with the problem's text when it is refused. */
  async api(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<unknown> {
    const response = await fetch(new URL(path, this.#api), {
      method,
      headers: {
        ...this.authorization,
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  }

  /** The items of all pages of a list. */
  async all<T>(path: string): Promise<T[]> {
    const items: T[] = [];
    let next: string | undefined;
    do {
      const cursor = next === undefined ? "" : `${path.includes("?") ? "&" : "?"}cursor=${encodeURIComponent(next)}`;
      const page = (await this.api("GET", `${path}${cursor}`)) as { items: T[]; next?: string };
      items.push(...page.items);
      next = page.next;
    } while (next !== undefined);
    return items;
  }

  get #running(): Started {
    if (this.#started === undefined) throw new Error("Steward is not started");
    return this.#started;
  }

  #setUp(): Promise<{ secret: string }> {
    return this.api("POST", "/api/v1/setup", { setupToken: SETUP_TOKEN, name: "bench" }) as Promise<{ secret: string }>;
  }

  #environment(): NodeJS.ProcessEnv {
    const { engine, mongodbUrl, redisUrl, environment } = this.#options;
    return {
      PATH: process.env["PATH"],
      STEWARD_DATA_DIR: this.#directory,
      STEWARD_ACS_LISTEN: this.#acs?.host ?? "127.0.0.1:0",
      STEWARD_API_LISTEN: this.#api?.host ?? "127.0.0.1:0",
      STEWARD_ACS_AUTHENTICATION: "none",
      STEWARD_SETUP_TOKEN: SETUP_TOKEN,
      STEWARD_LOG_LEVEL: "warn",
      STEWARD_API_REQUESTS_PER_SECOND: "100000",
      STEWARD_API_REQUEST_BURST: "100000",
      ...(engine === "mongodb" ? { STEWARD_MONGODB_URL: mongodbUrl, STEWARD_MONGODB_DATABASE: this.#database } : {}),
      ...(redisUrl === undefined ? {} : { STEWARD_REDIS_URL: redisUrl, STEWARD_QUEUE_PREFIX: this.#database }),
      ...environment,
    };
  }
}

function urlIn(started: Started, name: string): URL {
  const found = new RegExp(`${name} .*?(http://[^\\s"]+)`).exec(started.output())?.[1];
  if (found === undefined) throw new Error(`no ${name} address in:\n${started.output()}`);
  return new URL(found);
}
