import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { openApiDocument, withOpenApi } from "../../../nbi/http/openapi.ts";
import type { Route } from "../../../nbi/http/route.ts";
import { Validator } from "../../../nbi/http/validator.ts";
import { permissionNames } from "../../../nbi/permissions.ts";
import { routes } from "../../../nbi/resources/index.ts";
import { Api } from "./harness.ts";

const table = withOpenApi(routes, "test");
const document = openApiDocument(table, "test") as { paths: Record<string, Record<string, Record<string, unknown>>> };
const cases = table.map((route): [string, Route] => [`${route.method} ${route.path}`, route]);
const pathOf = ({ path }: Route): string => path.replace(/\{\w+\}/g, "x");

let api: Api;
beforeAll(async () => {
  api = await Api.start({ limits: { requestsPerSecond: 1e6, requestBurst: 1e6, refusalsPerMinute: 1e6 } });
});
afterAll(() => api.stop());

describe("the route table", () => {
  it("has unique ids in the form resource.verb and unique routes", () => {
    const ids = table.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !/^[a-zA-Z]+\.[a-zA-Z]+$/.test(id))).toEqual([]);
    expect(new Set(cases.map(([name]) => name)).size).toBe(cases.length);
  });

  it("makes nothing but the setup public", () => {
    expect(table.filter(({ action }) => action.permission === "public").map(({ id }) => id)).toEqual(["setup.consume"]);
  });

  it.each(cases)("%s has a policy, schemas that compile, and an OpenAPI entry", (_name, route) => {
    const { permission } = route.action;
    expect(["authenticated", "public", ...permissionNames]).toContain(permission);
    const validator = new Validator();
    if (route.query !== undefined) validator.mistakes("query", route.query, {});
    if (route.body !== undefined) validator.mistakes("body", route.body, {});
    for (const { schema } of Object.values(route.answers))
      if (schema !== undefined) validator.mistakes("body", schema, {});
    if (["POST", "PUT", "PATCH"].includes(route.method) && route.body === undefined) {
      expect(route.upload !== undefined || /cancel$|retry$|\{path\}$/.test(route.path)).toBe(true);
    }
    if (route.body !== undefined) {
      expect(route.body.additionalProperties === false || route.body.discriminator !== undefined).toBe(true);
    }
    const entry = document.paths[route.path]?.[route.method.toLowerCase()];
    expect(entry).toMatchObject({ operationId: route.id, summary: expect.any(String) });
    expect(Object.keys(entry!["responses"] as object)).toEqual(
      expect.arrayContaining([...Object.keys(route.answers), "default"]),
    );
  });
});

describe("the gate", () => {
  const guarded = cases.filter(([, { action }]) => action.permission !== "public");
  it.each(guarded)("%s refuses without a token", async (_name, route) => {
    const answer = await api.call(route.method, pathOf(route), { token: "" });
    expect(answer).toMatchObject({ status: 401, body: { code: "authentication.required" } });
    expect(answer.headers.get("www-authenticate")).toMatch(/^Bearer/);
  });

  it.each(guarded)("%s refuses a token that nobody made", async (_name, route) => {
    const answer = await api.call(route.method, pathOf(route), { token: "stw_00000000000000000000000000000000" });
    expect(answer).toMatchObject({ status: 401, body: { code: "authentication.required" } });
  });

  const permitted = guarded.filter(([, { action }]) => action.permission !== "authenticated");
  it.each(permitted)("%s refuses a token with every permission but its own", async (_name, route) => {
    const { permission } = route.action;
    const token = await api.token(permissionNames.filter((name) => name !== permission));
    const answer = await api.call(route.method, pathOf(route), { token });
    expect(answer).toMatchObject({ status: 403, body: { code: "permission.missing", details: { permission } } });
  });

  it("records a refused write in the audit log, and no refused read", async () => {
    const token = await api.token(["events:read"], "curious");
    await api.call("DELETE", "/devices/x", { token });
    await api.call("GET", "/devices/x", { token });
    const { body } = await api.call("GET", "/audit?by=curious");
    expect(body["items"]).toEqual([
      expect.objectContaining({
        action: "devices.delete",
        target: "x",
        outcome: "refused",
        details: { code: "permission.missing" },
      }),
    ]);
  });
});
