import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import type { Files } from "../../../fleet/files/index.ts";
import type { ByteRange, FileDocument } from "../../../fleet/files/model.ts";
import { isUnchanged, namesTag, readRange } from "../../../fleet/files/range.ts";
import type { Duration } from "../../../kernel/time.ts";
import { send } from "../answer.ts";

/**
 * Answers GET and HEAD for one file: conditions, range, content (RFC 9110 §13, §14). Resolves when the content has gone
 * out or the peer has left; a peer that takes nothing for `idle` is cut off.
 */
export async function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  { files, file, idle }: { files: Pick<Files, "open">; file: FileDocument; idle: Duration },
): Promise<void> {
  const etag = `"${file.sha256}"`;
  const lastModified = new Date(file.createdAt).toUTCString();
  const facts = { ETag: etag, "Last-Modified": lastModified, "Accept-Ranges": "bytes" };
  const refusal = conditionOf(request, etag, file.createdAt);
  if (refusal === 304) return void response.writeHead(304, facts).end();
  if (refusal === 412) return send(response, { status: 412, headers: facts });
  const isGet = request.method === "GET";
  const mayRange = isGet && isUnchanged(textOf(request.headers["if-range"]), etag, lastModified);
  const range = mayRange ? readRange(request.headers.range, file.size) : "whole";
  if (range === "unsatisfiable") {
    return send(response, { status: 416, headers: { ...facts, "Content-Range": `bytes */${file.size}` } });
  }
  const part: ByteRange = range === "whole" ? { start: 0, end: file.size - 1 } : range;
  const headers = {
    ...facts,
    "Content-Type": "application/octet-stream",
    "Content-Length": part.end - part.start + 1,
    ...(range === "whole" ? {} : { "Content-Range": `bytes ${part.start}-${part.end}/${file.size}` }),
  };
  const status = range === "whole" ? 200 : 206;
  if (!isGet || file.size === 0) return void response.writeHead(status, headers).end();
  const content = await files.open(file, part);
  if (response.destroyed) return void content.destroy();
  response.setTimeout(idle, () => response.destroy());
  response.writeHead(status, headers);
  await pipeline(content, response);
}

const textOf = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header[0] : header;

/** The preconditions in their order (RFC 9110 §13.2.2), as far as they apply to reading. */
function conditionOf({ headers }: IncomingMessage, etag: string, createdAt: number): 304 | 412 | undefined {
  if (headers["if-match"] !== undefined && !namesTag(headers["if-match"], etag)) return 412;
  const ifNoneMatch = headers["if-none-match"];
  if (ifNoneMatch !== undefined) return namesTag(ifNoneMatch, etag) ? 304 : undefined;
  const since = Date.parse(headers["if-modified-since"] ?? "");
  return Number.isFinite(since) && Math.floor(createdAt / 1000) * 1000 <= since ? 304 : undefined;
}
