import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { OperationDocument, OperationKind, OperationRequest } from "../../../fleet/operations/model.ts";
import { seconds } from "../../../kernel/time.ts";
import { operationKinds } from "../../../nbi/resources/operations/request-schema.ts";
import { Api, eventually, idOf, itemsOf, nextOf } from "./harness.ts";

let api: Api;
let device: string;
beforeAll(async () => {
  api = await Api.start();
  device = await api.device();
});
afterAll(() => api.stop());

const create = (body: unknown, options: { headers?: Record<string, string>; token?: string; query?: string } = {}) =>
  api.call("POST", `/devices/${device}/operations${options.query ?? ""}`, { body, ...options });

/** Carries an operation out as an adapter would. */
async function carryOut(id: string, outcome: "done" | "failed"): Promise<void> {
  const { work, operations } = api.fleet;
  const operation = (await operations.get(id)) as OperationDocument;
  const now = api.clock.now();
  await work.begin(operation, "{}", now);
  const fault = { code: "device.refused", message: "it says no", native: { code: 9002, text: "Internal error" } };
  await work.settle(
    id,
    outcome === "done" ? { state: "done", result: { status: 0 } } : { state: "failed", fault },
    now,
  );
}

const requests: Record<OperationKind, unknown> = {
  read: { kind: "read", paths: ["Device.DeviceInfo.", "Device.WiFi.Radio.*.Enable"] },
  write: {
    kind: "write",
    values: [
      { path: "Device.A.B", value: true },
      { path: "Device.A.C", value: 4, type: "unsignedInt" },
    ],
    readBack: false,
  },
  create: { kind: "create", path: "Device.NAT.PortMapping.", values: [{ path: "Enable", value: false }] },
  delete: { kind: "delete", path: "Device.NAT.PortMapping.1." },
  discover: { kind: "discover", path: "Device.", values: true },
  setAttributes: { kind: "setAttributes", attributes: [{ path: "Device.A.B", notification: 2 }] },
  readAttributes: { kind: "readAttributes", paths: ["Device.A.B"] },
  reboot: { kind: "reboot" },
  factoryReset: { kind: "factoryReset" },
  scheduleContact: { kind: "scheduleContact", delaySeconds: 30 },
  download: {
    kind: "download",
    fileType: "1 Firmware Upgrade Image",
    url: "http://files.example/fw.bin",
    password: "hush",
  },
  upload: { kind: "upload", fileType: "1 Vendor Configuration File" },
  cancelTransfer: { kind: "cancelTransfer", operationId: "0".repeat(26) },
  listTransfers: { kind: "listTransfers" },
  software: { kind: "software", operations: [{ action: "install", url: "http://files.example/a", password: "hush" }] },
  capabilities: { kind: "capabilities" },
  raw: { kind: "raw", method: "GetRPCMethods", arguments: {} },
  wake: { kind: "wake" },
};

