import type { ParameterRecord } from "../../../fleet/parameters/model.ts";
import { comparePaths } from "../../../kernel/path.ts";
import { defined } from "../../http/defined.ts";
import { invalid } from "../../http/problem.ts";
import { noContent, ok, route } from "../../http/route.ts";
import { requireDevice } from "../devices/find.ts";
import { parameterPolicy } from "./policy.ts";
import { presentParameter } from "./presenter.ts";
import { genericPathSchema, parameterPage, parameterQuery, searchableSchema } from "./schema.ts";

const DEFAULT_PAGE = 1000;

const encodeCursor = (path: string): string => Buffer.from(path).toString("base64url");

function decodeCursor(cursor: string): string {
  const path = Buffer.from(cursor, "base64url").toString();
  if (path === "" || encodeCursor(path) !== cursor) {
    throw invalid([{ parameter: "cursor", detail: "the cursor is not one of ours" }]);
  }
  return path;
}

/** The part of a tree in its order that comes after the cursor. */
function pageOf(records: readonly ParameterRecord[], cursor: string | undefined, limit: number) {
  const after = cursor === undefined ? undefined : decodeCursor(cursor);
  const found = after === undefined ? 0 : records.findIndex(({ path }) => comparePaths(path, after) > 0);
  const start = found < 0 ? records.length : found;
  const items = records.slice(start, start + limit);
  const next = start + limit < records.length ? encodeCursor(items.at(-1)!.path) : undefined;
  return { items, next };
}

const read = route({
  method: "GET",
  path: "/devices/{deviceId}/parameters",
  id: "parameters.read",
  summary: "Read what is known of a device's parameters, in the order of its tree; nothing is asked of the device",
  action: parameterPolicy.read,
  query: parameterQuery,
  answers: { 200: { description: "Values with their age and state", schema: parameterPage } },
  async handle({ params, query: { path = [], cursor, limit = DEFAULT_PAGE }, services }) {
    const device = await requireDevice(services, params.deviceId);
    const records = await services.fleet.parameters.read(device, path);
    const { items, next } = pageOf(records, cursor, limit);
    const facts = await services.facts?.describe(
      device,
      items.map((record) => record.path),
    );
    return ok(
      defined({
        items: items.map((record) => presentParameter(record, facts?.get(record.path))),
        total: records.length,
        next,
      }),
    );
  },
});

const searchable = route({
  method: "GET",
  path: "/searchable-parameters",
  id: "searchableParameters.list",
  summary: "List the parameters whose values devices can be filtered by",
  action: parameterPolicy.searchable,
  answers: { 200: { description: "Names of the data model", schema: searchableSchema } },
  async handle({ services }) {
    return ok({ items: [...(await services.fleet.parameters.searchable())] });
  },
});

const makeSearchable = route({
  method: "PUT",
  path: "/searchable-parameters/{path}",
  id: "searchableParameters.add",
  summary: "Index a parameter's values, those known already too",
  action: parameterPolicy.makeSearchable,
  params: { path: genericPathSchema },
  answers: { 204: { description: "Its values can be filtered by" } },
  async handle({ params, services }) {
    await services.fleet.parameters.makeSearchable(params.path);
    return noContent;
  },
});

const stopSearchable = route({
  method: "DELETE",
  path: "/searchable-parameters/{path}",
  id: "searchableParameters.remove",
  summary: "Drop the index over a parameter's values",
  action: parameterPolicy.stopSearchable,
  params: { path: genericPathSchema },
  answers: { 204: { description: "Dropped" } },
  async handle({ params, services }) {
    await services.fleet.parameters.stopSearchable(params.path);
    return noContent;
  },
});

export const parameterRoutes = [read, searchable, makeSearchable, stopSearchable];
