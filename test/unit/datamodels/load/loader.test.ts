import { describe, expect, it } from "@jest/globals";
import { ModelDocumentError } from "../../../../datamodels/errors.ts";
import { loadModels, type ModelFile } from "../../../../datamodels/load/loader.ts";
import { shippedModel } from "../../../../datamodels/shipped.ts";
import { deviceModel, documentOf, modelOf, parameter } from "../document.ts";

const rows = 'access="readWrite" minEntries="0" maxEntries="unbounded"';
const ruleOf = (files: readonly ModelFile[]): string => {
  try {
    loadModels(files);
    return "accepted";
  } catch (error) {
    return error instanceof ModelDocumentError ? `${error.file}:${error.line} ${error.rule}` : `threw ${String(error)}`;
  }
};

describe("a model", () => {
  it("has objects, tables and parameters with what is said about them", () => {
    const model = deviceModel(`
      <object name="Device." access="readOnly" minEntries="1" maxEntries="1"/>
      <object name="Device.X.{i}." ${rows.replace("unbounded", "8")} numEntriesParameter="XNumberOfEntries" enableParameter="Enable" dmr:version="2.4" status="deprecated">
        <description>Rows of {{param|Name}} for ''X''.   {{empty}}</description>
        <uniqueKey functional="false"><parameter ref="Alias"/></uniqueKey>
        <uniqueKey><parameter ref="Name"/><parameter ref="Type"/></uniqueKey>
        <parameter name="Name" access="readWrite" activeNotify="canDeny" forcedInform="true" version="2.9">
          <syntax hidden="true"><string><size maxLength="64"/></string><default type="object" value="n"/></syntax>
        </parameter>
      </object>`);
    const object = model.object("Device.X.{i}.")!;
    expect(object).toMatchObject({
      access: "readWrite",
      minEntries: 0,
      maxEntries: 8,
      isTable: true,
      status: "deprecated",
      version: "2.4",
    });
    expect(object).toMatchObject({
      numEntriesParameter: "XNumberOfEntries",
      enableParameter: "Enable",
      description: "Rows of Name for X. an empty string",
    });
    expect(object.uniqueKeys).toEqual([
      { functional: false, parameters: ["Alias"] },
      { functional: true, parameters: ["Name", "Type"] },
    ]);
    expect(model.parameter("Device.X.{i}.Name")).toMatchObject({
      access: "readWrite",
      activeNotify: "canDeny",
      forcedInform: true,
      version: "2.9",
      syntax: { type: "string", sizes: [{ max: 64 }], hidden: true, default: { type: "object", value: "n" } },
    });
  });

  it("takes facets from chains of data types, and counts a derived type as its base's kind of value", () => {
    const types = `
      <dataType name="MACAddress"><string><size maxLength="17"/><pattern value=""/><pattern value="(..:){5}.."/></string></dataType>
      <dataType name="Mine" base="MACAddress"><size maxLength="12"/></dataType>
      <dataType name="Pair"><list minItems="2" maxItems="2"/><int><range minInclusive="-5" maxInclusive="5" step="5"/><units value="dB"/></int></dataType>`;
    const model = deviceModel(
      `<object name="Device." access="readOnly" minEntries="1" maxEntries="1">
        ${parameter("Mac", '<dataType ref="Mine"/>')}
        ${parameter("Short", '<dataType base="Mine"><size maxLength="5"/></dataType>')}
        ${parameter("Pairs", '<list maxItems="3" nestedBrackets="required"/><dataType ref="Pair"/>')}
      </object>`,
      types,
    );
    expect(model.parameter("Device.Mac")!.syntax).toMatchObject({
      dataType: "Mine",
      format: "mac",
      sizes: [{ max: 12 }],
      patterns: ["", "(..:){5}.."],
    });
    expect(model.parameter("Device.Short")!.syntax).toMatchObject({ format: "mac", sizes: [{ max: 5 }] });
    expect(model.parameter("Device.Pairs")!.syntax).toMatchObject({
      type: "int",
      units: "dB",
      ranges: [{ min: "-5", max: "5", step: "5" }],
      list: { maxItems: 3, nestedBrackets: "required", inner: { minItems: 2, maxItems: 2 } },
    });
    expect(model.dataType("Mine")).toMatchObject({ type: "string", format: "mac" });
  });

  it("leaves out deleted facets and reads every kind of facet", () => {
    const model = deviceModel(`<object name="Device." access="readOnly" minEntries="1" maxEntries="1">
      ${parameter("A", '<string><size maxLength="4" status="deleted"/><enumeration value="x" access="readOnly"/><enumeration value="y" optional="true"/><enumeration value="z" status="deleted"/><enumeration value="w" status="obsoleted"/></string><default type="factory" value="y" status="deleted"/>')}
      ${parameter("B", '<string><pathRef refType="strong" targetParent=" .A. #.B.{i}." targetType="row"/></string>')}
      ${parameter("C", '<list><size maxLength="9"/></list><string><enumerationRef targetParam="#.D" nullValue="None"/></string><default type="object" value="[a,b]"/>')}
    </object>`);
    expect(model.parameter("Device.A")!.syntax).toEqual({
      type: "string",
      enumeration: [
        { value: "x", readOnly: true },
        { value: "y", optional: true },
        { value: "w", status: "obsoleted" },
      ],
    });
    expect(model.parameter("Device.B")!.syntax.pathRef).toEqual({
      strong: true,
      targetParents: [".A.", "#.B.{i}."],
      targetType: "row",
    });
    expect(model.parameter("Device.C")!.syntax).toMatchObject({
      list: { sizes: [{ max: 9 }] },
      enumerationRef: { targetParam: "#.D", nullValue: "None" },
      default: { value: "a,b" },
    });
  });
});

