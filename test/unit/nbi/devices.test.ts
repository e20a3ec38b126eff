import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { minutes } from "../../../kernel/time.ts";
import { Api, idOf, itemsOf } from "./harness.ts";

let api: Api;
beforeAll(async () => {
  api = await Api.start();
});
afterAll(() => api.stop());

const identity = (serialNumber: string) => ({ identity: { oui: "00d09e", productClass: "GW", serialNumber } });

describe("devices", () => {
  it("pre-provisions a device that binds at its first contact", async () => {
    const made = await api.call("POST", "/devices", {
      body: { ...identity("PRE-1"), alias: "front door", tags: ["vip"] },
    });
    expect(made.status).toBe(201);
    expect(made.headers.get("location")).toBe(`/api/v1/devices/${idOf(made)}`);
    expect(made.body).toMatchObject({
      admission: "preprovisioned",
      online: "never",
      identity: { oui: "00D09E" },
      version: 1,
    });
    expect(await api.device("PRE-1")).toBe(idOf(made));
    const seen = await api.call("GET", `/devices/${idOf(made)}`);
    expect(seen.body).toMatchObject({
      admission: "active",
      online: "online",
      alias: "front door",
      contact: { remoteAddress: "192.0.2.7" },
    });
  });

  it("refuses a device that is known already", async () => {
    await api.call("POST", "/devices", { body: identity("TWICE") });
    expect(await api.call("POST", "/devices", { body: identity("TWICE") })).toMatchObject({
      status: 409,
      body: { code: "state.conflict" },
    });
  });

  it("lists by filter, in pages, in order", async () => {
    for (const serial of ["L-1", "L-2", "L-3"])
      await api.call("POST", "/devices", { body: { ...identity(serial), tags: ["listed"] } });
    const serials = (answer: { body: Record<string, unknown> }) =>
      (answer.body["items"] as { identity: { serialNumber: string } }[]).map((item) => item.identity.serialNumber);
    const first = await api.call("GET", "/devices?filter=tag:listed&sort=serialNumber&limit=2");
    expect(serials(first)).toEqual(["L-1", "L-2"]);
    const second = await api.call(
      "GET",
      `/devices?filter=tag:listed&sort=serialNumber&limit=2&cursor=${String(first.body["next"])}`,
    );
    expect(serials(second)).toEqual(["L-3"]);
    expect(second.body).not.toHaveProperty("next");
    expect((await api.call("GET", "/devices/count?filter=tag:listed")).body).toEqual({ count: 3, exact: true });
  });

  it("answers a filter's mistake with its place and what was expected", async () => {
    const unreadable = await api.call("GET", "/devices?filter=model:");
    expect(unreadable).toMatchObject({
      status: 400,
      body: { code: "filter.invalid", details: { offset: 6, expected: expect.stringMatching(/value/) } },
    });
    const unknown = await api.call("GET", "/devices?filter=a%20nonsense:1");
    expect(unknown).toMatchObject({ status: 400, body: { code: "filter.invalid", details: { offset: 2 } } });
  });

  it("refuses a cursor that is not ours", async () => {
    expect((await api.call("GET", "/devices?cursor=nonsense")).status).toBe(400);
  });

  it("refuses the cursor of another list, filter or order instead of skipping items", async () => {
    for (const serial of ["CU-1", "CU-2"]) await api.call("POST", "/devices", { body: identity(serial) });
    const { body } = await api.call("GET", "/devices?limit=1&sort=serialNumber");
    const cursor = String(body["next"]);
    for (const list of [
      "/devices?sort=-lastContact&",
      "/devices?sort=serialNumber&filter=CU-2&",
      "/events?",
      "/audit?",
    ])
      expect(await api.call("GET", `${list}cursor=${cursor}`)).toMatchObject({
        status: 400,
        body: { code: "argument.invalid", errors: [{ parameter: "cursor" }] },
      });
    expect((await api.call("GET", `/devices?limit=2&sort=serialNumber&cursor=${cursor}`)).status).toBe(200);
  });

  it("changes what its operator decides, guarded by the ETag", async () => {
    const id = idOf(await api.call("POST", "/devices", { body: { ...identity("PATCH"), alias: "old" } }));
    const etag = (await api.call("GET", `/devices/${id}`)).headers.get("etag")!;
    const changed = await api.call("PATCH", `/devices/${id}`, {
      body: { alias: null, tags: ["a"], holdUntil: "2026-11-23T00:00:00Z", informIntervalSeconds: 300 },
      headers: { "if-match": etag },
    });
    expect(changed.body).toMatchObject({
      tags: ["a"],
      holdUntil: "2026-11-23T00:00:00.000Z",
      informIntervalSeconds: 300,
      version: 2,
    });
    expect(changed.body).not.toHaveProperty("alias");
    const late = await api.call("PATCH", `/devices/${id}`, { body: { alias: "new" }, headers: { "if-match": etag } });
    expect(late).toMatchObject({ status: 412, body: { code: "precondition.failed" } });
    const odd = await api.call("PATCH", `/devices/${id}`, {
      body: { alias: "new" },
      headers: { "if-match": "W/nonsense" },
    });
    expect(odd.status).toBe(412);
  });

  it("names every mistake of a body by its pointer", async () => {
    const answer = await api.call("POST", "/devices", {
      body: { identity: { oui: "xyz", productClass: "GW", serial: 1 }, colour: "red", tags: ["a", "a b"] },
    });
    expect(answer).toMatchObject({ status: 400, body: { code: "argument.invalid" } });
    const pointers = (answer.body["errors"] as { pointer: string }[]).map(({ pointer }) => pointer);
    expect(pointers).toEqual(
      expect.arrayContaining(["/colour", "/identity/oui", "/identity/serial", "/identity/serialNumber", "/tags/1"]),
    );
  });

  it("deletes a device with its trace, and knows it no more", async () => {
    const id = await api.device("GONE");
    api.traces.set(id, ["<Inform/>"]);
    expect((await api.call("DELETE", `/devices/${id}`)).status).toBe(204);
    expect(api.traces.has(id)).toBe(false);
    expect((await api.call("GET", `/devices/${id}`)).status).toBe(404);
    expect((await api.call("DELETE", `/devices/${id}`)).status).toBe(404);
  });

  it("says what can be done, and what is missing for the rest", async () => {
    const id = await api.device("CAN");
    const reader = await api.token(["devices:read", "operations:write"]);
    const { body } = await api.call("GET", `/devices/${id}`, { token: reader });
    expect(body["can"]).toMatchObject({
      "operations.reboot": true,
      "operations.factoryReset": { missing: "permission", permission: "operations:reset" },
      delete: { missing: "permission", permission: "devices:delete" },
    });
    await api.call("PATCH", `/devices/${id}`, { body: { admission: "rejected" } });
    const rejected = await api.call("GET", `/devices/${id}`);
    expect(rejected.body["can"]).toMatchObject({ "operations.reboot": { missing: "state" }, update: true });
    const refused = await api.call("POST", `/devices/${id}/operations`, { body: { kind: "reboot" } });
    expect(refused).toMatchObject({ status: 409, body: { code: "state.conflict" } });
  });
});

