import { describe, expect, it } from "@jest/globals";
import type { ModelFacts } from "../../../../datamodels/facts.ts";
import { loadModels } from "../../../../datamodels/load/loader.ts";
import { DataModel } from "../../../../datamodels/model.ts";
import { packModel } from "../../../../datamodels/pack.ts";
import { shippedModel } from "../../../../datamodels/shipped.ts";
import { itWithXml, publishedFile, publishedParts } from "../shared.ts";

/** specs/cwmp.md §8.6: live ones in brackets there; those at a model's root beside the others. */
const published = [
  {
    file: "tr-181-2-17-0-cwmp-full.xml",
    model: "Device:2.17",
    objects: 790,
    live: [789, 6466],
    parameters: 6483,
    root: 0,
    tables: 400,
    profiles: 235,
  },
  {
    file: "tr-098-1-8-0-full.xml",
    model: "InternetGatewayDevice:1.14",
    objects: 192,
    live: [192, 1800],
    parameters: 1801,
    root: 0,
    tables: 91,
    profiles: 92,
  },
  {
    file: "tr-104-2-0-2-cwmp-full.xml",
    model: "VoiceService:2.0",
    objects: 113,
    live: [113, 848],
    parameters: 848,
    root: 1,
    tables: 56,
    profiles: 21,
  },
  {
    file: "tr-135-1-4-1-cwmp-full.xml",
    model: "STBService:1.4",
    objects: 99,
    live: [99, 518],
    parameters: 518,
    root: 1,
    tables: 32,
    profiles: 36,
  },
  {
    file: "tr-140-1-3-1-cwmp-full.xml",
    model: "StorageService:1.3",
    objects: 19,
    live: [19, 125],
    parameters: 125,
    root: 1,
    tables: 9,
    profiles: 15,
  },
  {
    file: "tr-196-2-1-2-cwmp-full.xml",
    model: "FAPService:2.1",
    objects: 245,
    live: [245, 1733],
    parameters: 1733,
    root: 1,
    tables: 55,
    profiles: 71,
  },
  {
    file: "tr-181-1-7-0-full.xml",
    model: "Device:1.14",
    objects: 120,
    live: [120, 848],
    parameters: 848,
    root: 0,
    tables: 47,
    profiles: 66,
  },
  {
    file: "tr-106-1-2-0-full.xml",
    model: "Device:1.2",
    objects: 19,
    live: [19, 156],
    parameters: 156,
    root: 0,
    tables: 2,
    profiles: 13,
  },
];

function countsOf(model: DataModel) {
  const objects = [...model.objects].filter(({ path }) => path !== "");
  const parameters = objects.flatMap((object) => [...object.parameters.values()]);
  const live = [
    objects.filter(({ status }) => status !== "deleted").length,
    parameters.filter(({ status }) => status !== "deleted").length,
  ];
  const root = model.object("")?.parameters.size ?? 0;
  return {
    model: model.name,
    objects: objects.length,
    live,
    parameters: parameters.length,
    root,
    tables: model.counts.tables,
    profiles: model.profiles.length,
  };
}

const unpacked = (facts: ModelFacts): DataModel => new DataModel(packModel(facts, { prose: false }));
/** Facts without prose, provenance and the versions by which the parts were published. */
const comparable = ({ objects, profiles }: ModelFacts): unknown =>
  JSON.parse(
    JSON.stringify({ objects, profiles }, (key, value: unknown) =>
      key === "description" || key === "version" ? undefined : value,
    ),
  );

describe("the published models", () => {
  for (const { file, ...counts } of published) {
    itWithXml(`${file} has the objects, parameters, tables and profiles that it should`, () => {
      const [facts] = loadModels([publishedFile(file)]);
      expect(countsOf(unpacked(facts!))).toEqual(counts);
    });

    it(`${counts.model} ships with the same counts`, () => {
      expect(countsOf(shippedModel(counts.model)!)).toEqual(counts);
    });
  }

  it("Device:2.17 has the accesses and flags that it should", () => {
    const parameters = [...shippedModel("Device:2.17")!.objects].flatMap((object) => [...object.parameters.values()]);
    const count = (test: (parameter: (typeof parameters)[number]) => boolean | undefined) =>
      parameters.filter(test).length;
    // 4109 say readOnly, and one says nothing.
    expect(count(({ access }) => access === "readOnly")).toBe(4110);
    expect(count(({ access }) => access === "readWrite")).toBe(2139);
    expect(count(({ access }) => access === "writeOnceReadOnly")).toBe(234);
    expect(count(({ syntax }) => syntax.hidden)).toBe(5);
    expect(count(({ syntax }) => syntax.secured)).toBe(38);
    expect(count(({ syntax }) => syntax.command)).toBe(25);
    expect(count(({ activeNotify }) => activeNotify === "canDeny")).toBe(950);
    const gateway = [...shippedModel("InternetGatewayDevice:1.14")!.objects].flatMap((object) => [
      ...object.parameters.values(),
    ]);
    expect(gateway.filter(({ syntax }) => syntax.hidden)).toHaveLength(19);
    expect(gateway.filter(({ syntax }) => syntax.command)).toHaveLength(4);
  });

  itWithXml("the parts of Device:2.19.1 and StorageService:1.3.1 flatten; the latter equals its flattened twin", () => {
    const models = new Map(loadModels(publishedParts()).map((facts) => [facts.name, facts]));
    expect([...models.keys()].sort()).toEqual(["Device:2.19", "StorageService:1.3"]);
    const [twin] = loadModels([publishedFile("tr-140-1-3-1-cwmp-full.xml")]);
    expect(comparable(models.get("StorageService:1.3")!)).toEqual(comparable(twin!));
    expect(countsOf(unpacked(models.get("Device:2.19")!))).toEqual(countsOf(shippedModel("Device:2.19")!));
  });

  it("Device:2.19 has everything that Device:2.17 has", () => {
    const [earlier, later] = [shippedModel("Device:2.17")!, shippedModel("Device:2.19")!];
    const names = (model: DataModel) =>
      [...model.objects].flatMap((object) => [object.path, ...[...object.parameters.values()].map(({ path }) => path)]);
    const known = new Set(names(later));
    expect(names(earlier).filter((path) => !known.has(path))).toEqual([]);
    expect(known.size).toBe(873 + 7343);
  });
});
