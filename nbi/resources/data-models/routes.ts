import { childrenOf, nodesBelow, searchNodes } from "../../../datamodels/browse.ts";
import { diffModels } from "../../../datamodels/diff.ts";
import { KnownTree } from "../../../datamodels/known-tree.ts";
import type { DataModel } from "../../../datamodels/model.ts";
import { ModelSet } from "../../../datamodels/model-set.ts";
import { checkRequest, type ModelServices } from "../../../fleet/models/index.ts";
import { asStewardError, StewardError } from "../../../kernel/errors.ts";
import { noContent, ok, route } from "../../http/route.ts";
import { DEFAULT_LIMIT } from "../../http/schema.ts";
import { canOf, requireState } from "../../policy.ts";
import type { NbiServices } from "../../ports.ts";
import { toRequest } from "../operations/request.ts";
import { pageOf } from "./pages.ts";
import { modelPolicy } from "./policy.ts";
import { presentModel, presentNode } from "./presenter.ts";
import { receiveDocuments } from "./receive-documents.ts";
import {
  diffPage,
  diffQuery,
  findingsSchema,
  importedSchema,
  modelId,
  modelPage,
  modelSchema,
  nodePage,
  searchQuery,
  treeQuery,
  type ValidateBody,
  validateBody,
} from "./schema.ts";

export function requireModels({ models }: NbiServices): ModelServices {
  if (models === undefined) throw new StewardError("resource.notFound", "this process has no data models");
  return models;
}

async function requireModel(services: NbiServices, id: string): Promise<DataModel> {
  const model = await requireModels(services).models.get(id);
  if (model === undefined) throw new StewardError("resource.notFound", `there is no data model ${id}`);
  return model;
}

/** Files that an audit entry names. */
const MAX_NAMED = 100;

const params = { modelId };

const list = route({
  method: "GET",
  path: "/data-models",
  id: "dataModels.list",
  summary: "List the data models: those that come with Steward, and those that were imported",
  action: modelPolicy.list,
  answers: { 200: { description: "All of them", schema: modelPage } },
  async handle({ services, caller, now }) {
    const models = await requireModels(services).models.list();
    const can = canOf({ import: modelPolicy.import }, undefined, caller.permissions, now);
    return ok({ items: models.map((info) => presentModel(info, caller.permissions, now)), can });
  },
});

const importDocuments = route({
  method: "POST",
  path: "/data-models",
  id: "dataModels.import",
  summary:
    "Import documents (data model or device type) as one: all of their models, or none when one document is broken",
  action: modelPolicy.import,
  upload: {
    "multipart/form-data": {
      type: "object",
      description: "One file part per document, whatever the names of the fields",
      properties: { file: { type: "array", items: { type: "string", format: "binary" } } },
    },
    "application/xml": { type: "string", format: "binary" },
    "text/xml": { type: "string", format: "binary" },
  },
  answers: { 201: { description: "Imported, durably", schema: importedSchema } },
  async handle({ request, services, caller, now, note }) {
    const { models } = requireModels(services);
    let names: readonly string[] = [];
    const receive = async () => {
      const files = await receiveDocuments(request);
      names = files.slice(0, MAX_NAMED).map(({ name }) => name);
      return files;
    };
    const imported = await models.import(receive, caller.name).catch((error: unknown) => {
      note("", { files: names, reason: asStewardError(error).message });
      throw error;
    });
    note(imported.map(({ id }) => id).join(" "), { files: names });
    return { status: 201, body: { items: imported.map((info) => presentModel(info, caller.permissions, now)) } };
  },
});

const get = route({
  method: "GET",
  path: "/data-models/{modelId}",
  id: "dataModels.get",
  summary: "See a data model and its profiles",
  action: modelPolicy.get,
  params,
  answers: { 200: { description: "The model", schema: modelSchema } },
  async handle({ params: { modelId: id }, services, caller, now }) {
    const model = await requireModel(services, id);
    const info = (await requireModels(services).models.info(id))!;
    return ok(
      presentModel(
        info,
        caller.permissions,
        now,
        model.profiles.map(({ name }) => name),
      ),
    );
  },
});

