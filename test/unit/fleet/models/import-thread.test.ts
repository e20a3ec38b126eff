import { describe, expect, it } from "@jest/globals";
import { ModelDocumentError } from "../../../../datamodels/errors.ts";
import { prepareInThread } from "../../../../fleet/models/import-thread.ts";
import { prepareImport } from "../../../../fleet/models/prepare-import.ts";
import { minutes } from "../../../../kernel/time.ts";
import { documentOf, parameter } from "../../datamodels/document.ts";

const model = documentOf(
  `<model name="Device:2.9"><object name="Device." access="readOnly">${parameter("A", "<string/>")}</object></model>`,
);
const limits = { heap: 512, time: minutes(2) };

describe("an import in a thread of its own", () => {
  it("gives what it gives here", async () => {
    const [prepared] = await prepareInThread(limits)([model], []);
    const [here] = prepareImport([model], []);
    expect(prepared?.info).toEqual(here?.info);
    expect(Buffer.from(prepared!.packed)).toEqual(here?.packed);
  });

  it("extends what is at hand: imported, or with Steward", async () => {
    const vendor = (base: string) =>
      documentOf(
        `<import file="b.xml"><model name="${base}"/></import><model name="X_A-COM_Device:1.0" base="${base}"><object base="Device.">${parameter("X_A-COM_B", "<string/>")}</object></model>`,
      );
    const [{ packed } = { packed: new Uint8Array() }] = prepareImport([model], []);
    const sources = [
      { name: "Device:2.9", isService: false, packed },
      { name: "Device:1.2", isService: false },
    ];
    const prepare = prepareInThread(limits);
    expect((await prepare([vendor("Device:2.9")], sources))[0]?.info.counts.parameters).toBe(2);
    expect((await prepare([vendor("Device:1.2")], sources))[0]?.info.counts.parameters).toBe(157);
  });

  it("refuses a broken document by file, line and rule", async () => {
    const refused = prepareInThread(limits)([{ name: "a.xml", text: "<a>\n<b" }], []);
    await expect(refused).rejects.toBeInstanceOf(ModelDocumentError);
    await expect(refused).rejects.toMatchObject({ code: "model.invalid", file: "a.xml", line: 2 });
  });

  it("ends when it takes too much memory, or too long", async () => {
    const objects = Array.from({ length: 60_000 }, (_, i) => `<object name="Device.A${i}." access="readOnly"/>`).join(
      "",
    );
    const large = documentOf(`<model name="Device:2.9">${objects}</model>`);
    await expect(prepareInThread({ heap: 16, time: minutes(2) })([large], [])).rejects.toMatchObject({
      code: "body.tooLarge",
      message: expect.stringContaining("16 MiB"),
    });
    await expect(prepareInThread({ heap: 512, time: 1 })([large], [])).rejects.toMatchObject({
      code: "body.tooLarge",
      message: expect.stringContaining("longer"),
    });
  });
});
