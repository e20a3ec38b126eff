import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { createTrace } from "../../../../acs/trace/index.ts";
import { maskSecrets } from "../../../../acs/trace/mask-secrets.ts";
import { silentLogger } from "../../../../platform/log/logger.ts";
import { openStore } from "../../../../platform/store/open.ts";

describe("maskSecrets", () => {
  it.each([
    ["<Password>p&amp;q</Password>"],
    ['<cwmp:Password xsi:type="xsd:string">pq</cwmp:Password>'],
    ["<Name>Device.WiFi.AccessPoint.1.Security.KeyPassphrase</Name>\n <Value xsi:type='x'>pq</Value>"],
    ["<Name> Device.PPP.Interface.1.Password </Name><Value>pq</Value>"],
    ["<URL>https://user:pq@host.example/f</URL>"],
    ["<URL>http://acs.example/f?expires=1&amp;signature=pq</URL>"],
    [`<URL>http://acs.example/files/d/x/1764100000-pq${"A".repeat(40)}_/fw.bin</URL>`],
  ])("hides the secret in %j", (text) => {
    const masked = maskSecrets(text);
    expect(masked).toContain("********");
    expect(masked).not.toMatch(/pq|p&amp;q/);
  });

  it("leaves everything else, and what has no value", () => {
    const text = "<Name>Device.WiFi.SSID.1.SSID</Name><Value>home</Value><Password></Password><URL>http://h/x</URL>";
    expect(maskSecrets(text)).toBe(text);
  });

  it("goes once through a text made to be slow", () => {
    // Quadratic work on these would outlast the test's own time-out many times over.
    for (const piece of ["<Name>", "<Password ", "<a:", "http://", "a://b:", "<Name>x</Name> ", "a".repeat(20)]) {
      const text = piece.repeat(300_000);
      expect(maskSecrets(text) === text).toBe(true);
    }
  });
});

describe("trace", () => {
  it("keeps the newest messages of a device, cut to size", async () => {
    const directory = await mkdtemp(join(tmpdir(), "steward-trace-"));
    const store = openStore({ dataDir: directory });
    await store.start();
    const trace = createTrace({ store, log: silentLogger, limits: { messages: 10, bytes: 20 } });
    await trace.prepare();
    for (let i = 0; i < 120; i++) {
      await trace.write({
        deviceId: "d",
        sessionId: "s",
        at: 1_000 + i,
        direction: "fromDevice",
        text: `${i}`.padEnd(30, "x"),
      });
    }
    const { items } = await trace.read("d", { limit: 200 });
    expect(items.length).toBeLessThanOrEqual(70);
    expect(items.at(-1)).toMatchObject({ at: 1_119, cut: true });
    expect(items.at(-1)?.text).toHaveLength(20);
    await store.stop();
    await rm(directory, { recursive: true });
  });

  it("never disturbs a session", async () => {
    const directory = await mkdtemp(join(tmpdir(), "steward-trace-"));
    const store = openStore({ dataDir: directory });
    await store.start();
    const trace = createTrace({ store, log: silentLogger });
    await store.stop();
    await expect(
      trace.write({ deviceId: "d", sessionId: "s", at: 1, direction: "toDevice", text: "" }),
    ).resolves.toBeUndefined();
    await rm(directory, { recursive: true });
  });
});
