import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { DeviceDocument } from "../../../../fleet/devices/model.ts";
import { createFleet, type FleetCore, prepare } from "../../../../fleet/index.ts";
import type { ModelServices } from "../../../../fleet/models/index.ts";
import { createModels } from "../../../../fleet/models/index.ts";
import type { OperationRequest } from "../../../../fleet/operations/model.ts";
import type { ParameterObservation } from "../../../../fleet/parameters/model.ts";
import { days, seconds } from "../../../../kernel/time.ts";
import { silentLogger } from "../../../../platform/log/logger.ts";
import { createSecrets } from "../../../../platform/secrets/secrets.ts";
import { openStore } from "../../../../platform/store/open.ts";
import type { Store } from "../../../../platform/store/port.ts";
import { VirtualClock } from "../../../support/virtual-clock.ts";

const clock = new VirtualClock();
const tree: ParameterObservation[] = [
  { path: "Device.RootDataModelVersion", type: "string", value: "2.15" },
  { path: "Device.WiFi.SSIDNumberOfEntries", type: "unsignedInt", value: "2" },
  { path: "Device.WiFi.SSID.1.Enable", type: "boolean", value: "1", writable: true },
  { path: "Device.WiFi.SSID.1.SSID", type: "string", value: "home", writable: true },
  { path: "Device.WiFi.SSID.1.Alias", type: "string", value: "cpe-1", writable: true },
  { path: "Device.WiFi.SSID.2.Enable", type: "boolean", value: "1", writable: true },
  { path: "Device.WiFi.SSID.2.Alias", type: "string", value: "cpe-2", writable: true },
  { path: "Device.WiFi.SSID.1.BSSID", type: "string", value: "00:11:22:aa:bb:cc" },
  { path: "Device.X_00D09E_Box.Password", type: "unsignedInt", value: "1", writable: true },
  { path: "Device.X_00D09E_Box.Level", type: "int", value: "3", writable: true },
];

const bssid = "Device.WiFi.SSID.1.BSSID";
const channel = "Device.WiFi.Radio.1.Channel";
const key = "Device.WiFi.AccessPoint.1.Security.KeyPassphrase";
const reset = "Device.USB.USBHosts.Host.1.Reset";
const other = "Device.Other";

