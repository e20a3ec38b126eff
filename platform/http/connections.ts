import type { IncomingMessage, Server } from "node:http";
import type { Socket } from "node:net";
import { Bag } from "../../kernel/churn.ts";

/**
 * The open connections of a server. node:http's own `closeIdleConnections` passes over those that never sent a request,
 * and `closeAllConnections` over those in their TLS handshake.
 */
export class Connections {
  readonly #all = new Bag<Socket>(Symbol("open"));
  readonly #fresh = new Bag<Socket>(Symbol("fresh"));

  watch(server: Server, secure: boolean): void {
    server.on("connection", (socket: Socket) => this.#add(socket, !secure));
    if (secure) server.on("secureConnection", (socket: Socket) => this.#addFresh(socket));
    const onRequest = (request: IncomingMessage): boolean => this.#fresh.delete(request.socket);
    server.on("request", onRequest);
    server.on("checkContinue", onRequest);
  }

  /** Ends the connections on which no request is on its way, as far as one can know. */
  endIdle(server: Server): void {
    server.closeIdleConnections();
    for (const socket of this.#fresh) if (socket.bytesRead === 0 || "encrypted" in socket) socket.destroy();
  }

  endAll(): void {
    for (const socket of this.#all) socket.destroy();
  }

  #add(socket: Socket, fresh: boolean): void {
    this.#all.add(socket);
    if (fresh) this.#fresh.add(socket);
    socket.on("close", () => {
      this.#all.delete(socket);
      this.#fresh.delete(socket);
    });
  }

  #addFresh(socket: Socket): void {
    this.#fresh.add(socket);
    socket.on("close", () => this.#fresh.delete(socket));
  }
}
