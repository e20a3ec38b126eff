import type { FileDocument } from "../../../fleet/files/model.ts";
import { StewardError } from "../../../kernel/errors.ts";
import { defined } from "../../http/defined.ts";
import { noContent, ok, route } from "../../http/route.ts";
import { DEFAULT_LIMIT } from "../../http/schema.ts";
import { canOf } from "../../policy.ts";
import type { NbiServices } from "../../ports.ts";
import { filePolicy } from "./policy.ts";
import { presentFile } from "./presenter.ts";
import { filePage, fileQuery, fileSchema, multipartSchema, uploadQuery } from "./schema.ts";
import { receiveUpload } from "./upload.ts";

async function requireFile({ files }: NbiServices, id: string): Promise<FileDocument> {
  const file = await files.get(id);
  if (file === undefined) throw new StewardError("resource.notFound", "there is no such file");
  return file;
}

const list = route({
  method: "GET",
  path: "/files",
  id: "files.list",
  summary: "List stored files, newest first",
  action: filePolicy.list,
  query: fileQuery,
  answers: { 200: { description: "A page of files", schema: filePage } },
  async handle({ query: { limit = DEFAULT_LIMIT, ...query }, services, caller, now }) {
    const { items, next } = await services.files.list({ ...query, limit });
    const can = canOf({ create: filePolicy.create }, undefined, caller.permissions, now);
    return ok(defined({ items: items.map((file) => presentFile(file, caller.permissions, now)), next, can }));
  },
});

const create = route({
  method: "POST",
  path: "/files",
  id: "files.create",
  summary: "Store a file, as a raw body with query parameters or as a multipart form",
  action: filePolicy.create,
  query: uploadQuery,
  upload: { "application/octet-stream": { type: "string", format: "binary" }, "multipart/form-data": multipartSchema },
  answers: { 201: { description: "Stored, durably", schema: fileSchema } },
  async handle({ query, request, services, caller, now, note }) {
    const file = await receiveUpload(request, query, (content, wanted) =>
      services.files.create(content, wanted, caller.name),
    );
    note(file._id, { name: file.name, size: file.size, sha256: file.sha256 });
    return {
      status: 201,
      body: presentFile(file, caller.permissions, now),
      headers: { Location: `/api/v1/files/${file._id}` },
    };
  },
});

const get = route({
  method: "GET",
  path: "/files/{fileId}",
  id: "files.get",
  summary: "See what is known of a file",
  action: filePolicy.get,
  answers: { 200: { description: "The file", schema: fileSchema } },
  async handle({ params, services, caller, now }) {
    return ok(presentFile(await requireFile(services, params.fileId), caller.permissions, now));
  },
});

/** RFC 6266: a plain name for old clients, the exact one beside it. */
const dispositionOf = (name: string): string =>
  `attachment; filename="${name.replace(/[^\w.-]/g, "_")}"; filename*=UTF-8''${encodeURIComponent(name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`)}`;

const download = route({
  method: "GET",
  path: "/files/{fileId}/content",
  id: "files.download",
  summary: "Download the content of a file",
  action: filePolicy.download,
  answers: { 200: { description: "The content", mediaType: "application/octet-stream" } },
  async handle({ params, services }) {
    const file = await requireFile(services, params.fileId);
    return {
      status: 200,
      content: await services.files.open(file),
      headers: {
        "Content-Type": "application/octet-stream",
        "Content-Length": String(file.size),
        "Content-Disposition": dispositionOf(file.name),
        ETag: `"${file.sha256}"`,
      },
    };
  },
});

const remove = route({
  method: "DELETE",
  path: "/files/{fileId}",
  id: "files.delete",
  summary: "Delete a file that no open operation uses",
  action: filePolicy.delete,
  answers: { 204: { description: "Deleted" } },
  async handle({ params, services, caller }) {
    const file = await requireFile(services, params.fileId);
    await services.files.remove(file._id, caller.name);
    return noContent;
  },
});

export const fileRoutes = [list, create, get, download, remove];
