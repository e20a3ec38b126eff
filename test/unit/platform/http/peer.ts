import { connect, type Socket } from "node:net";
import { createHttpServer, type HttpServer, type HttpServerOptions } from "../../../../platform/http/server.ts";
import { silentLogger } from "../../../../platform/log/logger.ts";

/** A raw TCP client that writes what the test says and waits for what the test names. */
export class Peer {
  readonly #socket: Socket;
  #received = "";
  #closed = false;
  #notify: () => void = () => undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding("latin1");
    socket.on("data", (text: string) => {
      this.#received += text;
      this.#notify();
    });
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.#closed = true;
      this.#notify();
    });
  }

  static open(server: HttpServer): Promise<Peer> {
    const { host, port } = server.address;
    return new Promise((resolve, reject) => {
      const socket = connect({ host, port }, () => resolve(new Peer(socket)));
      socket.once("error", reject);
    });
  }

  get received(): string {
    return this.#received;
  }

  send(data: string | Uint8Array): this {
    this.#socket.write(data);
    return this;
  }

  end(): void {
    this.#socket.destroy();
  }

  /** What has arrived once it contains `text`; rejects when the connection ends without it. */
  async until(text: string): Promise<string> {
    while (!this.#received.includes(text)) {
      if (this.#closed) throw new Error(`the connection ended after ${JSON.stringify(this.#received)}`);
      await this.#changed();
    }
    return this.#received;
  }

  async untilClosed(): Promise<string> {
    while (!this.#closed) await this.#changed();
    return this.#received;
  }

  #changed(): Promise<void> {
    return new Promise((resolve) => {
      this.#notify = resolve;
    });
  }
}

export async function listen(
  options: Partial<HttpServerOptions> & Pick<HttpServerOptions, "handler">,
): Promise<HttpServer> {
  const server = createHttpServer({
    name: "test.http",
    listen: { host: "127.0.0.1", port: 0 },
    log: silentLogger,
    ...options,
  });
  await server.start();
  return server;
}

export const post = (headers: Record<string, string | number>, body = ""): string =>
  `POST / HTTP/1.1\r\nHost: x\r\n${Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join("")}\r\n${body}`;
