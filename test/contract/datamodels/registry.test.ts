import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { ModelDocumentError } from "../../../datamodels/errors.ts";
import { createModels, importLimits, type ModelServices, type Models } from "../../../fleet/models/index.ts";
import { seconds } from "../../../kernel/time.ts";
import type { Store } from "../../../platform/store/port.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";
import { documentOf, parameter } from "../../unit/datamodels/document.ts";
import { describeOnEngines, type Engine } from "./engines.ts";

const vendorModel = (leaf: string) =>
  documentOf(
    `<import file="tr-181.xml" spec="urn:broadband-forum-org:tr-181-2-17-0-cwmp"><model name="Device:2.17"/></import>
     <model name="X_EXAMPLE-COM_Device:1.0" base="Device:2.17"><object base="Device."><description action="append">More.</description>
     <parameter name="${leaf}" access="readWrite"><description>Of the vendor.</description><syntax><string/></syntax></parameter></object></model>`,
    "urn:example-com:box-1-0",
    "box.xml",
  );
const deviceType = {
  name: "dt.xml",
  text: `<dt:document xmlns:dt="urn:broadband-forum-org:cwmp:devicetype-1-3" deviceType="urn:example-com:box" uuid="U-1">
    <import file="tr-181.xml" spec="urn:broadband-forum-org:tr-181-2-17-0"><model name="Device:2.17"/></import>
    <model ref="Device:2.17"><object ref="Device.DeviceInfo." access="readOnly" minEntries="1" maxEntries="1"><parameter ref="UpTime" access="readOnly"/></object></model></dt:document>`,
};

