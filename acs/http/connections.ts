import type { Socket } from "node:net";
import { randomToken } from "../../kernel/ids.ts";

/** One TCP connection of a CPE, or of a proxy in front of many. */
export interface Connection {
  /** Unlike that of any other connection, of other processes too. */
  readonly id: string;
  /** See `peerAddress`. */
  readonly peer: string;
  /** Challenges in a row without a request that was proved. */
  challenges: number;
  /** When the requests before have been answered: a CPE that does not wait for an answer is served in order all the same. */
  idle: Promise<void> | undefined;
}

const known = Symbol("connection");

interface Known {
  [known]?: Connection;
}

/** Gives each socket its identity, and tells `onClose` when it is gone. */
export class Connections {
  readonly #onClose: (id: string) => void;
  readonly #process = randomToken(12);
  #count = 0;

  constructor(onClose: (id: string) => void) {
    this.#onClose = onClose;
  }

  of(socket: Socket & Known): Connection {
    if (socket[known] !== undefined) return socket[known];
    const connection: Connection = {
      id: `${this.#process}.${++this.#count}`,
      peer: peerAddress(socket),
      challenges: 0,
      idle: undefined,
    };
    socket[known] = connection;
    socket.on("close", () => this.#onClose(connection.id));
    return connection;
  }
}

/** IPv4 in its own form also where the socket speaks IPv6. */
export const peerAddress = (socket: Socket): string => (socket.remoteAddress ?? "").replace(/^::ffff:(?=\d+\.)/i, "");