describe("making operations", () => {
  it.each(operationKinds)("stores a %s and points to it", async (kind) => {
    const made = await create(requests[kind]);
    expect(made).toMatchObject({ status: 202, body: { deviceId: device, kind, state: "queued", request: { kind } } });
    expect(made.headers.get("location")).toBe(`/api/v1/operations/${idOf(made)}`);
    expect((await api.call("GET", `/operations/${idOf(made)}`)).body).toMatchObject({ id: idOf(made) });
    expect((await api.fleet.operations.get(idOf(made)))?.request).toMatchObject({ kind });
    expect(made.text).not.toContain("hush");
  });

  it("says by which token, and keeps the keys of two tokens of one name apart", async () => {
    const [one, other] = [await api.token(["*"]), await api.token(["*"])];
    const headers = { "Idempotency-Key": "key-of-a-token" };
    const made = await create({ kind: "reboot" }, { token: one, headers });
    const second = await create({ kind: "capabilities" }, { token: other, headers });
    expect([made.status, second.status]).toEqual([202, 202]);
    expect((await create({ kind: "reboot" }, { token: one, headers })).body["id"]).toBe(idOf(made));
    expect([made.body["createdBy"], second.body["createdBy"]]).toEqual(["tester", "tester"]);
    expect(made.body["createdByToken"]).not.toBe(second.body["createdByToken"]);
    const { body } = await api.call("GET", "/me", { token: one });
    expect(Object.values(body)).toContain(made.body["createdByToken"]);
  });

  it("keeps values exact: JSON's own and text", async () => {
    const values = [
      { path: "Device.A.Big", value: "18446744073709551615" },
      { path: "Device.A.On", value: false },
      { path: "Device.A.Zero", value: 0 },
      { path: "Device.A.Empty", value: "" },
    ];
    const made = await create({ kind: "write", values });
    const stored = (await api.fleet.operations.get(idOf(made)))!.request as OperationRequest<"write">;
    expect(stored.values.map(({ value }) => value)).toEqual(["18446744073709551615", "false", "0", ""]);
    const inexact = await create('{"kind":"write","values":[{"path":"Device.A.Big","value":18446744073709551615}]}');
    expect(inexact).toMatchObject({ status: 400, body: { errors: [{ pointer: "/values/0/value" }] } });
  });

  it("takes every character that XML has and refuses any other, which a device would get as a different one", async () => {
    const write = (value: string) => create({ kind: "write", values: [{ path: "Device.A.Text", value }] });
    expect((await write("tab\t line\r\n ]]>&< é 💥")).status).toBe(202);
    for (const value of ["a\u0000b", "\u001b", "\ud800", "\ufffe"])
      expect(await write(value)).toMatchObject({ status: 400, body: { errors: [{ pointer: "/values/0/value" }] } });
  });

  it.each<[string, unknown, string]>([
    ["an unknown kind", { kind: "explode" }, "/kind"],
    ["no kind", {}, "/kind"],
    ["another kind's field", { kind: "reboot", paths: [] }, "/paths"],
    ["a path that is none", { kind: "read", paths: ["Device..X"] }, "/paths/0"],
    ["an object in a write", { kind: "write", values: [{ path: "Device.A.", value: 1 }] }, "/values/0/path"],
    ["an object as a value", { kind: "write", values: [{ path: "Device.A", value: {} }] }, "/values/0/value"],
    ["null as a value", { kind: "write", values: [{ path: "Device.A", value: null }] }, "/values/0/value"],
    ["no values", { kind: "write", values: [] }, "/values"],
    ["a parameter to create", { kind: "create", path: "Device.A" }, "/path"],
    [
      "a notification out of range",
      { kind: "setAttributes", attributes: [{ path: "Device.A", notification: 7 }] },
      "/attributes/0/notification",
    ],
    ["an attribute without a change", { kind: "setAttributes", attributes: [{ path: "Device.A" }] }, "/attributes/0"],
    ["a file and a URL", { kind: "download", fileType: "1", fileId: "a", url: "http://a/b" }, ""],
    ["neither file nor URL", { kind: "download", fileType: "1" }, ""],
    ["a priority out of range", { kind: "wake", options: { priority: 0 } }, "/options/priority"],
    ["an expiry in the past", { kind: "wake", options: { expiresAt: "2020-01-01T00:00:00Z" } }, "/options/expiresAt"],
    ["a time without a zone", { kind: "wake", options: { notBefore: "2026-11-23T00:00:00" } }, "/options/notBefore"],
    ["a leap second", { kind: "wake", options: { expiresAt: "2099-06-30T23:59:60Z" } }, "/options/expiresAt"],
    ["a zone of hours alone", { kind: "wake", options: { expiresAt: "2099-06-30T10:00:00+01" } }, "/options/expiresAt"],
  ])("refuses %s with a pointer", async (_name, body, pointer) => {
    const answer = await create(body);
    expect(answer).toMatchObject({ status: 400, body: { code: "argument.invalid" } });
    expect((answer.body["errors"] as { pointer: string }[]).map((error) => error.pointer)).toContain(pointer);
  });

  it.each([{ kind: "restart" }, { paths: ["Device."] }])("names the kinds that there are to %j", async (body) => {
    const { status, body: problem } = await api.call("POST", `/devices/${device}/operations`, { body });
    expect(status).toBe(400);
    expect(problem["errors"]).toEqual([
      { pointer: "/kind", detail: expect.stringMatching(/^\/kind must be one of read, write, .*wake$/) },
    ]);
  });

  it("refuses a device or a file that is not there", async () => {
    expect((await api.call("POST", "/devices/nobody/operations", { body: { kind: "wake" } })).status).toBe(404);
    expect((await create({ kind: "download", fileType: "1", fileId: "nothing" })).status).toBe(404);
  });

  it("needs more than operations:write for factory resets and raw messages", async () => {
    const token = await api.token(["operations:write", "operations:read"]);
    expect((await create({ kind: "reboot" }, { token })).status).toBe(202);
    for (const [kind, permission] of [
      ["factoryReset", "operations:reset"],
      ["raw", "operations:raw"],
    ] as const) {
      expect(await create(requests[kind], { token })).toMatchObject({ status: 403, body: { details: { permission } } });
    }
  });

  it("makes one operation of two requests with the same idempotency key", async () => {
    const headers = { "idempotency-key": "order-7" };
    const first = await create({ kind: "reboot" }, { headers });
    const second = await create({ kind: "reboot" }, { headers });
    expect(idOf(second)).toBe(idOf(first));
    const other = await create({ kind: "factoryReset" }, { headers });
    expect(other).toMatchObject({ status: 409, body: { code: "idempotency.conflict" } });
    expect((await create({ kind: "reboot" }, { headers: { "idempotency-key": "a b" } })).status).toBe(400);
  });

  it("passes the options on", async () => {
    const made = await create({
      kind: "reboot",
      options: {
        priority: 7,
        wake: "nextContact",
        maxAttempts: 2,
        notBefore: "2026-11-23T00:00:00Z",
        expiresAt: "2026-11-24T00:00:00Z",
      },
    });
    expect(made.body).toMatchObject({
      priority: 7,
      wake: "nextContact",
      maxAttempts: 2,
      notBefore: "2026-11-23T00:00:00.000Z",
    });
    expect(made.body["why"]).toEqual(expect.arrayContaining([expect.objectContaining({ code: "notBefore" })]));
  });
});

