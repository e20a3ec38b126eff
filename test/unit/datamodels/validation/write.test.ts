import { describe, expect, it } from "@jest/globals";
import { KnownTree } from "../../../../datamodels/known-tree.ts";
import { ModelSet } from "../../../../datamodels/model-set.ts";
import { shippedModel } from "../../../../datamodels/shipped.ts";
import { rules } from "../../../../datamodels/validation/rules.ts";
import { validateWrite } from "../../../../datamodels/validation/write.ts";
import { codesOf, contextOf, seen } from "./known.ts";

const row = "Device.Wifi.Row.1.";
const write = (path: string, value: string, mode?: "strict" | "standard") =>
  codesOf(validateWrite(contextOf(seen, mode), [{ path, value }]));

describe("the write of one parameter", () => {
  it.each([
    // path, value, standard, strict
    [`${row}Channel`, "13", [], []],
    [`${row}Channel`, "14", ["error range"], ["error range"]],
    [`${row}Channel`, "many", ["error type.lexical"], ["error type.lexical"]],
    [`${row}Mode`, "Open", [], []],
    [`${row}Mode`, "Shut", ["error enumeration"], ["error enumeration"]],
    [`${row}Mode`, "X_00D09E_Fast", ["warning enumeration.vendor"], ["error enumeration.vendor"]],
    [`${row}Mode`, "Error", ["error enumeration.readOnly"], ["error enumeration.readOnly"]],
    [`${row}State`, "x", ["error access.readOnly"], ["error access.readOnly"]],
    [`${row}Was`, "x", ["error status.deleted"], ["error status.deleted"]],
    [`${row}Old`, "x", ["warning status.outdated"], ["warning status.outdated"]],
    [`${row}Once`, "x", [], []],
    [`${row}Push`, "true", [], []],
    [`${row}Missing`, "x", ["error path.unknown"], ["error path.unknown"]],
    [`${row}X_00D09E_Mine`, "x", ["warning path.unknownVendor"], ["warning path.unknownVendor"]],
    ["Device.X_00D09E_Box.Mine", "x", ["warning path.unknownVendor"], ["warning path.unknownVendor"]],
    ["Device.Odd.Number", "5", [], []],
    ["Device.Odd.Number", "five", ["error type.lexical"], ["error type.lexical"]],
    ["Device.Wifi.Row.3.Channel", "1", ["error path.noSuchRow"], ["error path.noSuchRow"]],
    ["Device.Wifi.Row.[second].Channel", "1", [], []],
    ["Device.Wifi.Row.[third].Channel", "1", ["warning path.noSuchAlias"], ["error path.noSuchAlias"]],
    ["Device.Wifi.Fixed.7.B", "1", [], []],
    [row, "1", ["error path.partial"], ["error path.partial"]],
    ["", "1", ["error path.malformed"], ["error path.malformed"]],
    ["Device.Wifi.Row.*.Channel", "1", ["error path.malformed"], ["error path.malformed"]],
    ["Device..Channel", "1", ["error path.malformed"], ["error path.malformed"]],
    [`Device.${"X".repeat(300)}`, "1", ["error path.malformed"], ["error path.malformed"]],
    ["Device.ManagementServer.Used", "UDP", [], []],
    ["Device.ManagementServer.Used", "None", [], []],
    ["Device.ManagementServer.Used", "UDP,STUN", ["error enumeration.unsupported"], ["error enumeration.unsupported"]],
  ])("%s = %s", (path, value, standard, strict) => {
    expect(write(path, value, "standard")).toEqual(standard);
    expect(write(path, value, "strict")).toEqual(strict);
  });

  it("tells code, rule, what is expected and what was given", () => {
    expect(validateWrite(contextOf(), [{ path: `${row}Channel`, value: "14" }])).toEqual([
      { path: `${row}Channel`, severity: "error", code: "range", rule: "range 1..13", expected: "1..13", given: "14" },
    ]);
    expect(validateWrite(contextOf(), [{ path: `${row}channel`, value: "1" }])[0]).toMatchObject({
      code: "path.unknown",
      expected: `perhaps ${row}Channel`,
    });
  });

  it("never repeats a secret, nor more than a little of a long value", () => {
    const [secret] = validateWrite(contextOf(), [{ path: `${row}Key`, value: "hunter2" }]);
    expect(secret).toMatchObject({ code: "size", given: "(hidden)" });
    expect(JSON.stringify(secret)).not.toContain("hunter2");
    const [long] = validateWrite(contextOf(), [{ path: `${row}Name`, value: "x".repeat(10_000) }]);
    expect(long!.given!.length).toBeLessThan(300);
  });

  it("goes by the type that the device reported where it differs from the model's", () => {
    const known = [{ path: `${row}Channel`, type: "string" as const, value: "auto", writable: true }];
    const findings = (value: string, mode: "strict" | "standard") =>
      codesOf(validateWrite(contextOf(known, mode), [{ path: `${row}Channel`, value }]));
    expect(findings("auto", "standard")).toEqual(["warning type.lexical"]);
    expect(findings("auto", "strict")).toEqual(["error type.lexical"]);
    expect(codesOf(validateWrite(contextOf(), [{ path: `${row}Channel`, value: "1", type: "string" }]))).toEqual([
      "warning type.differs",
    ]);
  });

  it("warns where device and model disagree on whether it can be written", () => {
    const known = [
      { path: `${row}State`, writable: true },
      { path: `${row}Channel`, writable: false },
    ];
    const both = [
      { path: `${row}State`, value: "x" },
      { path: `${row}Channel`, value: "1" },
    ];
    expect(codesOf(validateWrite(contextOf(known), both))).toEqual([
      "warning access.deviceDiffers",
      "warning access.deviceDiffers",
    ]);
    expect(codesOf(validateWrite(contextOf(known, "strict"), both))).toEqual([
      "error access.deviceDiffers",
      "error access.deviceDiffers",
    ]);
  });

  it("says nothing where there is no model, but for names that no device has", () => {
    const context = { models: new ModelSet([]), known: new KnownTree([]), mode: "strict" as const };
    expect(validateWrite(context, [{ path: "Device.Foo.Bar", value: "x" }])).toEqual([]);
    expect(codesOf(validateWrite(context, [{ path: "Device.Foo.", value: "x" }]))).toEqual(["error path.partial"]);
  });

  it("looks for services below Services.", () => {
    const models = new ModelSet([shippedModel("Device:2.17")!, shippedModel("VoiceService:2.0")!]);
    const context = { models, known: new KnownTree([]), mode: "standard" as const };
    const voice = "Device.Services.VoiceService.1.";
    expect(models.parameter("Device.Services.VoiceServiceNumberOfEntries")?.access).toBe("readOnly");
    expect(codesOf(validateWrite(context, [{ path: `${voice}DECT.Base.1.PIN`, value: "12345678" }]))).toEqual([]);
    expect(codesOf(validateWrite(context, [{ path: `${voice}Nope`, value: "1" }]))).toEqual(["error path.unknown"]);
  });

  it("holds strings without a stated size to 16 characters in the old models only", () => {
    const old = { models: new ModelSet([shippedModel("InternetGatewayDevice:1.14")!]), known: new KnownTree([]) };
    const unsized = [...old.models.root!.objects]
      .flatMap((object) => [...object.parameters.values()])
      .find(
        ({ syntax, access, status }) =>
          JSON.stringify(syntax) === '{"type":"string"}' && access === "readWrite" && !status,
      )!;
    const item = { path: unsized.path.replaceAll("{i}", "1"), value: "x".repeat(17) };
    expect(codesOf(validateWrite({ ...old, mode: "standard" }, [item]))).toEqual(["warning size.unstated"]);
    expect(codesOf(validateWrite({ ...old, mode: "strict" }, [item]))).toEqual(["error size.unstated"]);
    expect(codesOf(validateWrite({ ...old, mode: "strict" }, [{ ...item, value: "x".repeat(16) }]))).toEqual([]);
  });
});

describe("the write of several parameters", () => {
  it("may name each only once, by number or alias", () => {
    const items = [`${row}Channel`, "Device.Wifi.Row.[first].Channel"].map((path) => ({ path, value: "1" }));
    expect(codesOf(validateWrite(contextOf(), items))).toEqual(["error path.duplicate"]);
  });

  it("finds what is wrong with each, in their order", () => {
    const items = [
      { path: `${row}Channel`, value: "0" },
      { path: `${row}Enable`, value: "1" },
      { path: `${row}State`, value: "x" },
    ];
    expect(validateWrite(contextOf(), items).map(({ path, code }) => [path, code])).toEqual([
      [`${row}Channel`, "range"],
      [`${row}State`, "access.readOnly"],
    ]);
  });

  it("is not judged without end", () => {
    const items = Array.from({ length: 5_000 }, (_, i) => ({ path: `Device.Nope${i}`, value: "x" }));
    expect(validateWrite(contextOf(), items)).toHaveLength(1_000);
  });
});

describe("the rules", () => {
  it("are never milder in strict mode", () => {
    for (const { standard, strict } of Object.values(rules))
      expect(standard === "error" && strict !== "error").toBe(false);
  });
});
