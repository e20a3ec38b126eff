import { describe, expect, it } from "@jest/globals";
import type { KnownItem } from "../../../../datamodels/known-tree.ts";
import { resolveReference } from "../../../../datamodels/validation/references.ts";
import { validateCreate, validateDelete } from "../../../../datamodels/validation/rows-request.ts";
import { validateWrite } from "../../../../datamodels/validation/write.ts";
import { codesOf, contextOf, seen } from "./known.ts";

const writes = (values: Record<string, string>, known: readonly KnownItem[] = seen) =>
  codesOf(
    validateWrite(
      contextOf(known),
      Object.entries(values).map(([path, value]) => ({ path: `Device.Wifi.Row.${path}`, value })),
    ),
  );

describe("a unique key", () => {
  it("that is not functional holds between all rows", () => {
    expect(writes({ "2.Alias": "first" })).toEqual(["error uniqueKey"]);
    expect(writes({ "2.Alias": "third" })).toEqual([]);
    expect(writes({ "1.Alias": "first" })).toEqual([]);
  });

  it("that is functional holds between enabled rows, with lists as sets", () => {
    expect(writes({ "2.Name": "home" })).toEqual([]);
    expect(writes({ "2.Name": "home", "2.Enable": "1" })).toEqual(["error uniqueKey"]);
    expect(writes({ "2.Name": "home", "2.Enable": "1", "2.Kind": "b, a" })).toEqual(["error uniqueKey"]);
    expect(writes({ "2.Name": "home", "2.Enable": "1", "2.Kind": "a" })).toEqual([]);
  });

  it("is judged as it will be after the request", () => {
    expect(writes({ "1.Alias": "second", "2.Alias": "first" })).toEqual([]);
    expect(writes({ "1.Alias": "same", "2.Alias": "same" })).toEqual(["error uniqueKey", "error uniqueKey"]);
    expect(writes({ "2.Name": "home", "2.Enable": "1", "1.Enable": "0" })).toEqual([]);
  });

  it("is not judged where its values are not known or empty", () => {
    const unknown = seen.filter(({ path }) => path !== "Device.Wifi.Row.1.Alias");
    expect(writes({ "2.Alias": "first" }, unknown)).toEqual([]);
    const empty = seen.map((item) => (item.path === "Device.Wifi.Row.1.Alias" ? { ...item, value: "" } : item));
    expect(writes({ "2.Alias": "" }, empty)).toEqual([]);
  });

  it("names the row that has it", () => {
    const [finding] = validateWrite(contextOf(), [{ path: "Device.Wifi.Row.2.Alias", value: "first" }]);
    expect(finding).toMatchObject({ path: "Device.Wifi.Row.2.Alias", rule: "unique key Alias", given: "first" });
    expect(finding!.expected).toContain("Device.Wifi.Row.1.");
  });
});

describe("a reference", () => {
  it.each([
    ["#.Row.", "Device.Wifi.Row.1.", "Device.Wifi.Row."],
    ["##.Hosts.Host.", "Device.Wifi.Row.1.", "Device.Hosts.Host."],
    ["###.IP.Interface.", "Device.DNS.Client.Server.2.", "Device.IP.Interface."],
    [".IP.Interface.", "Device.A.B.1.", "Device.IP.Interface."],
    [".Tone.Event.", "Device.Services.VoiceService.2.Line.1.", "Device.Services.VoiceService.2.Tone.Event."],
    ["Level.", "Device.Firewall.", "Device.Firewall.Level."],
    ["Device.WiFi.Radio.", "Device.A.", "Device.WiFi.Radio."],
    ["#.SupportedProtocols", "InternetGatewayDevice.A.B.", "InternetGatewayDevice.A.SupportedProtocols"],
  ])("%s in %s means %s", (reference, from, meant) => {
    expect(resolveReference(reference, from)).toBe(meant);
  });

  it.each([
    ["1.Peer", "", []],
    ["1.Peer", "Device.Wifi.Row.2", []],
    ["1.Peer", "Device.Wifi.Row.[second]", []],
    ["1.Peer", "Device.Wifi.Row.2.", ["error reference.trailingDot"]],
    ["1.Peer", "Device.Wifi.Row.9", ["error reference.missing"]],
    ["1.Peer", "Device.Wifi.Fixed.1", ["error reference.parent"]],
    ["1.Peer", "Device.Wifi.Row.*", ["error reference.malformed"]],
    ["1.Peer", "not a path..", ["error reference.trailingDot"]],
    ["1.Any", "Device.Wifi.Row.1,Device.Wifi.Fixed.4", []],
    ["1.Any", "Device.Wifi.Row.1,Device.Wifi.Row.8", ["error reference.missing"]],
    ["1.Inner", "Device.Wifi.Row.2.Sub.5", []],
    ["1.Inner", "Device.Wifi.Row.2", ["error reference.parent"]],
  ] as const)("%s = %j", (path, value, codes) => {
    expect(writes({ [path]: value })).toEqual(codes);
  });
});