const types = documentOf(
  `<dataType name="_Name"><string><size maxLength="9"/></string></dataType>
   <component name="Alias" virtual="true">${parameter("Alias", '<dataType ref="_Name"/>', 'access="writeOnceReadOnly" version="1.0"')}</component>
   <component name="_Own">${parameter("Alias", '<dataType ref="_Name"/>', 'access="readWrite" version="1.0"')}</component>`,
  "urn:broadband-forum-org:tr-106",
  "tr-106-types.xml",
);
const part = (digits: string, leaf: string): ModelFile =>
  documentOf(
    `<import file="tr-106-types.xml" spec="urn:broadband-forum-org:tr-106"><dataType name="Text" ref="_Name"/><component name="Alias"/></import>
     <component name="Row"><component ref="Alias"/>${parameter(leaf, '<dataType ref="Text"/>', 'access="readOnly" version="2.1"')}</component>
     <component name="Things"><object name="Device.Thing.{i}." ${rows} version="2.3"><component ref="Row" version="2.5"/><object name="Stats." access="readOnly" minEntries="1" maxEntries="1"/></object></component>
     <model name="Thing:2.0"><component ref="Things"/></model>`,
    `urn:broadband-forum-org:tr-999-${digits}-thing`,
    `tr-999-${digits}-thing.xml`,
  );
const main = documentOf(
  `<import file="tr-106-types.xml" spec="urn:broadband-forum-org:tr-106"><component name="Alias" ref="_Own"/></import>
   <import file="tr-999-2-thing.xml" spec="urn:broadband-forum-org:tr-999-2-19-thing"><component name="Things"/></import>
   <model name="Device:2.19"><object name="Device." access="readOnly" minEntries="1" maxEntries="1"/><component ref="Things"/>
     <object base="Device.Thing.{i}." access="readOnly" version="2.6"><uniqueKey functional="false"><parameter ref="Alias"/></uniqueKey>
       <parameter base="New" access="readWrite" status="deprecated"><syntax><string><size maxLength="3"/></string></syntax></parameter>
     </object></model>`,
  "urn:broadband-forum-org:tr-999-2-19-1-cwmp",
  "tr-999-2-19-1-cwmp.xml",
);

