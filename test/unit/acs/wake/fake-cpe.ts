import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";

/** What the CPE does with one connection: the request's text comes in, bytes go out over the socket. */
export type Turn = (request: string, socket: Socket) => void;

/** A CPE's connection request listener on raw sockets: each new connection takes the next turn of the script. */
export class FakeCpe {
  readonly requests: string[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(script: Turn[], tls: TlsOptions | undefined) {
    const serve = (socket: Socket): void => {
      const turn = script.shift();
      this.#sockets.add(socket);
      let text = "";
      socket.on("error", () => undefined);
      socket.on("data", (bytes) => {
        text += bytes.toString("latin1");
        if (!text.endsWith("\r\n\r\n")) return;
        this.requests.push(text);
        if (turn === undefined) socket.destroy();
        else turn(text, socket);
      });
    };
    this.#server = tls ? createTlsServer(tls, serve) : createServer(serve);
  }

  static async start(
    script: Turn[],
    { host = "127.0.0.1", tls }: { host?: string; tls?: TlsOptions } = {},
  ): Promise<FakeCpe> {
    const cpe = new FakeCpe([...script], tls);
    await new Promise<void>((resolve) => {
      cpe.#server.listen(0, host, resolve);
    });
    return cpe;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => {
      this.#server.close(resolve);
    });
  }
}

/** Answers and closes, as most CPEs do. */
export const answer =
  (text: string): Turn =>
  (_request, socket) =>
    void socket.end(text);

/** Closes with a reset, without an answer. */
export const reset: Turn = (_request, socket) => void socket.resetAndDestroy();

/** Takes the connection and says nothing. */
export const silence: Turn = () => undefined;
