import type { IncomingMessage } from "node:http";
import { contentAnswer } from "../../../fleet/files/content-answer.ts";
import type { Files } from "../../../fleet/files/index.ts";
import type { FileDocument } from "../../../fleet/files/model.ts";
import { StewardError } from "../../../kernel/errors.ts";
import type { Reply } from "../../http/route.ts";

/** RFC 6266: a plain name for old clients, the exact one beside it. */
const dispositionOf = (name: string): string =>
  `attachment; filename="${name.replace(/[^\w.-]/g, "_")}"; filename*=UTF-8''${encodeURIComponent(name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`)}`;

/** The content, the range of it that is asked for, or 304 where the asker has it. */
export async function contentReply(
  request: IncomingMessage,
  files: Pick<Files, "open">,
  file: FileDocument,
): Promise<Reply> {
  const answer = contentAnswer(request, file);
  const { status, headers } = answer;
  if (status === 412) throw new StewardError("precondition.failed", "If-Match names another content");
  if (status === 416)
    throw new StewardError("range.unsatisfiable", `the file has ${file.size} bytes`, { details: { size: file.size } });
  if (!("part" in answer)) return { status, headers };
  const content = await files.open(file, answer.part);
  return { status, content, headers: { ...headers, "Content-Disposition": dispositionOf(file.name) } };
}