describeOnEngines("the registry of data models", (make) => {
  const clock = new VirtualClock();
  let engine: Engine;
  let store: Store;
  let models: Models;
  let services: ModelServices;

  const open = (): ModelServices =>
    createModels({ store, clock, parameters: () => ({ read: () => Promise.resolve([]) }) });
  const ids = async (): Promise<string[]> => (await models.list()).map(({ id }) => id);
  const reopen = async (): Promise<void> => {
    await store.stop();
    store = engine.open();
    await store.start();
    services = open();
    models = services.models;
  };

  beforeEach(async () => {
    engine = await make();
    store = engine.open();
    await store.start();
    services = open();
    models = services.models;
  });
  afterEach(async () => {
    await store.stop();
    await engine.dispose();
  });

  it("lists what comes with Steward, newest first", async () => {
    expect(await ids()).toEqual([
      "Device:2.19",
      "Device:2.17",
      "Device:1.14",
      "Device:1.2",
      "FAPService:2.1",
      "InternetGatewayDevice:1.14",
      "STBService:1.4",
      "StorageService:1.3",
      "VoiceService:2.0",
    ]);
    expect(await models.info("Device:2.17")).toMatchObject({
      source: "shipped",
      counts: { objects: 790, parameters: 6483 },
    });
    expect(await models.get("Device:9.9")).toBeUndefined();
  });

  it("keeps an imported model, with its prose, over a restart", async () => {
    const [info] = await models.import([vendorModel("X_EXAMPLE-COM_A")], "ann");
    expect(info).toMatchObject({
      id: "X_EXAMPLE-COM_Device:1.0",
      source: "imported",
      base: "Device:2.17",
      rootName: "Device",
      importedBy: "ann",
    });
    await reopen();
    expect(await models.info(info!.id)).toEqual(info);
    const model = (await models.get(info!.id))!;
    expect(model.parameter("Device.X_EXAMPLE-COM_A")).toMatchObject({ description: "Of the vendor." });
    expect(model.counts).toEqual(info!.counts);
    expect(await models.get(info!.id)).toBe(model);
  });

  it("replaces a model that is imported again, and forgets a removed one", async () => {
    await models.import([vendorModel("A")], "ann");
    await models.get("X_EXAMPLE-COM_Device:1.0");
    await models.import([vendorModel("B")], "bob");
    const model = (await models.get("X_EXAMPLE-COM_Device:1.0"))!;
    expect([model.parameter("Device.A"), model.parameter("Device.B")?.name]).toEqual([undefined, "B"]);
    expect(await models.remove("X_EXAMPLE-COM_Device:1.0")).toBe(true);
    expect(await models.remove("X_EXAMPLE-COM_Device:1.0")).toBe(false);
    expect(await models.get("X_EXAMPLE-COM_Device:1.0")).toBeUndefined();
  });

  it("lets an imported model hide a shipped one until it is removed; a shipped one stays", async () => {
    await models.import(
      [
        documentOf(
          `<model name="Device:1.2"><object name="Device." access="readOnly">${parameter("Mine", "<int/>")}</object></model>`,
        ),
      ],
      "ann",
    );
    expect((await models.get("Device:1.2"))!.counts).toMatchObject({ objects: 1, parameters: 1 });
    expect(await ids()).toHaveLength(9);
    expect(await models.remove("Device:1.2")).toBe(true);
    expect((await models.get("Device:1.2"))!.counts).toMatchObject({ objects: 19, parameters: 156 });
    await expect(models.remove("Device:1.2")).rejects.toMatchObject({ code: "state.conflict" });
  });

  it("is left as it was by a broken document among good ones", async () => {
    await models.import([vendorModel("A")], "ann");
    const before = [await models.list(), await models.revision()];
    const broken = documentOf("<model name='Device:3.0'>\n<object/></model>", "urn:x:y-1-0", "broken.xml");
    const failure = await models.import([vendorModel("B"), broken], "ann").catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ModelDocumentError);
    expect(failure).toMatchObject({ code: "model.invalid", file: "broken.xml", line: 4, rule: "attribute.missing" });
    await reopen();
    expect([await models.list(), await models.revision()]).toEqual(before);
    expect((await models.get("X_EXAMPLE-COM_Device:1.0"))!.parameter("Device.A")).toBeDefined();
  });

  it("takes a device type, and builds on imported models", async () => {
    const [typed] = await models.import([deviceType], "ann");
    expect(typed).toMatchObject({
      id: "Device:2.17~u-1",
      name: "Device:2.17",
      base: "Device:2.17",
      deviceType: { uri: "urn:example-com:box", uuid: "u-1" },
    });
    expect((await models.get("Device:2.17~u-1"))!.counts).toMatchObject({ objects: 1, parameters: 1 });
    await models.import([vendorModel("A")], "ann");
    const next = documentOf(
      `<import file="box.xml" spec="urn:example-com:box-1-0"><model name="X_EXAMPLE-COM_Device:1.0"/></import><model name="X_EXAMPLE-COM_Device:1.1" base="X_EXAMPLE-COM_Device:1.0"><object base="Device.">${parameter("C", "<int/>")}</object></model>`,
      "urn:example-com:box-1-1",
      "box11.xml",
    );
    await models.import([next], "ann");
    const model = (await models.get("X_EXAMPLE-COM_Device:1.1"))!;
    expect([model.parameter("Device.A")?.name, model.parameter("Device.C")?.name]).toEqual(["A", "C"]);
  });

  it("shows another process's import within seconds", async () => {
    const other = open().models;
    const before = await other.list();
    await models.import([vendorModel("A")], "ann");
    await clock.advance(seconds(3));
    expect(await other.list()).toHaveLength(before.length + 1);
    expect((await other.get("X_EXAMPLE-COM_Device:1.0"))!.parameter("Device.A")).toBeDefined();
  });

  it("has its limits", async () => {
    await expect(models.import([], "ann")).rejects.toMatchObject({ code: "argument.invalid" });
    const many = Array.from({ length: importLimits.files + 1 }, () => ({ name: "a.xml", text: "" }));
    await expect(models.import(many, "ann")).rejects.toMatchObject({ code: "body.tooLarge" });
  });

  it("keeps a validation mode per device model", async () => {
    const model = { oui: "00D09E", productClass: "GW" };
    const device = { identity: { ...model, serialNumber: "1" } };
    expect(await services.modes.of(device)).toBe("standard");
    await services.modes.set(model, "strict");
    await reopen();
    expect(await services.modes.list()).toEqual([{ ...model, mode: "strict" }]);
    expect(await services.modes.of(device)).toBe("strict");
    expect(await services.modes.of({ ...device, validation: "off" })).toBe("off");
    expect(await services.modes.clear(model)).toBe(true);
    expect(await services.modes.clear(model)).toBe(false);
    expect(await services.modes.of(device)).toBe("standard");
  });
});