describe("what the data model refuses", () => {
  it("answers 422 with the list of findings", async () => {
    const { operations } = api.fleet;
    const original = operations.create.bind(operations);
    const { StewardError } = await import("../../../kernel/errors.ts");
    operations.create = () =>
      Promise.reject(
        new StewardError("validation.failed", "the data model refuses it", {
          details: {
            findings: [
              { path: "Device.A", severity: "error", code: "range", rule: "range 1..5", expected: "1..5", given: "9" },
            ],
          },
        }),
      );
    try {
      const answer = await create({ kind: "write", values: [{ path: "Device.A", value: 9 }] });
      expect(answer).toMatchObject({ status: 422, body: { code: "validation.failed" } });
      expect(answer.body["errors"]).toEqual([
        expect.objectContaining({ path: "Device.A", rule: "range 1..5", detail: 'Device.A: range 1..5, given "9"' }),
      ]);
    } finally {
      operations.create = original;
    }
  });
});

describe("following operations", () => {
  it("answers 200 when it is finished within the wait", async () => {
    const idle = await Api.start();
    try {
      const deviceId = await idle.device();
      const pending = idle.call("POST", `/devices/${deviceId}/operations?wait=30s`, { body: { kind: "reboot" } });
      const { work, operations } = idle.fleet;
      const made = await eventually(async () => (await operations.list({ deviceId, limit: 1 })).items[0]);
      await work.begin(made, "{}", idle.clock.now());
      await work.settle(made._id, { state: "done" }, idle.clock.now());
      expect(await pending).toMatchObject({
        status: 200,
        body: { state: "done", can: { cancel: { missing: "state" } } },
      });
    } finally {
      await idle.stop();
    }
  });

  it("answers 202 with the reasons when the wait ends first", async () => {
    const pending = create({ kind: "capabilities" }, { query: "?wait=2s" });
    await eventually(() => api.clock.pending > 0);
    // Only the virtual clock can end this wait.
    await api.clock.advance(seconds(2));
    const answer = await pending;
    expect(answer.status).toBe(202);
    expect((answer.body["why"] as unknown[]).length).toBeGreaterThan(0);
  });

  it("refuses a wait that is no duration", async () => {
    expect(await create({ kind: "wake" }, { query: "?wait=soon" })).toMatchObject({
      status: 400,
      body: { errors: [{ parameter: "wait" }] },
    });
  });

  it("ends the waits when it drains", async () => {
    const draining = await Api.start();
    const deviceId = await draining.device();
    const made = await draining.call("POST", `/devices/${deviceId}/operations`, { body: { kind: "reboot" } });
    const pending = draining.call("GET", `/operations/${idOf(made)}?wait=60s`);
    await eventually(() => draining.clock.pending > 0);
    await draining.nbi.drain(draining.clock.now() + seconds(5));
    expect(await pending).toMatchObject({ status: 200, body: { state: "queued" } });
    await draining.stop();
  });

  it("lists by state and kind, of all devices and of one", async () => {
    const other = await api.device("SN-2");
    const made = await api.call("POST", `/devices/${other}/operations`, { body: { kind: "listTransfers" } });
    const ofOne = itemsOf(await api.call("GET", `/devices/${other}/operations?state=queued&kind=listTransfers`));
    expect(ofOne.map(({ id }) => id)).toEqual([idOf(made)]);
    const ofAll = itemsOf(await api.call("GET", "/operations?kind=listTransfers&kind=upload&state=queued"));
    expect(new Set(ofAll.map(({ kind }) => kind))).toEqual(new Set(["listTransfers", "upload"]));
    expect((await api.call("GET", "/operations?state=sleeping")).status).toBe(400);
  });

  it.each([
    ["state=queued&state=nonsense", "state", "the query parameter state must be one of queued, "],
    ["limit=1&limit=2", "limit", "the query parameter limit is given more than once"],
  ])("names the query parameter that is wrong in ?%s", async (query, parameter, detail) => {
    expect((await api.call("GET", `/operations?${query}`)).body).toMatchObject({
      errors: [{ parameter, detail: expect.stringContaining(detail) }],
    });
  });

  it("pages through a list", async () => {
    const whole = itemsOf(await api.call("GET", `/operations?deviceId=${device}&limit=1000`)).map(({ id }) => id);
    const paged: unknown[] = [];
    let next: string | undefined;
    do {
      const page = await api.call(
        "GET",
        `/operations?deviceId=${device}&limit=7${next === undefined ? "" : `&cursor=${next}`}`,
      );
      paged.push(...itemsOf(page).map(({ id }) => id));
      next = nextOf(page);
    } while (next !== undefined);
    expect(paged).toEqual(whole);
  });

  it("says why the device and the operation wait", async () => {
    const made = await create({ kind: "readAttributes", paths: ["Device.X"] });
    for (const path of [`/operations/${idOf(made)}/why`, `/devices/${device}/why`]) {
      const { reasons } = (await api.call("GET", path)).body as { reasons: { code: string; since: string }[] };
      expect(reasons.length).toBeGreaterThan(0);
      expect(reasons[0]).toMatchObject({ code: expect.any(String), since: expect.stringMatching(/Z$/) });
    }
  });
});