describe("several documents", () => {
  it("resolve imports by URN to the newest file at hand, put components in place and refine what they bring", () => {
    const model = modelOf([types, part("2-19-0", "Old"), part("2-19-1", "New"), part("2-18-0", "Older"), main]);
    expect(model.name).toBe("Device:2.19");
    const object = model.object("Device.Thing.{i}.")!;
    expect(object).toMatchObject({
      access: "readOnly",
      version: "2.6",
      uniqueKeys: [{ functional: false, parameters: ["Alias"] }],
    });
    expect([...object.parameters.keys()]).toEqual(["Alias", "New"]);
    expect(model.object("Device.Thing.{i}.Stats.")).toBeDefined();
    // The reference's version is the least that anything in a component can have.
    expect(object.parameters.get("Alias")).toMatchObject({ access: "readWrite", version: "2.5" });
    expect(object.parameters.get("New")).toMatchObject({
      access: "readWrite",
      status: "deprecated",
      syntax: { dataType: "Text", sizes: [{ max: 3 }] },
    });
  });

  it("take a later amendment when the wanted one is not at hand, and never an earlier one", () => {
    expect(modelOf([types, part("2-20-0", "New"), main]).parameter("Device.Thing.{i}.New")).toBeDefined();
    expect(ruleOf([types, part("2-18-0", "New"), main])).toBe("tr-999-2-19-1-cwmp.xml:4 import.missing");
  });

  it("extend a model that is only known, with a vendor's parameters", () => {
    const vendor = documentOf(`
      <import file="tr-181-2-17-0-cwmp.xml" spec="urn:broadband-forum-org:tr-181-2-17-0-cwmp"><model name="Device:2.17"/></import>
      <import file="tr-106-1-0-types.xml" spec="urn:broadband-forum-org:tr-106-1-0"><dataType name="IPAddress"/></import>
      <model name="X_EXAMPLE-COM_Device:1.0" base="Device:2.17">
        <object base="Device.WiFi.">${parameter("X_EXAMPLE-COM_Mode", '<string><enumeration value="Fast"/></string>')}</object>
        <object name="Device.X_EXAMPLE-COM_Box." access="readOnly" minEntries="1" maxEntries="1">${parameter("Peer", '<dataType ref="IPAddress"/>')}</object>
      </model>`);
    const device = shippedModel("Device:2.17")!;
    const model = modelOf([vendor], {
      model: (name) => (name === device.name ? device.facts() : undefined),
      dataType: (name) => device.dataType(name),
    });
    expect(model).toMatchObject({ base: "Device:2.17", rootName: "Device" });
    expect(model.counts).toMatchObject({ objects: 791, parameters: 6485 });
    expect(model.parameter("Device.X_EXAMPLE-COM_Box.Peer")!.syntax.format).toBe("ip");
    expect(device.parameter("Device.WiFi.X_EXAMPLE-COM_Mode")).toBeUndefined();
  });

  it("take a service that builds on another as a service", () => {
    const base = documentOf(
      `<model name="FooService:1.0" isService="true">${parameter("FooServiceNumberOfEntries", "<unsignedInt/>")}<object name="FooService.{i}." ${rows}/></model>`,
      "urn:x:a-1-0",
      "a.xml",
    );
    const next = documentOf(
      `<import file="a.xml" spec="urn:x:a-1-0"><model name="FooService:1.0"/></import><model name="FooService:1.1" base="FooService:1.0"/>`,
      "urn:x:b-1-0",
      "b.xml",
    );
    const models = loadModels([base, next]);
    expect(models.map(({ name, isService }) => [name, isService])).toEqual([
      ["FooService:1.0", true],
      ["FooService:1.1", true],
    ]);
  });
});