describe("parameters", () => {
  it("shows values with type, age, source and state, in the order of the tree", async () => {
    const id = await api.device("PARAM");
    const { body } = await api.call(
      "GET",
      `/devices/${id}/parameters?path=Device.DeviceInfo.&path=Device.WiFi.Radio.*.Enable`,
    );
    expect(body).toMatchObject({ total: 3 });
    expect(body["items"]).toEqual([
      expect.objectContaining({
        path: "Device.DeviceInfo.SoftwareVersion",
        value: "1.2.3",
        type: "string",
        source: "inform",
        state: "seen",
      }),
      expect.objectContaining({ path: "Device.DeviceInfo.UpTime", value: 42, readAt: "2026-11-22T12:00:00.000Z" }),
      expect.objectContaining({ path: "Device.WiFi.Radio.1.Enable", value: false, type: "boolean" }),
    ]);
  });

  it("pages through a tree", async () => {
    const id = await api.device("PAGES");
    const paths: unknown[] = [];
    let next: string | undefined = "";
    while (next !== undefined) {
      const { body } = await api.call(
        "GET",
        `/devices/${id}/parameters?limit=1${next === "" ? "" : `&cursor=${next}`}`,
      );
      paths.push(...(body["items"] as { path: string }[]).map(({ path }) => path));
      next = body["next"] as string | undefined;
    }
    expect(paths).toEqual([
      "Device.DeviceInfo.SoftwareVersion",
      "Device.DeviceInfo.UpTime",
      "Device.WiFi.Radio.1.Enable",
    ]);
    expect((await api.call("GET", `/devices/${id}/parameters?cursor=%21`)).status).toBe(400);
    expect((await api.call("GET", `/devices/${id}/parameters?path=Device..X`)).status).toBe(400);
  });

  it("adds what the data model says, and keeps a hidden value to itself", async () => {
    const facts = new Map([
      ["Device.DeviceInfo.UpTime", { unit: "seconds", type: "unsignedInt" }],
      ["Device.DeviceInfo.SoftwareVersion", { hidden: true }],
    ]);
    const modelled = await Api.start({ facts: { describe: () => Promise.resolve(facts) } });
    try {
      const id = await modelled.device();
      const items = itemsOf(await modelled.call("GET", `/devices/${id}/parameters?path=Device.DeviceInfo.`));
      expect(items[1]).toMatchObject({ value: 42, model: { unit: "seconds" } });
      expect(items[0]).not.toHaveProperty("value");
    } finally {
      await modelled.stop();
    }
  });

  it("makes a parameter searchable, filters by it, and stops", async () => {
    const id = await api.device("SEARCH");
    const path = encodeURIComponent("Device.WiFi.Radio.{i}.Enable");
    expect((await api.call("PUT", `/searchable-parameters/${path}`)).status).toBe(204);
    expect((await api.call("GET", "/searchable-parameters")).body).toEqual({ items: ["Device.WiFi.Radio.{i}.Enable"] });
    const found = await api.call("GET", `/devices?filter=${encodeURIComponent("Device.WiFi.Radio.*.Enable:0 SEARCH")}`);
    expect(itemsOf(found)).toEqual([expect.objectContaining({ id })]);
    expect((await api.call("DELETE", `/searchable-parameters/${path}`)).status).toBe(204);
    expect((await api.call("GET", "/searchable-parameters")).body).toEqual({ items: [] });
  });
});

