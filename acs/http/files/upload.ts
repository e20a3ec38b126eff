import type { IncomingMessage, ServerResponse } from "node:http";
import type { Files } from "../../../fleet/files/index.ts";
import type { FileDocument } from "../../../fleet/files/model.ts";
import type { ByteCount } from "../../../kernel/bytes.ts";
import { StewardError } from "../../../kernel/errors.ts";
import type { Duration } from "../../../kernel/time.ts";
import { codingOf } from "../../../platform/http/coding.ts";
import { sendContinue } from "../../../platform/http/expectation.ts";
import { send } from "../answer.ts";
import { MAX_PER_OPERATION, type UploadTarget } from "./file-urls.ts";
import { uploadSourceOf } from "./upload-source.ts";

export interface UploadOptions {
  files: Pick<Files, "create" | "list" | "remove">;
  target: UploadTarget;
  maxBytes: ByteCount;
  /** A peer that sends nothing for so long is cut off. */
  idle: Duration;
}

/**
 * Takes in what a CPE uploads by PUT or POST. The 200 says that content, record and event are durable. A transfer that
 * breaks off leaves nothing; its error is thrown for the boundary to log.
 */
export async function receiveUpload(
  request: IncomingMessage,
  response: ServerResponse,
  { files, target, maxBytes, idle }: UploadOptions,
): Promise<FileDocument> {
  const { deviceId, operationId, fileType } = target;
  if (codingOf(request.headers["content-encoding"]) !== "identity") {
    throw new StewardError("mediaType.unsupported", "an upload comes without content coding");
  }
  // Whoever resumes would lose what came before; refused, it sends all of it (RFC 9110 §14.5).
  if (request.headers["content-range"] !== undefined) {
    throw new StewardError("argument.invalid", "an upload comes as a whole");
  }
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) {
    throw new StewardError("body.tooLarge", `an upload may have at most ${maxBytes} bytes`);
  }
  const before = await files.list({ operationId, limit: MAX_PER_OPERATION });
  if (before.items.length >= MAX_PER_OPERATION) {
    throw new StewardError("rate.limited", "this operation's upload was repeated too often");
  }
  request.setTimeout(idle, () => request.destroy(new Error("the upload stalled")));
  sendContinue(request);
  const source = await uploadSourceOf(request);
  const by = `device:${deviceId}`;
  const file = await files.create(
    source.content,
    { name: source.name ?? nameFor(fileType, operationId), fileType, deviceId, operationId },
    by,
  );
  // HTTP clients that expect to be asked for Digest send nothing at first: curl, and the CPEs that are built on it.
  if (file.size > 0) for (const { _id, size } of before.items) if (size === 0) await files.remove(_id, by);
  send(response, { status: 200 });
  return file;
}

const nameFor = (fileType: string, operationId: string): string =>
  `${fileType.toLowerCase().replace(/[^a-z0-9]+/g, "-")}-${operationId}`;