describe("a device type", () => {
  const dm = documentOf(
    `<model name="Device:2.99"><object name="Device." access="readOnly" minEntries="1" maxEntries="1">
       ${parameter("Mode", '<string><enumeration value="A"/><enumeration value="B"/><enumeration value="C"/></string>')}${parameter("Level", "<unsignedInt/>")}${parameter("Gone", "<boolean/>", 'access="readOnly"')}</object>
     <object name="Device.Row.{i}." ${rows.replace("unbounded", "9")}>${parameter("Name", "<string/>")}</object></model>`,
    "urn:x:dm-1-0",
    "dm.xml",
  );
  const dt = (body: string): ModelFile => ({
    name: "dt.xml",
    text: `<dt:document xmlns:dt="urn:broadband-forum-org:cwmp:devicetype-1-3" deviceType="urn:example-com:box" uuid="0F14D0AB-9605-4A62-A9E4-5ED26688389B">
<import file="dm.xml" spec="urn:x:dm-1-0"><model name="Device:2.99"/></import><feature name="Router"/>
<model ref="Device:2.99">${body}</model></dt:document>`,
  });
  const device = '<object ref="Device." access="readOnly" minEntries="1" maxEntries="1">';

  it("narrows its model to what it lists", () => {
    const models = loadModels([
      dm,
      dt(`${device}<parameter ref="Mode" access="readOnly" activeNotify="willDeny"><syntax><string><enumeration value="B"/></string></syntax></parameter>
        <parameter ref="Level" access="readWrite"><syntax><unsignedInt><range maxInclusive="7"/></unsignedInt></syntax></parameter></object>
        <object ref="Device.Row.{i}." access="create" minEntries="0" maxEntries="2"/>`),
    ]);
    const narrowed = models.find(({ deviceType }) => deviceType)!;
    expect(narrowed.deviceType).toEqual({
      uri: "urn:example-com:box",
      uuid: "0f14d0ab-9605-4a62-a9e4-5ed26688389b",
      features: ["Router"],
    });
    const [root, row] = narrowed.objects;
    expect(root!.parameters).toMatchObject([
      { name: "Mode", access: "readOnly", activeNotify: "willDeny", syntax: { enumeration: [{ value: "B" }] } },
      { name: "Level", syntax: { ranges: [{ max: "7" }] } },
    ]);
    expect(row).toMatchObject({ access: "create", maxEntries: 2, parameters: [] });
  });

  it.each([
    [`${device}<parameter ref="Nope" access="readOnly"/></object>`, "deviceType.unknown"],
    [`${device}<parameter ref="Gone" access="readWrite"/></object>`, "deviceType.widens"],
    ['<object ref="Device.Row.{i}." access="readOnly" minEntries="0" maxEntries="unbounded"/>', "deviceType.widens"],
    ['<object ref="Device." access="createDelete" minEntries="1" maxEntries="1"/>', "deviceType.widens"],
    ['<object ref="Device.None." access="readOnly" minEntries="1" maxEntries="1"/>', "deviceType.unknown"],
    ['<object ref="Device." access="sometimes" minEntries="1" maxEntries="1"/>', "attribute.access"],
  ])("may not say %.80s", (body, rule) => {
    expect(ruleOf([dm, dt(body)])).toBe(`dt.xml:3 ${rule}`);
  });
});

