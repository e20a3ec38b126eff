import { connect } from "node:net";
import type { FuzzCase } from "./cases.ts";

export type Verdict = { ok: true } | { ok: false; why: string; answer?: string };

const PATIENCE = 3_000;
const STACK_TRACE = /\n\s+at .+:\d+:\d+|node:internal|\/node_modules\/|\.ts:\d+/;

/** Plays one case on one connection and judges what comes back. */
export async function play(fuzzCase: FuzzCase, host: string, port: number): Promise<Verdict> {
  const socket = connect({ host, port, noDelay: true, allowHalfOpen: true });
  let received = "";
  let closed = false;
  let wake: () => void = () => undefined;
  socket.setEncoding("latin1");
  socket.on("data", (chunk: string) => {
    received += chunk;
    wake();
  });
  const close = (): void => {
    closed = true;
    wake();
  };
  socket.on("error", close);
  socket.on("close", close);
  socket.on("end", close);
  /** Until the condition holds, the connection is closed, or patience ends. */
  const until = (condition: () => boolean): Promise<boolean> =>
    new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), PATIENCE);
      wake = () => {
        if (!condition() && !closed) return;
        clearTimeout(timer);
        resolve(true);
      };
      wake();
    });
  try {
    let cookie = "";
    for (const { pieces, whole } of fuzzCase.requests) {
      if (closed) break;
      received = "";
      for (const piece of pieces) {
        const bytes = Buffer.from(piece, "base64").toString("latin1").replace("{COOKIE}", cookie);
        if (!closed) socket.write(bytes, "latin1");
      }
      if (!whole) socket.end();
      if (!(await until(() => answered(received))))
        return { ok: false, why: whole ? "no answer for 3 s" : "not closed for 3 s", answer: received };
      if (STACK_TRACE.test(received)) return { ok: false, why: "a stack trace in the answer", answer: received };
      cookie = /\r\nset-cookie: *([^;\r]+)/i.exec(received)?.[1] ?? cookie;
      if (!whole) break;
    }
    return { ok: true };
  } finally {
    socket.destroy();
  }
}

function answered(received: string): boolean {
  const start = received.startsWith("HTTP/1.1 100") ? received.indexOf("\r\n\r\n") + 4 : 0;
  const end = received.indexOf("\r\n\r\n", start);
  if (end < 0) return false;
  const head = received.slice(start, end);
  const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
  return received.length >= end + 4 + length;
}