describe("events", () => {
  it("reads on from an id, oldest first", async () => {
    const id = await api.device("EVENTS");
    const all = itemsOf(await api.call("GET", `/devices/${id}/events?order=oldestFirst`));
    expect(all.map(({ type }) => type)).toEqual(expect.arrayContaining(["device.created", "device.booted"]));
    const rest = itemsOf(await api.call("GET", `/events?deviceId=${id}&after=${String(all[0]!["id"])}`));
    expect(rest).toEqual(all.slice(1));
  });

  it("pages through, newest first, by type", async () => {
    const id = await api.device("EVENTPAGES");
    await api.device("EVENTPAGES");
    const first = await api.call("GET", `/events?deviceId=${id}&type=device.booted&limit=1`);
    const second = await api.call(
      "GET",
      `/events?deviceId=${id}&type=device.booted&limit=1&cursor=${String(first.body["next"])}`,
    );
    const ids = [first, second].map((answer) => String(itemsOf(answer)[0]!["id"]));
    expect(ids[0]! > ids[1]!).toBe(true);
    expect(second.body).not.toHaveProperty("next");
  });
});

describe("trace", () => {
  it("is switched on with an end, read back and switched off", async () => {
    const id = await api.device("TRACE");
    expect((await api.call("GET", `/devices/${id}/trace`)).body).toEqual({ on: false });
    const on = await api.call("PUT", `/devices/${id}/trace`, { body: { for: "10m" } });
    expect(on.body).toEqual({ on: true, until: new Date(api.clock.now() + minutes(10)).toISOString() });
    expect((await api.fleet.devices.get(id))?.traceUntil).toBe(api.clock.now() + minutes(10));
    api.traces.set(id, ["<a/>", "<b/>", "<c/>"]);
    const page = await api.call("GET", `/devices/${id}/trace/messages?limit=2`);
    const rest = await api.call("GET", `/devices/${id}/trace/messages?limit=2&cursor=${String(page.body["next"])}`);
    expect([...itemsOf(page), ...itemsOf(rest)].map(({ text }) => text)).toEqual(["<a/>", "<b/>", "<c/>"]);
    expect((await api.call("DELETE", `/devices/${id}/trace`)).status).toBe(204);
    expect((await api.call("GET", `/devices/${id}/trace`)).body).toEqual({ on: false });
    expect((await api.call("DELETE", `/devices/${id}/trace/messages`)).status).toBe(204);
    expect(itemsOf(await api.call("GET", `/devices/${id}/trace/messages`))).toEqual([]);
  });

  it("lasts 15 minutes unless told otherwise, and a day at most", async () => {
    const id = await api.device("TRACE");
    expect((await api.call("PUT", `/devices/${id}/trace`)).body).toMatchObject({
      until: new Date(api.clock.now() + minutes(15)).toISOString(),
    });
    for (const body of [
      { for: "25h" },
      { for: "0s" },
      { until: "2020-01-01T00:00:00Z" },
      { for: "1m", until: "2026-11-22T13:00:00Z" },
    ]) {
      expect((await api.call("PUT", `/devices/${id}/trace`, { body })).status).toBe(400);
    }
  });
});
