import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import type { Field, Shape } from "../../../../acs/rpc/fields.ts";
import { isRpcName, methodsServedBy, rpcNames, rpcs } from "../../../../acs/rpc/index.ts";

describe("the table of RPCs", () => {
  it("names each entry as it is defined, with version and clause", () => {
    for (const name of rpcNames) {
      expect(rpcs[name].name).toBe(name);
      expect(rpcs[name].since).toMatch(/^1\.[0-4]$/);
      expect(rpcs[name].clause).toMatch(/^A\.[34]\.\d\.\d+$/);
    }
    expect(new Set(rpcNames.map((name) => rpcs[name].clause)).size).toBe(rpcNames.length);
  });

  it("has every file of the methods' folder", () => {
    const files = readdirSync(new URL("../../../../acs/rpc/methods/", import.meta.url));
    expect(files).toHaveLength(rpcNames.length);
  });

  it("an ACS serves what CPEs call, a CPE what an ACS calls, GetRPCMethods both (specs/cwmp.md §2.1)", () => {
    expect(methodsServedBy("acs").sort()).toEqual([
      "AutonomousDUStateChangeComplete",
      "AutonomousTransferComplete",
      "DUStateChangeComplete",
      "GetRPCMethods",
      "Inform",
      "Kicked",
      "RequestDownload",
      "TransferComplete",
    ]);
    expect(methodsServedBy("cpe")).toHaveLength(rpcNames.length - 7);
    expect(methodsServedBy("cpe")).toContain("GetRPCMethods");
    expect(methodsServedBy("cpe")).not.toContain("Inform");
  });

  it("knows its names from JavaScript's own", () => {
    expect([isRpcName("Inform"), isRpcName("constructor"), isRpcName("inform")]).toEqual([true, false, false]);
  });
});

const schema = new URL("../../../../../shared/datamodels/xsd/cwmp-1-2.xsd", import.meta.url);

(existsSync(schema) ? describe : describe.skip)("against cwmp-1-2.xsd", () => {
  const xsd = existsSync(schema) ? readFileSync(schema, "utf8") : "";
  /** The names of the elements directly or anonymously inside a top-level element or complex type, in order. */
  const elementsIn = (kind: "element" | "complexType", name: string): string[] => {
    const block = new RegExp(`\\n {2}<xs:${kind} name="${name}"[^>]*?(?:/>|>([\\s\\S]*?)\\n {2}</xs:${kind}>)`).exec(
      xsd,
    );
    if (block === null) throw new Error(`no ${kind} ${name}`);
    return [...(block[1] ?? "").matchAll(/<xs:element name="(\w+)"/g)].map((match) => match[1]!);
  };

  it.each(rpcNames)("%s has the schema's elements in the schema's order, both ways", (name) => {
    expect(Object.keys(rpcs[name].request)).toEqual(elementsIn("element", name));
    expect(Object.keys(rpcs[name].response)).toEqual(elementsIn("element", `${name}Response`));
  });

  const structs = new Map<string, string[]>();
  const collect = (field: Field): void => {
    if (field.kind === "array") {
      if (field.item.kind === "struct") structs.set(field.element, Object.keys(field.item.fields));
      collect(field.item);
    } else if (field.kind === "choice")
      for (const [name, one] of Object.entries(field.choices)) structs.set(name, Object.keys(one.fields));
    else if (field.kind === "struct") collectShape(field.fields);
  };
  const collectShape = (shape: Shape): void => {
    for (const field of Object.values(shape)) collect(field);
  };
  for (const name of rpcNames) {
    collectShape(rpcs[name].request);
    collectShape(rpcs[name].response);
  }

  it.each([...structs])("%s has the schema's elements in the schema's order", (name, fields) => {
    expect(fields).toEqual(elementsIn("complexType", name));
  });

  it("OpResultStruct, AutonOpResultStruct and DeviceIdStruct do too", () => {
    const { Results } = rpcs.DUStateChangeComplete.request;
    const { Results: autonomous } = rpcs.AutonomousDUStateChangeComplete.request;
    expect(Object.keys(Results.item.fields)).toEqual(elementsIn("complexType", "OpResultStruct"));
    expect(Object.keys(autonomous.item.fields)).toEqual([
      ...elementsIn("complexType", "OpResultStruct"),
      ...elementsIn("complexType", "AutonOpResultStruct"),
    ]);
    expect(Object.keys(rpcs.Inform.request.DeviceId.fields)).toEqual(elementsIn("complexType", "DeviceIdStruct"));
  });
});
