import type { Socket } from "node:net";
import { randomToken } from "../../kernel/ids.ts";

/** One TCP connection of a CPE, or of a proxy in front of many. */
export interface Connection {
  readonly id: string;
  /** Challenges in a row without a request that was proved. */
  challenges: number;
  /** When the requests before have been answered: a CPE that does not wait for an answer is served in order all the same. */
  idle: Promise<void>;
}

/** Gives each socket its identity, and tells `onClose` when it is gone. */
export class Connections {
  readonly #bySocket = new WeakMap<Socket, Connection>();
  readonly #onClose: (id: string) => void;

  constructor(onClose: (id: string) => void) {
    this.#onClose = onClose;
  }

  of(socket: Socket): Connection {
    const known = this.#bySocket.get(socket);
    if (known !== undefined) return known;
    const connection: Connection = { id: randomToken(16), challenges: 0, idle: Promise.resolve() };
    this.#bySocket.set(socket, connection);
    socket.once("close", () => this.#onClose(connection.id));
    return connection;
  }
}

/** IPv4 in its own form also where the socket speaks IPv6. */
export const peerAddress = (socket: Socket): string => (socket.remoteAddress ?? "").replace(/^::ffff:(?=\d+\.)/i, "");
