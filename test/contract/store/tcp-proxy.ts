import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** Stands before a server, so that it can go away for one suite alone. */
export class TcpProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #mode: "up" | "down" | "silent" = "up";

  constructor(target: { host: string; port: number }) {
    this.#server = createServer((client) => {
      this.#keep(client);
      if (this.#mode === "down") client.destroy();
      if (this.#mode !== "up") return;
      const server = connect(target);
      this.#keep(server);
      client.pipe(server).pipe(client);
      client.once("close", () => server.destroy());
      server.once("close", () => client.destroy());
    });
  }

  /** Resolves to the port on loopback. */
  async start(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  /** `down` ends every connection, `silent` takes new ones and answers nothing. */
  become(mode: "up" | "down" | "silent"): void {
    this.#mode = mode;
    for (const socket of this.#sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    this.become("down");
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", () => undefined);
    socket.once("close", () => this.#sockets.delete(socket));
  }
}
