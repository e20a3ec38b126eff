import { connect, type Socket } from "node:net";
import { performance } from "node:perf_hooks";
import type { Answers } from "./answers.ts";

export interface LoadTarget {
  readonly host: string;
  readonly port: number;
}

export interface SessionOutcome {
  readonly outcome: "completed" | "refused" | "failed";
  readonly status: number;
  /** From the connection to the last answer. */
  readonly milliseconds: number;
  readonly rpcs: number;
}

interface Response {
  status: number;
  cookie?: string;
  body: string;
}

/** Reads one response at a time; the answers that it meets carry a Content-Length or no body at all. */
class Wire {
  readonly #socket: Socket;
  #pending = "";
  #waiter: { resolve: (response: Response) => void; reject: (error: Error) => void } | undefined;
  #failure: Error | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding("latin1");
    socket.on("data", (chunk: string) => {
      this.#pending += chunk;
      this.#settle();
    });
    socket.on("error", (error) => this.#fail(error));
    socket.on("close", () => this.#fail(new Error("the ACS closed the connection")));
  }

  exchange(bytes: string): Promise<Response> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) reject(this.#failure);
      else {
        this.#waiter = { resolve, reject };
        this.#socket.write(bytes, "latin1");
      }
    });
  }

  #fail(error: Error): void {
    this.#failure = error;
    this.#waiter?.reject(error);
    this.#waiter = undefined;
  }

  #settle(): void {
    const end = this.#pending.indexOf("\r\n\r\n");
    if (end < 0 || this.#waiter === undefined) return;
    const head = this.#pending.slice(0, end);
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
    if (this.#pending.length < end + 4 + length) return;
    const cookie = /\r\nset-cookie: *([^;\r]+)/i.exec(head)?.[1];
    const body = this.#pending.slice(end + 4, end + 4 + length);
    this.#pending = this.#pending.slice(end + 4 + length);
    const waiter = this.#waiter;
    this.#waiter = undefined;
    waiter.resolve({ status: Number(head.slice(9, 12)), body, ...(cookie === undefined ? {} : { cookie }) });
  }
}

const post = (target: LoadTarget, body: string, cookie: string | undefined): string =>
  `POST /acs HTTP/1.1\r\nHost: ${target.host}:${target.port}\r\n` +
  (body === "" ? "" : 'Content-Type: text/xml; charset="utf-8"\r\nSOAPAction: ""\r\n') +
  (cookie === undefined ? "" : `Cookie: ${cookie}\r\n`) +
  `Content-Length: ${body.length}\r\n\r\n${body}`;

/** One whole session on a connection of its own: Inform, empty POST, and an answer to whatever the ACS asks. */
export async function runSession(target: LoadTarget, inform: string, answers: Answers): Promise<SessionOutcome> {
  const started = performance.now();
  const socket = connect({ host: target.host, port: target.port, noDelay: true });
  const wire = new Wire(socket);
  let rpcs = 0;
  const end = (outcome: SessionOutcome["outcome"], status: number): SessionOutcome => ({
    outcome,
    status,
    rpcs,
    milliseconds: performance.now() - started,
  });
  try {
    let response = await wire.exchange(post(target, inform, undefined));
    if (response.status !== 200) return end(response.status === 503 ? "refused" : "failed", response.status);
    const cookie = response.cookie;
    response = await wire.exchange(post(target, "", cookie));
    while (response.status === 200 && response.body !== "") {
      rpcs += 1;
      response = await wire.exchange(post(target, answers.answer(response.body), cookie));
    }
    return end(response.status === 204 || response.status === 200 ? "completed" : "failed", response.status);
  } catch {
    return end("failed", 0);
  } finally {
    socket.destroy();
  }
}

/** Runs `next(0), next(1) …` until it gives `undefined`, with `inFlight` at once. */
export async function runMany(
  inFlight: number,
  next: (index: number) => Promise<SessionOutcome> | undefined,
): Promise<SessionOutcome[]> {
  const outcomes: SessionOutcome[] = [];
  let index = 0;
  const lane = async (): Promise<void> => {
    for (let session = next(index++); session !== undefined; session = next(index++)) outcomes.push(await session);
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  return outcomes;
}