describe("adding a row", () => {
  const create = (path: string, values: Record<string, string> = {}, known: readonly KnownItem[] = seen) =>
    codesOf(
      validateCreate(
        contextOf(known),
        path,
        Object.entries(values).map(([name, value]) => ({ path: name, value })),
      ),
    );

  it("is checked with its values, whose paths are relative", () => {
    expect(create("Device.Wifi.Row.", { Name: "third", Channel: "3" })).toEqual([]);
    expect(create("Device.Wifi.Row.", { Channel: "99", Nope: "1", State: "x" })).toEqual([
      "error range",
      "error path.unknown",
      "error access.readOnly",
    ]);
    expect(validateCreate(contextOf(), "Device.Wifi.Row.", [{ path: "Channel", value: "99" }])[0]!.path).toBe(
      "Channel",
    );
    expect(create("Device.Wifi.Row.", { "Sub.": "1" })).toEqual(["error path.malformed"]);
  });

  it("keeps the bounds of the table", () => {
    const third = [...seen, { path: "Device.Wifi.Row.3.Name", value: "x" }];
    expect(create("Device.Wifi.Row.", {}, third)).toEqual(["error table.full"]);
    const counted = seen.map((item) => (item.path.endsWith("RowNumberOfEntries") ? { ...item, value: "3" } : item));
    expect(create("Device.Wifi.Row.", {}, counted)).toEqual(["error table.full"]);
  });

  it("keeps unique keys, with the defaults of a new row", () => {
    expect(create("Device.Wifi.Row.", { Alias: "first" })).toEqual(["error uniqueKey"]);
    expect(create("Device.Wifi.Row.", { Name: "home", Kind: "b,a" })).toEqual([]);
    expect(create("Device.Wifi.Row.", { Name: "home", Kind: "b,a", Enable: "true" })).toEqual(["error uniqueKey"]);
    const named = seen.map((item) =>
      item.path.endsWith("1.Name")
        ? { ...item, value: "new" }
        : item.path.endsWith("1.Kind")
          ? { ...item, value: "" }
          : item,
    );
    expect(create("Device.Wifi.Row.", { Enable: "1" }, named)).toEqual(["error uniqueKey"]);
  });

  it.each([
    ["Device.Wifi.Fixed.", ["error table.fixed"]],
    ["Device.Wifi.", ["error table.none"]],
    ["Device.Nope.", ["error path.unknown"]],
    ["Device.X_00D09E_T.", ["warning path.unknownVendor"]],
    ["Device.Wifi.Row", ["error path.malformed"]],
    ["Device.Wifi.Row.9.Sub.", ["error path.noSuchRow"]],
    ["Device.Odd.", []],
  ])("to %s", (path, codes) => {
    expect(create(path)).toEqual(codes);
  });

  it("to a table that only the device calls writable is warned of", () => {
    expect(create("Device.Wifi.Fixed.", {}, [{ path: "Device.Wifi.Fixed.", writable: true }])).toEqual([
      "warning access.deviceDiffers",
    ]);
  });
});

describe("deleting a row", () => {
  const one = [
    ...seen,
    { path: "Device.Wifi.Row.1.Sub.1.", writable: true },
    { path: "Device.Wifi.Row.1.Sub.1.A", value: "1" },
  ];
  it.each([
    ["Device.Wifi.Row.1.", []],
    ["Device.Wifi.Row.[second].", []],
    ["Device.Wifi.Row.7.", ["error path.noSuchRow"]],
    ["Device.Wifi.Row.1.Sub.1.", ["error table.minimum"]],
    ["Device.Wifi.Fixed.1.", ["error table.fixed"]],
    ["Device.Wifi.", ["error table.none"]],
    ["Device.Wifi.Row.1", ["error path.malformed"]],
    ["Device.X_00D09E_T.1.", ["warning path.unknownVendor"]],
    ["Device.Nope.1.", ["error path.unknown"]],
  ])("%s", (path, codes) => {
    expect(codesOf(validateDelete(contextOf(one), path))).toEqual(codes);
  });
});

describe("rows", () => {
  it("are only missing when all are known: by their count or by a discovery, not by an Inform", () => {
    const informed: KnownItem[] = [{ path: "Device.Wifi.Row.1.Name", value: "home" }];
    expect(writes({ "5.Channel": "1" }, informed)).toEqual([]);
    expect(writes({ "5.Channel": "1" }, [...informed, { path: "Device.Wifi.Row.1.", writable: true }])).toEqual([
      "error path.noSuchRow",
    ]);
    expect(writes({ "5.Channel": "1" }, [...informed, { path: "Device.Wifi.RowNumberOfEntries", value: "1" }])).toEqual(
      ["error path.noSuchRow"],
    );
    expect(writes({ "5.Channel": "1" }, [...informed, { path: "Device.Wifi.RowNumberOfEntries", value: "4" }])).toEqual(
      [],
    );
  });
});
