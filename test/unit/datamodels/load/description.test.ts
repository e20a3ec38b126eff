import { describe, expect, it } from "@jest/globals";
import { deviceModel } from "../document.ts";

const describedBy = (prose: string): string | undefined =>
  deviceModel(
    `<object name="Device." access="readOnly"><parameter name="Wait" access="readWrite"><description>${prose}</description><syntax><unsignedInt><units value="seconds"/></unsignedInt></syntax></parameter></object>`,
  ).parameter("Device.Wait")?.description;

describe("a description", () => {
  it.each([
    ["Rows of {{object|Device.WiFi.SSID.{i}.}} by {{param|#.Name}}.", "Rows of Device.WiFi.SSID.{i}. by #.Name."],
    ["{{param}} in {{units}}, see {{bibref|RFC3986|Section 3}}.", "Wait in seconds, see RFC3986."],
    ["{{enum}}{{hidden}}", "Reads back as a null value."],
    ["In the form:\n: ''http://host''\n* or not", "In the form: http://host or not"],
    ["a {{b", "a {{b"],
  ])("of %j reads as plain text", (prose, text) => {
    expect(describedBy(prose)).toBe(text);
  });

  it("costs no more than its length, whatever is in its templates", () => {
    const start = performance.now();
    describedBy(`{{a|${"x".repeat(2_500)}`.repeat(400));
    describedBy(`{{a|${"{i}".repeat(2_500)}`.repeat(200));
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});
