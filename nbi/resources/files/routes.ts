import type { FileDocument } from "../../../fleet/files/model.ts";
import { StewardError } from "../../../kernel/errors.ts";
import { defined } from "../../http/defined.ts";
import { noContent, ok, route } from "../../http/route.ts";
import { DEFAULT_LIMIT } from "../../http/schema.ts";
import { canOf } from "../../policy.ts";
import type { NbiServices } from "../../ports.ts";
import { contentReply } from "./content.ts";
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
    const used = await services.files.inUse(items.map(({ _id }) => _id));
    const view = { grants: caller.permissions, now };
    const can = canOf({ create: filePolicy.create }, undefined, caller.permissions, now);
    const bodies = items.map((file) => presentFile(file, { ...view, isInUse: used.has(file._id) }));
    return ok(defined({ items: bodies, next, can }));
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
      body: presentFile(file, { grants: caller.permissions, now, isInUse: false }),
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
    const file = await requireFile(services, params.fileId);
    const isInUse = (await services.files.inUse([file._id])).has(file._id);
    return ok(presentFile(file, { grants: caller.permissions, now, isInUse }));
  },
});

const download = route({
  method: "GET",
  path: "/files/{fileId}/content",
  id: "files.download",
  summary: "Download the content of a file or a range of it",
  action: filePolicy.download,
  answers: {
    200: { description: "The content", mediaType: "application/octet-stream" },
    206: { description: "The range that was asked for", mediaType: "application/octet-stream" },
    304: { description: "The content that If-None-Match names, or none since If-Modified-Since" },
  },
  async handle({ params, services, request }) {
    return contentReply(request, services.files, await requireFile(services, params.fileId));
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
