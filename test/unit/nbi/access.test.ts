import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { days } from "../../../kernel/time.ts";
import type { FailedJob } from "../../../platform/queue/port.ts";
import { Api, idOf, itemsOf } from "./harness.ts";

let api: Api;
const failed: FailedJob[] = [
  { id: "j1", data: { deviceId: "d", password: "hush" }, attempts: 3, error: "refused", failedAt: 0 },
];
beforeAll(async () => {
  api = await Api.start({
    queues: [
      {
        name: "wake",
        counts: () => Promise.resolve({ waiting: 1, delayed: 2, active: 0, failed: 1, oldestDueAt: 0 }),
        failed: (limit) => Promise.resolve(failed.slice(0, limit)),
        retry: (id) => Promise.resolve(id === "j1"),
      },
    ],
  });
});
afterAll(() => api.stop());

describe("setup", () => {
  it("exchanges the setup token for an administrator's token, once", async () => {
    const setupToken = (await api.fleet.access.setup.prepare())!;
    const body = { setupToken, name: "first" };
    const made = await api.call("POST", "/setup", { token: "", body });
    expect(made).toMatchObject({ status: 201, body: { name: "first", permissions: ["*"] } });
    const me = await api.call("GET", "/me", { token: String(made.body["secret"]) });
    expect(me.body).toEqual({ name: "first", permissions: ["*"], tokenId: idOf(made) });
    expect(await api.call("POST", "/setup", { token: "", body })).toMatchObject({
      status: 401,
      body: { code: "authentication.required" },
    });
  });

  it("refuses a wrong token, and soon says to slow down", async () => {
    const strict = await Api.start({ limits: { refusalsPerMinute: 3 } });
    try {
      await strict.fleet.access.setup.prepare();
      const attempt = () => strict.call("POST", "/setup", { token: "", body: { setupToken: "guess" } });
      for (let n = 0; n < 3; n++) expect((await attempt()).status).toBe(401);
      const limited = await attempt();
      expect(limited).toMatchObject({ status: 429, body: { code: "rate.limited" } });
      expect(Number(limited.headers.get("retry-after"))).toBeGreaterThan(0);
      expect((await strict.call("GET", "/me")).status).toBe(200);
    } finally {
      await strict.stop();
    }
  });
});

describe("tokens", () => {
  it("shows a token once, lists it without, and revokes it", async () => {
    const made = await api.call("POST", "/tokens", {
      body: { name: "oss", permissions: ["devices:read", "events:*"] },
    });
    const secret = String(made.body["secret"]);
    expect(made.status).toBe(201);
    expect((await api.call("GET", "/me", { token: secret })).body).toMatchObject({ name: "oss" });
    const listed = await api.call("GET", "/tokens");
    expect(listed.text).not.toContain(secret);
    expect(itemsOf(listed)).toContainEqual(
      expect.objectContaining({ id: idOf(made), hint: secret.slice(-4), can: { revoke: true } }),
    );
    expect((await api.call("DELETE", `/tokens/${idOf(made)}`)).status).toBe(204);
    expect((await api.call("GET", "/me", { token: secret })).status).toBe(401);
    expect((await api.call("DELETE", `/tokens/${idOf(made)}`)).status).toBe(409);
    expect((await api.call("DELETE", "/tokens/nothing")).status).toBe(404);
  });

  it("keeps the last one that may do everything, since nobody could make one again", async () => {
    const alone = await Api.start();
    try {
      const mine = String((await alone.call("GET", "/me")).body["tokenId"]);
      const manager = await alone.token(["tokens:write"]);
      const verdict = async () => itemsOf(await alone.call("GET", "/tokens")).find(({ id }) => id === mine)?.["can"];
      expect(await verdict()).toEqual({ revoke: { missing: "state", reason: expect.stringContaining("last one") } });
      for (const token of [undefined, manager])
        expect((await alone.call("DELETE", `/tokens/${mine}`, { token })).status).toBe(409);
      const body = { name: "second", permissions: ["*"] };
      const passing = await alone.call("POST", "/tokens", { body: { ...body, expiresAt: "2099-01-01T00:00:00Z" } });
      expect(passing).toMatchObject({ status: 201, body: { can: { revoke: true } } });
      expect((await alone.call("DELETE", `/tokens/${mine}`)).status).toBe(409);
      const second = await alone.call("POST", "/tokens", { body });
      expect(await verdict()).toEqual({ revoke: true });
      expect((await alone.call("DELETE", `/tokens/${idOf(second)}`)).status).toBe(204);
    } finally {
      await alone.stop();
    }
  });

  it("hands out no permission that the maker does not hold, and none that does not exist", async () => {
    const token = await api.token(["tokens:write", "devices:read", "events:*"]);
    const attempt = (permissions: string[]) => api.call("POST", "/tokens", { token, body: { name: "x", permissions } });
    for (const wanted of ["*", "devices:*", "devices:write"]) {
      expect(await attempt([wanted])).toMatchObject({ status: 403, body: { details: { permission: wanted } } });
    }
    expect(await attempt(["events:read", "events:*", "devices:read"])).toMatchObject({ status: 201 });
    expect(await attempt(["devices:explode"])).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: "/permissions/0" }] },
    });
  });

  it("ends with its expiry", async () => {
    const expiresAt = new Date(api.clock.now() + days(1)).toISOString();
    const made = await api.call("POST", "/tokens", { body: { name: "short", permissions: ["*"], expiresAt } });
    const token = String(made.body["secret"]);
    expect((await api.call("GET", "/me", { token })).status).toBe(200);
    await api.clock.advance(days(1));
    expect((await api.call("GET", "/me", { token })).status).toBe(401);
    expect((await api.call("POST", "/tokens", { body: { name: "late", permissions: ["*"], expiresAt } })).status).toBe(
      400,
    );
  });
});

