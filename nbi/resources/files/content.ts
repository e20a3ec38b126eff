import type { IncomingMessage } from "node:http";
import type { Files } from "../../../fleet/files/index.ts";
import type { FileDocument } from "../../../fleet/files/model.ts";
import { isUnchanged, namesTag, readRange } from "../../../fleet/files/range.ts";
import { StewardError } from "../../../kernel/errors.ts";
import type { Reply } from "../../http/route.ts";

/** RFC 6266: a plain name for old clients, the exact one beside it. */
const dispositionOf = (name: string): string =>
  `attachment; filename="${name.replace(/[^\w.-]/g, "_")}"; filename*=UTF-8''${encodeURIComponent(name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`)}`;

/** The content, the range of it that is asked for, or 304 where the asker has it (RFC 9110 §13, §14). */
export async function contentReply(
  { method, headers: given }: IncomingMessage,
  files: Pick<Files, "open">,
  file: FileDocument,
): Promise<Reply> {
  const etag = `"${file.sha256}"`;
  const facts = { ETag: etag, "Accept-Ranges": "bytes" };
  const known = given["if-none-match"];
  if (known !== undefined && namesTag(known, etag)) return { status: 304, headers: facts };
  const ifRange = given["if-range"];
  const mayRange = method === "GET" && (typeof ifRange !== "string" || isUnchanged(ifRange, etag, ""));
  const range = mayRange ? readRange(given.range, file.size) : "whole";
  if (range === "unsatisfiable")
    throw new StewardError("range.unsatisfiable", `the file has ${file.size} bytes`, { details: { size: file.size } });
  const headers = {
    ...facts,
    "Content-Type": "application/octet-stream",
    "Content-Disposition": dispositionOf(file.name),
  };
  if (range === "whole") {
    const content = await files.open(file);
    return { status: 200, content, headers: { ...headers, "Content-Length": String(file.size) } };
  }
  const { start, end } = range;
  const place = { "Content-Range": `bytes ${start}-${end}/${file.size}`, "Content-Length": String(end - start + 1) };
  return { status: 206, content: await files.open(file, range), headers: { ...headers, ...place } };
}
