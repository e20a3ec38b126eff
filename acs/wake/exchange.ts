import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Clock, Duration } from "../../kernel/time.ts";
import { type ReadState, ResponseReader, type WakeResponse } from "./response-reader.ts";
import type { WakeTarget } from "./target.ts";

export type ExchangeResult =
  | { ok: true; response: WakeResponse }
  /** `reset`: the peer took the connection and closed it without an answer. */
  | { ok: false; reason: "unreachable" | "timeout" | "reset" | "malformed"; detail: string };

export interface ExchangeOptions {
  target: WakeTarget;
  /** Checked; where to connect. */
  address: string;
  authorization?: string;
  timeout: Duration;
  clock: Clock;
}

/** One GET over a connection of its own. Never rejects; the socket is gone when it resolves. */
export function exchange({ target, address, authorization, timeout, clock }: ExchangeOptions): Promise<ExchangeResult> {
  return new Promise((resolve) => {
    const reader = new ResponseReader();
    let connected = false;
    let heard = false;
    const socket = open(target, address);
    const settle = (result: ExchangeResult): void => {
      timer.cancel();
      socket.destroy();
      resolve(result);
    };
    const failed = (reason: "unreachable" | "timeout" | "reset" | "malformed", detail: string): void =>
      settle({ ok: false, reason, detail });
    const judge = (state: ReadState): void => {
      if (state === "malformed") failed("malformed", "the answer is not HTTP");
      else if (state !== "incomplete") settle({ ok: true, response: state });
    };
    const timer = clock.after(timeout, () => failed("timeout", `no ${connected ? "answer" : "connection"} in time`));
    socket.on(target.secure ? "secureConnect" : "connect", () => {
      connected = true;
      socket.write(requestText(target, authorization));
    });
    socket.on("data", (bytes) => {
      heard = true;
      judge(reader.feed(bytes));
    });
    socket.on("end", () =>
      heard ? judge(reader.end()) : failed("reset", "the connection was closed without an answer"),
    );
    socket.on("error", (error) => failed(connected ? "reset" : "unreachable", error.message));
    socket.on("close", () => failed("reset", "the connection was closed"));
  });
}

/** CPEs sign their own certificates, if they have TLS at all: it hides the exchange, it proves nobody. */
function open({ secure, host, port }: WakeTarget, address: string): Socket {
  if (!secure) return connectTcp({ host: address, port, noDelay: true });
  return connectTls({
    host: address,
    port,
    rejectUnauthorized: false,
    ...(isIP(host) === 0 ? { servername: host } : {}),
  });
}

/** HTTP/1.1, path only, and no more headers than needed: a CPE's listener is small. */
function requestText({ path, authority }: WakeTarget, authorization: string | undefined): string {
  const lines = [`GET ${path} HTTP/1.1`, `Host: ${authority}`, "User-Agent: Steward", "Connection: close"];
  if (authorization !== undefined) lines.push(`Authorization: ${authorization}`);
  return `${lines.join("\r\n")}\r\n\r\n`;
}