describe("validation by the data models, within the fleet", () => {
  let directory: string;
  let store: Store;
  let services: ModelServices;
  let fleet: FleetCore;
  let device: DeviceDocument;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "steward-validation-"));
    store = openStore({ dataDir: directory });
    await store.start();
    await prepare(store);
    services = createModels({ store, clock, parameters: () => fleet.parameters });
    fleet = createFleet({
      store,
      clock,
      secrets: createSecrets("k".repeat(32)),
      wake: { requestContact: () => Promise.resolve(), state: () => Promise.resolve(undefined) },
      validation: services.knowledge,
      policy: {
        unknownDevices: "accept",
        contactEvents: "notable",
        retention: { events: days(1), operations: days(1), audit: days(1) },
        operationLifetime: days(1),
      },
      log: silentLogger,
    });
    const outcome = await fleet.contacts.open({
      endpointKey: "cwmp:00D09E-GW-1",
      protocol: "cwmp",
      identity: { oui: "00D09E", productClass: "GW", serialNumber: "1" },
      at: clock.now(),
      reasons: ["1 BOOT"],
      values: { at: clock.now(), source: "inform", observations: tree },
      facts: { dataModels: ["Device:2.15"] },
      events: [],
      lease: { sessionId: "s", until: clock.now() + seconds(30) },
    });
    if (!outcome.admitted) throw new Error("the device was refused");
    device = outcome.device;
  });

  afterAll(async () => {
    await fleet.idle();
    await store.stop();
    await rm(directory, { recursive: true, force: true });
  });

  const attempt = (request: OperationRequest) =>
    fleet.operations.create(device._id, request, {}, { name: "ann" }).then(
      ({ operation }) => operation.state,
      (error: { code?: string; details?: { findings?: { path: string; code: string }[] } }) => [
        error.code,
        ...(error.details?.findings ?? []).map(({ path, code }) => `${path} ${code}`),
      ],
    );
  const write = (path: string, value: string): OperationRequest => ({ kind: "write", values: [{ path, value }] });

  it("follows the next version at hand of what the device claims", async () => {
    const { choices, models } = await services.following.of(device);
    expect(choices).toEqual([{ id: "Device:2.17", reason: "named", claimed: "2.15" }]);
    expect((await services.following.of(device)).models).toBe(models);
  });

  it.each<[OperationRequest, unknown]>([
    [write("Device.WiFi.SSID.1.SSID", "guest"), "queued"],
    [write("Device.WiFi.SSID.1.SSID", "x".repeat(33)), ["validation.failed", "Device.WiFi.SSID.1.SSID size"]],
    [write("Device.WiFi.SSID.1.Alias", "cpe-2"), ["validation.failed", "Device.WiFi.SSID.1.Alias uniqueKey"]],
    [write("Device.WiFi.SSID.7.Enable", "1"), ["validation.failed", "Device.WiFi.SSID.7.Enable path.noSuchRow"]],
    [write("Device.X_00D09E_Box.Level", "4"), "queued"],
    [write("Device.X_00D09E_Box.Other", "4"), "queued"],
    [
      { kind: "create", path: "Device.WiFi.SSID.", values: [{ path: "Alias", value: "cpe-1" }] },
      ["validation.failed", "Alias uniqueKey"],
    ],
    [{ kind: "create", path: "Device.WiFi.SSID.", values: [{ path: "Alias", value: "mine" }] }, "queued"],
    [{ kind: "delete", path: "Device.Hosts.Host.1." }, ["validation.failed", "Device.Hosts.Host.1. table.fixed"]],
    [
      { kind: "setAttributes", attributes: [{ path: "Device.DeviceInfo.Nope", notification: 1 }] },
      ["validation.failed", "Device.DeviceInfo.Nope path.unknown"],
    ],
    [{ kind: "read", paths: ["Device.Whatever."] }, "queued"],
  ])("decides on the operation %j before it is taken", async (request, outcome) => {
    expect(await attempt(request)).toEqual(outcome);
  });

  it("is as strict as the device's model is said to be, and off when the device is", async () => {
    const vendor = write("Device.DSL.Line.1.X_00D09E_A", "1");
    expect((await services.knowledge.validate(device, vendor)).map(({ severity }) => severity)).toEqual(["warning"]);
    const [model, bad] = [{ oui: "00D09E", productClass: "GW" }, write("Device.WiFi.SSID.1.SSID", "x".repeat(33))];
    await services.modes.set(model, "off");
    expect(await services.knowledge.validate(device, bad)).toEqual([]);
    expect(await services.knowledge.validate({ ...device, validation: "strict" }, bad)).toHaveLength(1);
    await services.modes.clear(model);
    expect(await services.knowledge.validate({ ...device, validation: "off" }, bad)).toEqual([]);
    expect(await services.knowledge.validate(device, bad, "strict")).toHaveLength(1);
  });

  it("seals the values of parameters that the model hides, whatever their names", async () => {
    const hidden = "Device.WiFi.AccessPoint.1.Security.KeyPassphrase";
    const request: OperationRequest = { kind: "write", values: [{ path: hidden, value: "correct horse" }] };
    const { operation } = await fleet.operations.create(device._id, request, {}, { name: "ann" });
    expect(JSON.stringify(await store.collection("operations").findOne({ _id: operation._id }))).not.toContain(
      "correct horse",
    );
  });

  it("tells of every value its type and when two mean the same", async () => {
    const { findings, typing } = await services.knowledge.examine(device, {
      kind: "write",
      values: [bssid, channel, "Device.DeviceInfo.FirstUseDate", key, reset, "Device.X_00D09E_Box.Level", other].map(
        (path) => ({ path, value: "" }),
      ),
    });
    expect(typing).toEqual([
      { type: "string", syntax: { type: "string", format: "mac" } },
      { type: "unsignedInt", syntax: { type: "unsignedInt" } },
      { type: "dateTime", syntax: { type: "dateTime" } },
      { type: "string", syntax: { type: "string" }, opaque: "secret" },
      { type: "boolean", syntax: { type: "boolean" }, opaque: "command" },
      { type: "int" },
      {},
    ]);
    expect(findings.length).toBeGreaterThan(0);
    const created = await services.knowledge.examine(device, {
      kind: "create",
      path: "Device.WiFi.SSID.",
      values: [{ path: "LowerLayers", value: "Device.WiFi.Radio.1" }],
    });
    expect(created.typing).toMatchObject([{ type: "string", syntax: { list: {}, pathRef: {} } }]);
    expect(await services.knowledge.examine({ ...device, validation: "off" }, write(channel, "-1"))).toMatchObject({
      findings: [],
      typing: [{ type: "unsignedInt" }],
    });
  });

  it("never repeats in a finding what is a secret by its name", async () => {
    const request = write("Device.X_00D09E_Box.Password", "geheim");
    const [finding] = await services.knowledge.validate(device, request);
    expect(finding).toMatchObject({ code: "type.lexical", given: "(hidden)" });
  });

  it("keeps its warnings with the operation", async () => {
    const { operation } = await fleet.operations.create(
      device._id,
      write("Device.X_00D09E_New", "1"),
      {},
      { name: "ann" },
    );
    expect((await fleet.operations.get(operation._id))?.warnings).toMatchObject([{ code: "path.unknownVendor" }]);
  });

  it("tells what is worth showing", async () => {
    const facts = await services.knowledge.describe(device, [channel, other, "Device.WiFi."]);
    expect([...facts]).toEqual([
      [channel, { type: "unsignedInt", writable: true, limits: ["range 1..255"], hidden: false }],
    ]);
  });
});
