import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

export interface RawResponse {
  status: number;
  /** Names in lower case; repeated ones joined by a line feed. */
  headers: Record<string, string>;
  body: Buffer;
}

/** A TCP client that sends exactly what a test gives it and takes answers apart by their Content-Length. */
export class RawClient {
  readonly socket: Socket;
  /** All that was received, for tests that look at the bytes. */
  received = Buffer.alloc(0);
  #rest = Buffer.alloc(0);
  #waiting: (() => void)[] = [];
  #ended = false;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", (bytes) => {
      this.received = Buffer.concat([this.received, bytes]);
      this.#rest = Buffer.concat([this.#rest, bytes]);
      this.#wake();
    });
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.#ended = true;
      this.#wake();
    });
  }

  static async open(port: number, options: { tls?: object; host?: string } = {}): Promise<RawClient> {
    const { tls, host = "127.0.0.1" } = options;
    const socket = tls ? connectTls({ host, port, rejectUnauthorized: false, ...tls }) : connectTcp({ host, port });
    await new Promise((resolve, reject) => {
      socket.once(tls ? "secureConnect" : "connect", resolve);
      socket.once("error", reject);
    });
    return new RawClient(socket);
  }

  send(bytes: string | Uint8Array): void {
    this.socket.write(bytes);
  }

  /** The next answer; `head`: one to a HEAD request, without its body. Rejects when the connection ends before. */
  async next({ head = false } = {}): Promise<RawResponse> {
    for (;;) {
      const response = this.#take(head);
      if (response !== undefined) return response;
      if (this.#ended) throw new Error("the connection was closed without an answer");
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
  }

  /** Resolves when the server has closed. */
  async closed(): Promise<void> {
    while (!this.#ended) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
  }

  close(): void {
    this.socket.destroy();
  }

  #take(isHead: boolean): RawResponse | undefined {
    const end = this.#rest.indexOf("\r\n\r\n");
    if (end < 0) return undefined;
    const [first = "", ...lines] = this.#rest.subarray(0, end).toString("latin1").split("\r\n");
    const headers: Record<string, string> = {};
    for (const line of lines) {
      const name = line.slice(0, line.indexOf(":")).toLowerCase();
      const value = line.slice(line.indexOf(":") + 1).trim();
      headers[name] = name in headers ? `${headers[name]}\n${value}` : value;
    }
    const status = Number(first.split(" ")[1]);
    const length =
      isHead || status === 100 || status === 204 || status === 304 ? 0 : Number(headers["content-length"] ?? 0);
    if (this.#rest.length < end + 4 + length) return undefined;
    const body = Buffer.from(this.#rest.subarray(end + 4, end + 4 + length));
    this.#rest = this.#rest.subarray(end + 4 + length);
    return { status, headers, body };
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

/** A POST as CPEs send it. */
export function post(body: string | Uint8Array, headers: Record<string, string> = {}, target = "/acs"): Buffer {
  const bytes = Buffer.from(body as string);
  const lines = Object.entries({ Host: "acs.example:7547", "Content-Length": String(bytes.length), ...headers }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  return Buffer.concat([Buffer.from(`POST ${target} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`, "latin1"), bytes]);
}
