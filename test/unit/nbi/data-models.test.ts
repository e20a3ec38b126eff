import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { createModels, type ModelServices } from "../../../fleet/models/index.ts";
import { openStore } from "../../../platform/store/open.ts";
import type { Store } from "../../../platform/store/port.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";
import { documentOf, parameter } from "../datamodels/document.ts";
import { Api, itemsOf } from "./harness.ts";

const vendor = documentOf(
  `<model name="X_EXAMPLE-COM_Device:1.0" base="Device:2.17"><object base="Device.">${parameter("X_EXAMPLE-COM_A", "<string/>")}</object></model>`,
  "urn:example-com:box-1-0",
  "box.xml",
);
const withImport = (text: string) =>
  text.replace(
    "<model ",
    '<import file="tr-181.xml" spec="urn:broadband-forum-org:tr-181-2-17-0"><model name="Device:2.17"/></import><model ',
  );

const formOf = (...files: { name: string; text: string }[]): FormData => {
  const form = new FormData();
  for (const { name, text } of files) form.append("file", new Blob([text], { type: "application/xml" }), name);
  return form;
};

describe("the API of the data models", () => {
  let api: Api;
  let models: ModelServices;
  let directory: string;
  let store: Store;
  let deviceId: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "steward-models-api-"));
    store = openStore({ dataDir: directory });
    await store.start();
    models = createModels({ store, clock: new VirtualClock(), parameters: () => api.fleet.parameters });
    api = await Api.start({ models, facts: models.knowledge }, models.knowledge);
    deviceId = await api.device();
  });
  afterAll(async () => {
    await api.stop();
    await store.stop();
    await rm(directory, { recursive: true, force: true });
  });

  const get = (path: string) => api.call("GET", path);
  const pathsOf = async (path: string) => itemsOf(await get(path)).map((item) => item["path"]);

  it("lists models and shows one with its profiles", async () => {
    const { body, status } = await get("/data-models");
    expect([status, (body["items"] as unknown[]).length]).toEqual([200, 9]);
    const model = await get("/data-models/Device:2.17");
    expect(model.body).toMatchObject({
      id: "Device:2.17",
      source: "shipped",
      counts: { objects: 790 },
      can: { delete: { missing: "state" } },
    });
    expect(model.body["profiles"]).toHaveLength(235);
    expect((await get("/data-models/Device:9.9")).status).toBe(404);
    expect((await get("/data-models/nonsense")).status).toBe(400);
  });

  it("walks the tree of a model by path, page by page", async () => {
    expect(await pathsOf("/data-models/Device:2.17/tree?path=Device.Hosts.")).toEqual([
      "Device.Hosts.HostNumberOfEntries",
      "Device.Hosts.AccessControlNumberOfEntries",
      "Device.Hosts.Host.{i}.",
      "Device.Hosts.AccessControl.{i}.",
    ]);
    const first = await get("/data-models/Device:2.17/tree?depth=all&path=Device.WiFi.&limit=500");
    const second = await get(
      `/data-models/Device:2.17/tree?depth=all&path=Device.WiFi.&limit=500&cursor=${String(first.body["next"])}`,
    );
    const seen = [...itemsOf(first), ...itemsOf(second)].map((item) => item["path"]);
    expect(new Set(seen).size).toBe(1_000);
    expect((await get(`/data-models/Device:2.17/tree?cursor=${String(first.body["next"])}`)).status).toBe(400);
    expect((await get("/data-models/Device:2.17/tree?cursor=junk")).status).toBe(400);
    expect((await get("/data-models/Device:2.17/tree?path=Device.Nope.")).status).toBe(404);
    expect(await pathsOf("/data-models/VoiceService:2.0/tree")).toEqual([
      "VoiceServiceNumberOfEntries",
      "VoiceService.{i}.",
    ]);
    const [channel] = itemsOf(await get("/data-models/Device:2.17/search?text=Radio.%7Bi%7D.Channel&limit=1"));
    expect(channel).toMatchObject({
      path: "Device.WiFi.Radio.{i}.Channel",
      kind: "parameter",
      type: "unsignedInt",
      limits: ["range 1..255"],
      access: "readWrite",
    });
  });

  it("compares two models", async () => {
    const { body } = await get("/data-models/Device:2.17/diff?to=Device:2.19&path=Device.Time.&limit=5");
    expect(body["total"]).toBeGreaterThan(5);
    expect((body["items"] as { path: string }[]).every(({ path }) => path.startsWith("Device.Time."))).toBe(true);
  });

  it("takes one import at a time", async () => {
    const body = () => formOf({ ...vendor, text: withImport(vendor.text) });
    let go: () => void = () => undefined;
    const turn = new Promise<void>((resolve) => {
      go = resolve;
    });
    const first = models.models.import(async () => {
      await turn;
      return [{ name: "a.xml", text: "<a/>" }];
    }, "somebody");
    const second = await api.call("POST", "/data-models", { body: body() });
    expect([second.status, second.headers.get("retry-after")]).toEqual([503, "5"]);
    go();
    await expect(first).rejects.toMatchObject({ code: "model.invalid" });
    expect((await api.call("POST", "/data-models", { body: body() })).status).toBe(201);
    expect((await api.call("DELETE", "/data-models/X_EXAMPLE-COM_Device:1.0")).status).toBe(204);
  });

  it("reads a document in the encoding that it declares", async () => {
    const text = withImport(vendor.text)
      .replace("UTF-8", "ISO-8859-1")
      .replace("<syntax>", "<description>H\u00f6he</description><syntax>");
    const form = new FormData();
    form.append("file", new Blob([Buffer.from(text, "latin1")]), "box.xml");
    expect((await api.call("POST", "/data-models", { body: form })).status).toBe(201);
    const [found] = itemsOf(await get("/data-models/X_EXAMPLE-COM_Device:1.0/search?text=X_EXAMPLE-COM_A"));
    expect(found).toMatchObject({ description: "H\u00f6he" });
    await api.call("DELETE", "/data-models/X_EXAMPLE-COM_Device:1.0");
  });

  it("imports a form of documents or one document, removes again, and audits both", async () => {
    const extended = { ...vendor, text: withImport(vendor.text) };
    const { status, body } = await api.call("POST", "/data-models", { body: formOf(extended) });
    expect([status, body]).toEqual([
      201,
      { items: [expect.objectContaining({ id: "X_EXAMPLE-COM_Device:1.0", source: "imported" })] },
    ]);
    const raw = await api.call("POST", "/data-models", {
      body: extended.text,
      headers: { "content-type": "application/xml" },
    });
    expect(raw.status).toBe(201);
    expect((await api.call("DELETE", "/data-models/X_EXAMPLE-COM_Device:1.0")).status).toBe(204);
    expect((await api.call("DELETE", "/data-models/X_EXAMPLE-COM_Device:1.0")).status).toBe(404);
    expect((await api.call("DELETE", "/data-models/Device:2.17")).status).toBe(409);
    const audit = itemsOf(await get("/audit")).map((entry) => entry["action"]);
    expect(audit).toEqual(expect.arrayContaining(["dataModels.import", "dataModels.delete"]));
  });

  it("refuses a broken document with file, line and rule, and everything that came with it", async () => {
    const bomb = { name: "bomb.xml", text: '<!DOCTYPE lolz [<!ENTITY a "b">]>\n<lolz>&a;</lolz>' };
    const good = { ...vendor, text: withImport(vendor.text) };
    const { status, body } = await api.call("POST", "/data-models", { body: formOf(good, bomb) });
    expect(status).toBe(422);
    expect(body).toMatchObject({ code: "model.invalid", details: { file: "bomb.xml", line: 1, rule: "xml.doctype" } });
    expect((await get("/data-models/X_EXAMPLE-COM_Device:1.0")).status).toBe(404);
    const [entry] = itemsOf(await get("/audit?limit=1"));
    expect(entry).toMatchObject({
      action: "dataModels.import",
      outcome: "refused",
      details: { files: ["box.xml", "bomb.xml"], reason: expect.stringContaining("bomb.xml:1") },
    });
    const xml = { "content-type": "application/xml" };
    expect((await api.call("POST", "/data-models", { body: "<a>", headers: xml })).status).toBe(422);
    expect(
      (await api.call("POST", "/data-models", { body: new Uint8Array([0x3c, 0xff, 0xfe]), headers: xml })).status,
    ).toBe(422);
    expect((await api.call("POST", "/data-models", { body: new FormData() })).status).toBe(400);
    expect((await api.call("POST", "/data-models", { body: "{}" })).status).toBe(415);
    expect(
      (await api.call("POST", "/data-models", { body: "x", headers: { "content-type": "multipart/form-data" } }))
        .status,
    ).toBe(400);
  });

  it("needs the permissions that it says", async () => {
    const reader = await api.token(["models:read"]);
    expect((await api.call("POST", "/data-models", { token: reader, body: formOf(vendor) })).status).toBe(403);
    expect((await api.call("GET", "/data-models", { token: reader })).status).toBe(200);
    expect((await api.call("GET", "/data-models", { token: await api.token(["devices:read"]) })).status).toBe(403);
  });

  it("checks a request by a model alone, without making an operation", async () => {
    const dryRun = (body: unknown) => api.call("POST", "/data-models/Device:2.17/validate", { body });
    const radio = (value: unknown, path = "Device.WiFi.Radio.1.Channel") => ({
      kind: "write",
      values: [{ path, value }],
    });
    expect((await dryRun(radio(6))).body).toEqual({ accepted: true, findings: [] });
    expect((await dryRun(radio(0))).body).toMatchObject({
      accepted: false,
      findings: [{ code: "range", severity: "error", expected: "1..255", given: "0" }],
    });
    expect((await dryRun({ ...radio(0), mode: "off" })).body).toEqual({ accepted: true, findings: [] });
    const deprecated = await dryRun(radio("x", "Device.X_00D09E_A"));
    expect(deprecated.body).toMatchObject({
      accepted: true,
      findings: [{ code: "path.unknownVendor", severity: "warning" }],
    });
    expect((await dryRun({ kind: "create", path: "Device.Hosts.Host." })).body).toMatchObject({
      findings: [{ code: "table.fixed" }],
    });
    expect((await dryRun({ kind: "reboot" })).status).toBe(400);
  });

  it("checks a request for a device and shows what the device follows", async () => {
    const followed = await get(`/devices/${deviceId}/data-models`);
    expect(followed.body).toEqual({ mode: "standard", items: [{ id: "Device:2.19", reason: "seenObjects" }] });
    const body = { kind: "write", values: [{ path: "Device.DeviceInfo.SoftwareVersion", value: "2" }] };
    expect((await api.call("POST", `/devices/${deviceId}/validate`, { body })).body).toMatchObject({
      accepted: false,
      findings: [{ code: "access.readOnly" }],
    });
    expect((await api.call("POST", "/devices/nobody/validate", { body })).status).toBe(404);
  });

  it("shows what the model says beside a known value", async () => {
    const [uptime] = itemsOf(await get(`/devices/${deviceId}/parameters?path=Device.DeviceInfo.UpTime`));
    expect(uptime).toMatchObject({ value: 42, model: { type: "unsignedInt", unit: "seconds", writable: false } });
  });

  it("refuses what the model refuses with the whole list, and keeps the warnings of what it takes", async () => {
    const write = (...paths: string[]) =>
      api.call("POST", `/devices/${deviceId}/operations`, {
        body: { kind: "write", values: paths.map((path) => ({ path, value: 1 })) },
      });
    const refused = await write("Device.DeviceInfo.UpTime", "Device.WiFi.Radio.1.X_00D09E_A", "Device.Nope");
    expect(refused).toMatchObject({
      status: 422,
      body: {
        code: "validation.failed",
        errors: [
          { path: "Device.DeviceInfo.UpTime", code: "access.readOnly" },
          { path: "Device.WiFi.Radio.1.X_00D09E_A", code: "path.unknownVendor", severity: "warning" },
          { path: "Device.Nope", code: "path.unknown" },
        ],
      },
    });
    const taken = await write("Device.WiFi.Radio.1.X_00D09E_A");
    const warnings = [{ path: "Device.WiFi.Radio.1.X_00D09E_A", severity: "warning", code: "path.unknownVendor" }];
    expect(taken).toMatchObject({ status: 202, body: { warnings } });
    expect((await get(`/operations/${String(taken.body["id"])}`)).body).toMatchObject({ warnings });
    expect((await write("Device.WiFi.Radio.1.Channel")).body).not.toHaveProperty("warnings");
  });

  it("sets how strictly a device model is validated", async () => {
    const rule = { oui: "00D09E", productClass: "GW", mode: "strict" };
    expect((await api.call("PUT", "/validation-modes", { body: rule })).body).toEqual(rule);
    expect((await get("/validation-modes")).body).toEqual({ items: [rule] });
    expect((await get(`/devices/${deviceId}/data-models`)).body).toMatchObject({ mode: "strict" });
    expect((await api.call("DELETE", "/validation-modes?oui=00D09E&productClass=GW")).status).toBe(204);
    expect((await api.call("DELETE", "/validation-modes?oui=00D09E&productClass=GW")).status).toBe(404);
    expect((await api.call("PUT", "/validation-modes", { body: { ...rule, mode: "lax" } })).status).toBe(400);
  });
});
