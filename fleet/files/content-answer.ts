import type { ByteRange, FileDocument } from "./model.ts";
import { isUnchanged, namesTag, readRange } from "./range.ts";

/** As `node:http` has it: names in lower case. */
export interface ContentRequest {
  method?: string | undefined;
  headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** 304, 412 and 416 carry no content; `part` is the range, if it is not the whole. */
export type ContentAnswer =
  | { status: 304 | 412 | 416; headers: Record<string, string> }
  | { status: 200 | 206; headers: Record<string, string>; part: ByteRange | undefined };

/** How a GET or HEAD for a file's content is answered: by its conditions, then by its range (RFC 9110 §13, §14). */
export function contentAnswer(request: ContentRequest, file: FileDocument): ContentAnswer {
  const { size, createdAt } = file;
  const etag = `"${file.sha256}"`;
  const lastModified = new Date(createdAt).toUTCString();
  const facts = { ETag: etag, "Last-Modified": lastModified, "Accept-Ranges": "bytes" };
  const header = (name: string): string | undefined => [request.headers[name]].flat()[0];
  const refusal = conditionOf(header, etag, createdAt);
  if (refusal !== undefined) return { status: refusal, headers: facts };
  const mayRange = request.method === "GET" && isUnchanged(header("if-range"), etag, lastModified);
  const range = mayRange ? readRange(header("range"), size) : "whole";
  if (range === "unsatisfiable") return { status: 416, headers: { ...facts, "Content-Range": `bytes */${size}` } };
  const headers = { ...facts, "Content-Type": "application/octet-stream" };
  if (range === "whole")
    return { status: 200, headers: { ...headers, "Content-Length": String(size) }, part: undefined };
  const place = `bytes ${range.start}-${range.end}/${size}`;
  const length = String(range.end - range.start + 1);
  return { status: 206, headers: { ...headers, "Content-Range": place, "Content-Length": length }, part: range };
}

/** The preconditions in their order (RFC 9110 §13.2.2), as far as they apply to reading. */
function conditionOf(
  header: (name: string) => string | undefined,
  etag: string,
  createdAt: number,
): 304 | 412 | undefined {
  const ifMatch = header("if-match");
  if (ifMatch !== undefined && !namesTag(ifMatch, etag)) return 412;
  const ifNoneMatch = header("if-none-match");
  if (ifNoneMatch !== undefined) return namesTag(ifNoneMatch, etag) ? 304 : undefined;
  const since = Date.parse(header("if-modified-since") ?? "");
  return Number.isFinite(since) && Math.floor(createdAt / 1000) * 1000 <= since ? 304 : undefined;
}