describe("credentials", () => {
  it("sets, lists and deletes them, and never returns a secret", async () => {
    const device = await api.device();
    const body = { scope: { deviceId: device }, purpose: "authentication", username: "cpe-1", secret: "very-secret" };
    const made = await api.call("PUT", "/credentials", { body });
    expect(made).toMatchObject({
      status: 200,
      body: { username: "cpe-1", scope: { endpointKey: "cwmp:00D09E-GW-SN-1" } },
    });
    const again = await api.call("PUT", "/credentials", { body: { ...body, secret: "changed-secret" } });
    expect(idOf(again)).toBe(idOf(made));
    expect((await api.fleet.credentials.findForAuthentication("cpe-1")).map(({ secret }) => secret)).toEqual([
      "changed-secret",
    ]);
    const listed = await api.call("GET", `/credentials?deviceId=${device}`);
    expect(itemsOf(listed)).toHaveLength(1);
    expect(made.text + again.text + listed.text).not.toMatch(/secret"?:|very-secret|changed-secret|sealed/);
    expect((await api.call("DELETE", `/credentials/${idOf(made)}`)).status).toBe(204);
    expect((await api.call("DELETE", `/credentials/${idOf(made)}`)).status).toBe(404);
  });

  it("refuses an endpoint key without its protocol, under which no device would ever be found", async () => {
    const body = { purpose: "authentication", username: "gw", secret: "s" };
    const put = (endpointKey: string) => api.call("PUT", "/credentials", { body: { ...body, scope: { endpointKey } } });
    expect(await put("00D0FF-GW-SN1")).toMatchObject({ status: 400, body: { code: "argument.invalid" } });
    expect((await put("cwmp:00D0FF-GW-SN1")).status).toBe(200);
  });

  it("takes a group's", async () => {
    const scope = { group: "acme", identity: { oui: "00D09E" } };
    const made = await api.call("PUT", "/credentials", {
      body: { scope, purpose: "connectionRequest", username: "acs", secret: "s" },
    });
    expect(made).toMatchObject({ status: 200, body: { scope } });
    expect(
      (
        await api.call("PUT", "/credentials", {
          body: { scope: {}, purpose: "authentication", username: "a", secret: "s" },
        })
      ).status,
    ).toBe(400);
  });
});

describe("the audit log", () => {
  it("tells who did what to which, with the request's id, and no secret", async () => {
    const token = await api.token(["*"], "auditor");
    const device = await api.device("AUDIT");
    await api.call("PATCH", `/devices/${device}`, {
      token,
      body: { alias: "x" },
      headers: { "x-request-id": "req-1" },
    });
    await api.call("PUT", "/credentials", {
      token,
      body: { scope: { deviceId: device }, purpose: "authentication", username: "u", secret: "very-secret" },
    });
    await api.call("DELETE", "/files/nothing", { token });
    await api.call("GET", "/devices", { token });
    await api.call("PATCH", `/devices/${device}`, { token, body: { nonsense: 1 } });
    const { body, text } = await api.call("GET", "/audit?by=auditor");
    expect(
      (body["items"] as { action: string; outcome: string }[]).map(({ action, outcome }) => [action, outcome]),
    ).toEqual([
      ["files.delete", "refused"],
      ["credentials.put", "done"],
      ["devices.update", "done"],
    ]);
    expect((body["items"] as unknown[])[2]).toMatchObject({
      target: device,
      requestId: "req-1",
      details: { patch: { alias: "x" } },
      remoteAddress: "127.0.0.1",
    });
    expect(text).not.toContain("very-secret");
  });

  it("acknowledges no write that it does not have", async () => {
    const { audit } = api.fleet.access;
    const original = audit.append.bind(audit);
    const { StewardError } = await import("../../../kernel/errors.ts");
    audit.append = () => Promise.reject(new StewardError("engine.unavailable", "the store cannot be reached"));
    try {
      expect((await api.call("POST", "/tokens", { body: { name: "x", permissions: ["*"] } })).status).toBe(503);
      expect((await api.call("GET", "/me")).status).toBe(200);
    } finally {
      audit.append = original;
    }
  });
});

describe("the system", () => {
  it("shows health with reasons to whoever may see them", async () => {
    expect((await api.call("GET", "/system/health")).body).toMatchObject({
      ok: true,
      version: "0.0.0-test",
      checks: { store: { ok: true } },
    });
  });

  it("shows queues and failed jobs, secrets masked, and puts a job back", async () => {
    expect(itemsOf(await api.call("GET", "/system/queues"))).toEqual([
      { name: "wake", waiting: 1, delayed: 2, active: 0, failed: 1, oldestDueAt: "1970-01-01T00:00:00.000Z" },
    ]);
    const jobs = await api.call("GET", "/system/queues/wake/failed");
    expect(itemsOf(jobs)).toEqual([
      expect.objectContaining({ id: "j1", error: "refused", data: { deviceId: "d", password: "[masked]" } }),
    ]);
    expect((await api.call("POST", "/system/queues/wake/failed/j1/retry")).status).toBe(204);
    expect((await api.call("POST", "/system/queues/wake/failed/j2/retry")).status).toBe(404);
    expect((await api.call("GET", "/system/queues/none/failed")).status).toBe(404);
  });
});