const remove = route({
  method: "DELETE",
  path: "/data-models/{modelId}",
  id: "dataModels.delete",
  summary: "Remove an imported data model",
  action: modelPolicy.delete,
  params,
  answers: { 204: { description: "Removed" } },
  async handle({ params: { modelId: id }, services, now }) {
    const { models } = requireModels(services);
    const info = await models.info(id);
    if (info === undefined) throw new StewardError("resource.notFound", `there is no data model ${id}`);
    requireState(modelPolicy.delete, info, now);
    await models.remove(id);
    return noContent;
  },
});

const tree = route({
  method: "GET",
  path: "/data-models/{modelId}/tree",
  id: "dataModels.tree",
  summary: "Walk the tree of a data model",
  action: modelPolicy.get,
  params,
  query: treeQuery,
  answers: { 200: { description: "Objects and parameters in the order of the document", schema: nodePage } },
  async handle({
    params: { modelId: id },
    query: { path, depth = "children", cursor, limit = DEFAULT_LIMIT },
    services,
  }) {
    const model = await requireModel(services, id);
    const from = path ?? (model.isService || depth === "all" ? "" : `${model.rootName}.`);
    if (from !== "" && model.object(from) === undefined) {
      throw new StewardError("resource.notFound", `${id} has no object ${from}; tables are written with {i}`);
    }
    const nodes = depth === "all" ? nodesBelow(model, from) : childrenOf(model, from);
    const page = pageOf(nodes, { cursor, limit, of: `${id} ${from} ${depth}` });
    return ok({ ...page, items: page.items.map(presentNode) });
  },
});

const search = route({
  method: "GET",
  path: "/data-models/{modelId}/search",
  id: "dataModels.search",
  summary: "Find objects and parameters by words of their names",
  action: modelPolicy.get,
  params,
  query: searchQuery,
  answers: { 200: { description: "The best matches first", schema: nodePage } },
  async handle({ params: { modelId: id }, query: { text, limit = 50 }, services }) {
    return ok({ items: searchNodes(await requireModel(services, id), text, limit).map(presentNode) });
  },
});

const diff = route({
  method: "GET",
  path: "/data-models/{modelId}/diff",
  id: "dataModels.diff",
  summary: "Compare two data models",
  action: modelPolicy.get,
  params,
  query: diffQuery,
  answers: { 200: { description: "What `to` adds, removes and changes", schema: diffPage } },
  async handle({ params: { modelId: id }, query: { to, path = "", cursor, limit = DEFAULT_LIMIT }, services }) {
    const [before, after] = await Promise.all([requireModel(services, id), requireModel(services, to)]);
    const changes = diffModels(before, after).filter((change) => change.path.startsWith(path));
    return ok({ ...pageOf(changes, { cursor, limit, of: `${id} ${to} ${path}` }), total: changes.length });
  },
});

const validate = route({
  method: "POST",
  path: "/data-models/{modelId}/validate",
  id: "dataModels.validate",
  summary: "Check what an operation would write, create, delete or set, by a data model alone",
  action: modelPolicy.validate,
  params,
  body: validateBody,
  answers: { 200: { description: "What is wrong with it", schema: findingsSchema } },
  async handle({ params: { modelId: id }, body, services }) {
    const models = new ModelSet([await requireModel(services, id)]);
    const { request, mode = "standard" } = dryRunOf(body);
    const findings = mode === "off" ? [] : checkRequest({ models, known: new KnownTree([]), mode }, request);
    return ok({ accepted: findings.every(({ severity }) => severity !== "error"), findings });
  },
});

/** What is checked, as an operation would be, and how. */
export function dryRunOf({ mode, ...body }: ValidateBody) {
  return { request: toRequest(body), mode };
}

export const modelRoutes = [list, importDocuments, get, remove, tree, search, diff, validate];