describe("cancelling and retrying", () => {
  it("cancels a queued operation at once, and only once", async () => {
    const id = idOf(await create({ kind: "reboot" }));
    expect(await api.call("POST", `/operations/${id}/cancel`)).toMatchObject({
      status: 200,
      body: { state: "cancelled" },
    });
    expect(await api.call("POST", `/operations/${id}/cancel`)).toMatchObject({
      status: 409,
      body: { code: "state.conflict" },
    });
  });

  it("asks for the cancellation of one that is with the device", async () => {
    const id = idOf(await create({ kind: "reboot" }));
    await api.fleet.work.begin((await api.fleet.operations.get(id))!, "{}", api.clock.now());
    expect(await api.call("POST", `/operations/${id}/cancel`)).toMatchObject({
      status: 202,
      body: { state: "active", cancelRequested: true, can: { cancel: { missing: "state" } } },
    });
    await api.fleet.work.settle(id, { state: "done" }, api.clock.now());
  });

  it("retries a failed operation as a new one, and no other", async () => {
    const id = idOf(await create({ kind: "reboot" }));
    expect((await api.call("POST", `/operations/${id}/retry`)).status).toBe(409);
    await carryOut(id, "failed");
    const failed = await api.call("GET", `/operations/${id}`);
    expect(failed.body).toMatchObject({ state: "failed", fault: { native: { code: 9002 } }, can: { retry: true } });
    const again = await api.call("POST", `/operations/${id}/retry`);
    expect(again).toMatchObject({ status: 202, body: { state: "queued", kind: "reboot" } });
    expect(idOf(again)).not.toBe(id);
  });

  it("retries a factory reset only for who may make one", async () => {
    const id = idOf(await create({ kind: "factoryReset" }));
    await carryOut(id, "failed");
    const token = await api.token(["operations:read", "operations:write"]);
    expect((await api.call("GET", `/operations/${id}`, { token })).body["can"]).toMatchObject({
      retry: { missing: "permission", permission: "operations:reset" },
    });
    expect((await api.call("POST", `/operations/${id}/retry`, { token })).status).toBe(403);
  });
});
