import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { DataModel } from "../../../datamodels/model.ts";
import type { PackedModel } from "../../../datamodels/packed.ts";
import { shippedModel, shippedModels } from "../../../datamodels/shipped.ts";

const folder = new URL("../../../datamodels/facts/", import.meta.url).pathname;
const files = readdirSync(folder);
const median = (numbers: number[]): number => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]!;

describe("the shipped models", () => {
  it("are the eight flattened models and Device:2.19, in at most 2 MB", () => {
    expect(shippedModels().map(({ name }) => name)).toEqual([
      "Device:1.2",
      "Device:1.14",
      "Device:2.17",
      "Device:2.19",
      "FAPService:2.1",
      "InternetGatewayDevice:1.14",
      "STBService:1.4",
      "StorageService:1.3",
      "VoiceService:2.0",
    ]);
    expect(files.reduce((bytes, file) => bytes + statSync(join(folder, file)).size, 0)).toBeLessThanOrEqual(2_000_000);
    for (const { name, counts } of shippedModels()) expect(shippedModel(name)!.counts).toEqual(counts);
  });

  it("carry no prose", () => {
    for (const { name } of shippedModels()) {
      for (const object of shippedModel(name)!.objects) {
        expect(object.description).toBeUndefined();
        for (const parameter of object.parameters.values()) expect(parameter.description).toBeUndefined();
      }
    }
  });

  it("load in at most three times what JSON.parse of as many bytes takes", () => {
    const texts = shippedModels().map(({ file }) => readFileSync(join(folder, file), "utf8"));
    const time = (work: () => void): number => {
      const start = performance.now();
      work();
      return performance.now() - start;
    };
    const rounds = Array.from({ length: 9 }, () => {
      const parsing = time(() => texts.forEach((text) => void JSON.parse(text)));
      return time(() => texts.forEach((text) => void new DataModel(JSON.parse(text) as PackedModel))) / parsing;
    });
    expect(median(rounds)).toBeLessThan(3);
  });

  it("know nothing by a name that does not exist", () => {
    expect(shippedModel("Device:9.9")).toBeUndefined();
    expect(shippedModel("__proto__")).toBeUndefined();
  });
});