describe("a broken document", () => {
  const within = (body: string) => [
    documentOf(
      `<model name="Device:2.9">\n<object name="Device." access="readOnly" minEntries="1" maxEntries="1">\n${body}\n</object></model>`,
    ),
  ];
  it.each([
    [within("<parameter access='readOnly'><syntax><string/></syntax></parameter>"), "5 attribute.missing"],
    [within("<parameter name='A' access='readOnly'/>"), "5 parameter.syntax"],
    [within("<parameter name='A' access='never'><syntax><string/></syntax></parameter>"), "5 attribute.access"],
    [within("<parameter name='A b' access='readOnly'><syntax><string/></syntax></parameter>"), "5 parameter.name"],
    [within(parameter("A", "<string/>") + parameter("A", "<string/>")), "5 parameter.duplicate"],
    [within("<parameter base='A'/>"), "5 parameter.base"],
    [within(parameter("A", "<dataType ref='Nope'/>")), "5 dataType.unknown"],
    [within(parameter("A", "<float/>")), "5 syntax.type"],
    [within(parameter("A", "<string><size maxLength='many'/></string>")), "5 attribute.number"],
    [within(parameter("A", "<string><size minLength='5' maxLength='4'/></string>")), "5 facet.size"],
    [within(parameter("A", "<int><range minInclusive='9' maxInclusive='1'/></int>")), "5 facet.range"],
    [within(parameter("A", "<int><range minInclusive='1.5'/></int>")), "5 facet.range"],
    [within(parameter("A", "<int><range step='0'/></int>")), "5 facet.range"],
    [within(parameter("A", "<boolean><range minInclusive='1'/></boolean>")), "5 facet.range"],
    [within(parameter("A", "<string><pattern value='(a'/></string>")), "5 facet.pattern"],
    [within(parameter("A", "<string/><default type='maybe' value=''/>")), "5 facet.default"],
    [within("<uniqueKey/>"), "5 uniqueKey.empty"],
    [within("<component ref='Nope'/>"), "5 component.unknown"],
    [[documentOf("<model name='Device:2.9'>\n<object name='Device' access='readOnly'/></model>")], "4 object.name"],
    [[documentOf("<model name='Device:2.9'>\n<object base='Device.X.'/></model>")], "4 object.base"],
    [[documentOf("<model name='Device:2.9' base='Device:2.8'/>")], "3 model.base"],
    [[documentOf("<model name='Device:2.9' base='Device:2.9'/>")], "3 model.base"],
    [[documentOf("<model name='Device'/>")], "3 model.name"],
    [
      [documentOf("<dataType name='A' base='B'/><dataType name='B' base='A'/><model name='Device:2.9'/>")],
      "3 dataType.cycle",
    ],
    [
      [
        documentOf(
          "<component name='A'><component ref='A'/></component><model name='Device:2.9'><component ref='A'/></model>",
        ),
      ],
      "3 component.cycle",
    ],
    [[documentOf("<dataType name='A'><int/></dataType>")], "1 document.empty"],
  ])("is refused with file, line and rule (%#)", (files, rule) => {
    expect(ruleOf(files)).toBe(`test.xml:${rule}`);
  });

  it("does not grow beyond measure by components that repeat each other", () => {
    const levels = Array.from(
      { length: 30 },
      (_, i) => `<component name="C${i}">${`<component ref="C${i + 1}"/>`.repeat(10)}</component>`,
    ).join("");
    const files = [
      documentOf(`${levels}<component name="C30"/><model name="Device:2.9"><component ref="C0"/></model>`),
    ];
    expect(ruleOf(files)).toMatch(/^test\.xml:3 model\.tooLarge$/);
  });

  it("costs no more than its length, however its prose and names are made", () => {
    const prose = `<description>${"{{".repeat(50_000)}${"{{a".repeat(50_000)}{{${"a".repeat(500_000)}</description>`;
    const spec = `urn:${":a-1".repeat(100_000)}!`;
    const body = `<import file="b.xml" spec="${spec}"><dataType name="T"/></import><model name="Device:2.9"><object name="Device." access="readOnly">${prose}</object></model>`;
    const start = performance.now();
    expect(ruleOf([documentOf(body, spec)])).toBe("accepted");
    expect(performance.now() - start).toBeLessThan(5_000);
  });

  it("is refused when it is no data-model document", () => {
    expect(ruleOf([{ name: "a.xml", text: "<html/>" }])).toBe("a.xml:1 document.root");
    expect(ruleOf([])).toBe("(no file):1 document.empty");
  });
});
