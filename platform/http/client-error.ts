import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { Logger } from "../log/logger.ts";

const statusOf: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

interface PeerSocket extends Duplex {
  remoteAddress?: string;
  bytesWritten?: number;
  /** node:http keeps the running response here; an answer in its middle would be read as its body. */
  _httpMessage?: { headersSent?: boolean; shouldKeepAlive?: boolean; req?: { complete?: boolean } } | null;
}

/** The body of such an answer, in the words of whoever listens. */
export type RefusalBody = (status: number) => { mediaType: string; text: string } | undefined;

/**
 * What was not HTTP gets its status and an end; nothing of the parser's error reaches the peer. Noise behind a request
 * that is complete does not take away its answer: peers exist that send the NUL of their C string as well, or count
 * characters where they send bytes. The connection ends with that answer. Never throws.
 */
export function answerClientError(
  error: NodeJS.ErrnoException,
  socket: PeerSocket,
  { log, refusalBody }: { log: Logger; refusalBody?: RefusalBody | undefined },
): void {
  const status = statusOf[error.code ?? ""] ?? 400;
  const gone = error.code === "ECONNRESET" || error.code === "EPIPE" || !socket.writable;
  log.debug(
    { peer: socket.remoteAddress, reason: error.code ?? error.message, status: gone ? undefined : status },
    "request refused",
  );
  const running = socket._httpMessage;
  if (!gone && status === 400 && running?.req?.complete && !running.headersSent) {
    running.shouldKeepAlive = false;
    return;
  }
  socket.on("error", () => undefined);
  if (gone || running?.headersSent) {
    socket.destroy();
    return;
  }
  const { mediaType, text = "" } = refusalBody?.(status) ?? {};
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    "Connection: close",
    ...(mediaType === undefined ? [] : [`Content-Type: ${mediaType}`]),
    `Content-Length: ${Buffer.byteLength(text)}`,
  ];
  socket.end(`${lines.join("\r\n")}\r\n\r\n${text}`, () => socket.destroy());
}
