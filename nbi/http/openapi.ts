import { permissions } from "../permissions.ts";
import { problemSchema } from "./problem.ts";
import { type Answer, type Route, route } from "./route.ts";
import { id, type JsonSchema, type Schema } from "./schema.ts";

type Json = Record<string, unknown>;

/** Replaces named schemas by references and gathers them. */
class Components {
  readonly schemas: Record<string, Json> = {};
  readonly #sources = new Map<string, string>();

  refer(schema: JsonSchema): Json {
    const { title } = schema;
    if (title === undefined) return this.#inside(schema);
    const source = JSON.stringify(schema);
    const known = this.#sources.get(title);
    if (known !== undefined && known !== source) throw new Error(`two schemas are called ${title}`);
    if (known === undefined) {
      this.#sources.set(title, source);
      this.schemas[title] = this.#inside(schema);
    }
    return { $ref: `#/components/schemas/${title}` };
  }

  #inside(schema: JsonSchema): Json {
    const { properties, items, oneOf, anyOf, additionalProperties, ...rest } = schema;
    const each = (list: readonly JsonSchema[]): Json[] => list.map((inner) => this.refer(inner));
    return {
      ...rest,
      ...(properties && {
        properties: Object.fromEntries(Object.entries(properties).map(([name, inner]) => [name, this.refer(inner)])),
      }),
      ...(items && { items: this.refer(items) }),
      ...(oneOf && { oneOf: each(oneOf) }),
      ...(anyOf && { anyOf: each(anyOf) }),
      ...(additionalProperties !== undefined && {
        additionalProperties:
          typeof additionalProperties === "boolean" ? additionalProperties : this.refer(additionalProperties),
      }),
    };
  }
}

const headerSchemas: Readonly<Record<string, { description: string; schema: JsonSchema }>> = {
  "If-Match": {
    description: "The ETag that the change is meant for; 412 when it has changed",
    schema: { type: "string" },
  },
  "Idempotency-Key": {
    description: "The same key makes no second operation; 409 when the request differs",
    schema: { type: "string", minLength: 1, maxLength: 128 },
  },
};

function parametersOf({ path, params = {}, query, headers = [] }: Route, components: Components): Json[] {
  const forms: Readonly<Record<string, Schema | undefined>> = params;
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: components.refer(forms[name!] ?? id),
  }));
  const inQuery = Object.entries(query?.properties ?? {}).map(([name, schema]) => ({
    name,
    in: "query",
    required: query?.required?.includes(name) ?? false,
    schema: components.refer(schema),
  }));
  const inHeader = headers.map((name) => ({ name, in: "header", required: false, ...headerSchemas[name] }));
  return [...inPath, ...inQuery, ...inHeader];
}

function bodyOf({ body, bodyOptional = false, upload }: Route, components: Components): Json {
  if (upload !== undefined) {
    const content = Object.entries(upload).map(([mediaType, schema]) => [
      mediaType,
      { schema: components.refer(schema) },
    ]);
    return { requestBody: { required: true, content: Object.fromEntries(content) } };
  }
  if (body === undefined) return {};
  return {
    requestBody: { required: !bodyOptional, content: { "application/json": { schema: components.refer(body) } } },
  };
}

function answerOf({ description, schema, mediaType }: Answer, components: Components): Json {
  const content =
    schema === undefined
      ? mediaType && { schema: { type: "string", format: "binary" } }
      : { schema: components.refer(schema) };
  return { description, ...(content && { content: { [mediaType ?? "application/json"]: content } }) };
}

function operationOf(spec: Route, components: Components): Json {
  const { permission, also } = spec.action;
  const isPublic = permission === "public";
  const parameters = parametersOf(spec, components);
  const answers = Object.entries(spec.answers).map(([status, answer]) => [status, answerOf(answer, components)]);
  return {
    operationId: spec.id,
    summary: spec.summary,
    tags: [spec.id.slice(0, spec.id.indexOf("."))],
    ...(isPublic ? { security: [] } : { "x-permission": also === undefined ? permission : [permission, also] }),
    ...(parameters.length > 0 && { parameters }),
    ...bodyOf(spec, components),
    responses: { ...Object.fromEntries(answers), default: { $ref: "#/components/responses/Problem" } },
  };
}

/** The OpenAPI 3.1 document of the routes; nothing in it is written by hand a second time. */
export function openApiDocument(routes: readonly Route[], version: string): Json {
  const components = new Components();
  const problem = components.refer(problemSchema);
  const paths: Record<string, Json> = {};
  for (const spec of routes) {
    const path = (paths[spec.path] ??= {});
    path[spec.method.toLowerCase()] = operationOf(spec, components);
  }
  return {
    openapi: "3.1.0",
    info: { title: "Steward", version, description: "Northbound API of the Steward device-management server" },
    servers: [{ url: "/api/v1" }],
    security: [{ bearer: [] }],
    paths,
    components: {
      schemas: components.schemas,
      responses: {
        Problem: { description: "RFC 9457 problem", content: { "application/problem+json": { schema: problem } } },
      },
      securitySchemes: { bearer: { type: "http", scheme: "bearer", description: "An API token" } },
    },
    "x-permissions": permissions,
  };
}

/** Adds the route that serves the document, which describes itself too. */
export function withOpenApi(routes: readonly Route[], version: string): readonly Route[] {
  const own = route({
    method: "GET",
    path: "/openapi.json",
    id: "openapi.get",
    summary: "This API as an OpenAPI 3.1 document",
    action: { permission: "authenticated" },
    answers: { 200: { description: "The document", schema: { type: "object" } } },
    handle: () => Promise.resolve({ status: 200, body: document }),
  });
  const all = [...routes, own];
  const document = openApiDocument(all, version);
  return all;
}
