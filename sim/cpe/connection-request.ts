import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { basic, type UserPassword, verifies } from "./digest.ts";

/** What a CPE's listener does its own way. */
export interface ListenerHabits {
  readonly challenge: "digest" | "withoutQop" | "sha256" | "md5Sess" | "basic" | "folded" | "none";
  /** Of an accepted request. */
  readonly success: 200 | 202 | 204;
  /** Closes the connection on every other request that carries credentials. */
  readonly dropsAuthenticated: boolean;
}

export const ordinaryListener: ListenerHabits = { challenge: "digest", success: 200, dropsAuthenticated: false };

/** One CPE behind a listener. */
export interface DoorOptions {
  readonly habits: ListenerHabits;
  readonly credentials: () => UserPassword;
  /** True when the CPE will make contact, false when it is busy. */
  readonly accept: () => boolean;
}

/** Where one CPE can be reached. */
export interface Door {
  /** For `ManagementServer.ConnectionRequestURL`; resolves when it can be reached. */
  url(): Promise<string>;
  close(): void;
}

const REALM = "cpe";
const MAX_NONCES = 10_000;

/**
 * The CPE's side of connection requests (TR-069 §3.2.2): HTTP GET with Digest, on a path nobody can guess. One listener
 * serves any number of CPEs; it listens while it has a door.
 */
export class ConnectionRequestListener {
  readonly #host: string;
  readonly #doors = new Map<string, DoorOptions>();
  readonly #nonces = new Set<string>();
  readonly #dropped = new WeakSet<DoorOptions>();
  #listening: Promise<Server> | undefined;

  constructor(host: string) {
    this.#host = host;
  }

  newDoor(options: DoorOptions): Door {
    const path = `/${randomBytes(8).toString("hex")}`;
    this.#doors.set(path, options);
    this.#listening ??= this.#listen();
    const listening = this.#listening;
    return {
      url: async () => {
        const { port } = (await listening).address() as AddressInfo;
        return `http://${this.#host.includes(":") ? `[${this.#host}]` : this.#host}:${port}${path}`;
      },
      close: () => {
        this.#doors.delete(path);
        if (this.#doors.size === 0) this.#close();
      },
    };
  }

  #close(): void {
    const listening = this.#listening;
    this.#listening = undefined;
    const end = (server: Server): void => {
      server.closeAllConnections();
      server.close();
    };
    // Where it could not listen there is nothing to close; whoever waits for the URL hears why.
    listening?.then(end, () => undefined);
  }

  async #listen(): Promise<Server> {
    const server = createServer((request, response) => this.#answer(request, response));
    server.listen(0, this.#host);
    await once(server, "listening");
    return server;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const end = (status: number, headers: Record<string, string> = {}): void => {
      response.writeHead(status, { ...(status === 204 ? {} : { "Content-Length": "0" }), ...headers }).end();
    };
    const door = this.#doors.get(request.url ?? "");
    if (request.method !== "GET") return end(405);
    if (door === undefined) return end(404);
    const authorization = request.headers.authorization;
    if (authorization !== undefined && this.#drops(door)) return void request.socket.destroy();
    if (this.#admits(door, authorization)) return end(door.accept() ? door.habits.success : 503);
    if (door.habits.challenge === "folded") return this.#foldedChallenge(request);
    end(401, { "WWW-Authenticate": this.#challenge(door.habits) });
  }

  #drops(door: DoorOptions): boolean {
    if (!door.habits.dropsAuthenticated) return false;
    if (this.#dropped.delete(door)) return false;
    this.#dropped.add(door);
    return true;
  }

  #admits({ habits, credentials }: DoorOptions, authorization = ""): boolean {
    const expected = credentials();
    if (habits.challenge === "none" || (expected.username === "" && expected.password === "")) return true;
    if (habits.challenge === "basic") return authorization === basic(expected);
    const nonce = /nonce="([^"]*)"/.exec(authorization)?.[1] ?? "";
    const algorithm = algorithms[habits.challenge] ?? "MD5";
    return (
      this.#nonces.delete(nonce) && verifies(authorization, "GET", { ...expected, realm: REALM, nonce, algorithm })
    );
  }

  #challenge({ challenge }: ListenerHabits): string {
    if (challenge === "basic") return `Basic realm="${REALM}"`;
    const algorithm = algorithms[challenge];
    return [
      `Digest realm="${REALM}", nonce="${this.#newNonce()}"`,
      ...(challenge === "withoutQop" ? [] : ['qop="auth"']),
      ...(algorithm === undefined ? [] : [`algorithm=${algorithm}`]),
    ].join(", ");
  }

  /** Written past node:http, which folds no lines: bare LF and a header in two lines (specs/cwmp.md §10). */
  #foldedChallenge({ socket }: IncomingMessage): void {
    socket.end(
      `HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Digest realm="${REALM}",\n nonce="${this.#newNonce()}",\n qop="auth"\nContent-Length: 0\n\n`,
    );
  }

  #newNonce(): string {
    const nonce = randomBytes(12).toString("hex");
    if (this.#nonces.size >= MAX_NONCES) this.#nonces.delete(this.#nonces.values().next().value!);
    this.#nonces.add(nonce);
    return nonce;
  }
}

const algorithms: Partial<Record<ListenerHabits["challenge"], string>> = { sha256: "SHA-256", md5Sess: "MD5-sess" };
