import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { contentAnswer } from "../../../fleet/files/content-answer.ts";
import type { Files } from "../../../fleet/files/index.ts";
import type { FileDocument } from "../../../fleet/files/model.ts";
import type { Duration } from "../../../kernel/time.ts";
import { send } from "../answer.ts";

/**
 * Answers GET and HEAD for one file. Resolves when the content has gone out or the peer has left; a peer that takes
 * nothing for `idle` is cut off.
 */
export async function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  { files, file, idle }: { files: Pick<Files, "open">; file: FileDocument; idle: Duration },
): Promise<void> {
  const answer = contentAnswer(request, file);
  const { status, headers } = answer;
  if (status === 304) return void response.writeHead(304, headers).end();
  if (!("part" in answer)) return send(response, { status, headers });
  if (request.method !== "GET" || file.size === 0) return void response.writeHead(status, headers).end();
  const content = await files.open(file, answer.part);
  if (response.destroyed) return void content.destroy();
  response.setTimeout(idle, () => response.destroy());
  response.writeHead(status, headers);
  await pipeline(content, response);
}
