import { describe, expect, it } from "@jest/globals";
import { fault } from "../../../acs/rpc/faults.ts";
import { encodeEnvelope } from "../../../acs/soap/encode.ts";
import { seconds } from "../../../kernel/time.ts";
import { getValues, rpc, stage } from "./stage.ts";

const ID_OF = /<cwmp:ID[^>]*>([^<]*)</;

describe("a session of a simulated CPE (TR-069 §3.7)", () => {
  it("is an Inform, an empty POST and the answers to what the ACS asks, on one connection", async () => {
    const { acs, cpe, sessions } = await stage();
    acs.script.push(rpc("GetRPCMethods", {}), getValues("Device.DeviceInfo.SoftwareVersion"));
    await cpe.start();
    expect(acs.story).toEqual(["Inform", "-", "GetRPCMethodsResponse", "GetParameterValuesResponse"]);
    expect(new Set(acs.received.map(({ connection }) => connection)).size).toBe(1);
    expect(sessions).toEqual([
      { serialNumber: "SN1", outcome: "completed", events: ["0 BOOTSTRAP", "1 BOOT"], rpcs: 2, took: 0 },
    ]);
  });

  it("sends SOAPAction and Content-Type with an envelope and neither with an empty POST (§3.4.1)", async () => {
    const { acs, cpe } = await stage();
    await cpe.start();
    const [inform, empty] = acs.received;
    expect(inform!.headers).toMatchObject({ soapaction: '""', "content-type": 'text/xml; charset="utf-8"' });
    expect(empty!.headers["content-length"]).toBe("0");
    expect(empty!.headers).not.toHaveProperty("soapaction");
    expect(empty!.headers).not.toHaveProperty("content-type");
  });

  it("carries the forced parameters, the events and the retry count in its Inform (A.3.3.1)", async () => {
    const { acs, cpe } = await stage();
    await cpe.start();
    const { DeviceId, Event, RetryCount, CurrentTime, ParameterList } = acs.informs[0]!.body;
    expect(DeviceId).toEqual({
      Manufacturer: "Steward",
      OUI: "00D0FF",
      ProductClass: "SimGateway",
      SerialNumber: "SN1",
    });
    expect(Event.map(({ EventCode }) => EventCode)).toEqual(["0 BOOTSTRAP", "1 BOOT"]);
    expect([RetryCount, CurrentTime]).toEqual([0, "2026-11-22T12:00:00Z"]);
    expect(ParameterList.map(({ Name }) => Name)).toEqual([
      "Device.RootDataModelVersion",
      "Device.DeviceInfo.HardwareVersion",
      "Device.DeviceInfo.SoftwareVersion",
      "Device.DeviceInfo.ProvisioningCode",
      "Device.ManagementServer.ConnectionRequestURL",
      "Device.ManagementServer.ParameterKey",
    ]);
  });

  it("repeats the ID of what it answers", async () => {
    const { acs, cpe } = await stage();
    acs.script.push(rpc("GetRPCMethods", {}), rpc("GetRPCMethods", {}));
    await cpe.start();
    expect(acs.received.slice(2).map(({ text }) => ID_OF.exec(text)?.[1])).toEqual(["100", "101"]);
  });

  it("sends the cookies of the session and forgets them after it", async () => {
    const { acs, cpe } = await stage();
    await cpe.start();
    await cpe.inform(["2 PERIODIC"]);
    expect(acs.received.map(({ headers }) => headers.cookie)).toEqual([
      undefined,
      "session=S1",
      undefined,
      "session=S1",
    ]);
  });

  it("closes its connection after the session", async () => {
    const { acs, cpe } = await stage();
    await cpe.start();
    await acs.until(() => acs.openConnections === 0);
    await cpe.inform(["2 PERIODIC"]);
    expect(new Set(acs.received.map(({ connection }) => connection)).size).toBe(2);
  });

  it("answers a method that it does not serve with fault 9000", async () => {
    const { acs, cpe } = await stage();
    acs.script.push(rpc("Kicked", { Command: "", Referer: "", Arg: "", Next: "" }));
    await cpe.start();
    expect(acs.faults).toEqual([9000]);
  });

  it("gives the faults that were ordered for a method, as often as ordered", async () => {
    const { acs, cpe } = await stage({ faults: { GetRPCMethods: { code: 9002, times: 1 } } });
    acs.script.push(rpc("GetRPCMethods", {}), rpc("GetRPCMethods", {}));
    await cpe.start();
    expect(acs.story.slice(2)).toEqual(["fault 9002", "GetRPCMethodsResponse"]);
  });

  it("sends the same again when the ACS answers fault 8005", async () => {
    const { acs, cpe, sessions } = await stage();
    let refused = 0;
    acs.hook = ({ text }) => {
      if (!text.includes("<cwmp:Inform>") || refused++ > 0) return undefined;
      const namespace = "urn:dslforum-org:cwmp-1-2";
      return {
        status: 200,
        body: encodeEnvelope({ namespace, id: "1", message: { kind: "fault", fault: fault(8005) } }),
      };
    };
    await cpe.start();
    expect(acs.received[1]!.text).toBe(acs.received[0]!.text);
    expect(sessions[0]!.outcome).toBe("completed");
  });

  it("waits the ordered latency before each answer", async () => {
    const { acs, cpe, clock, sessions } = await stage({ latency: 250 });
    acs.script.push(rpc("GetRPCMethods", {}));
    const started = cpe.start();
    await acs.until(() => acs.received.length === 2);
    while (sessions.length === 0) await clock.advance(50);
    await started;
    expect(sessions[0]!.took).toBeGreaterThanOrEqual(250);
  });

  it("sends the headers of protocol 1.4 and uses the namespace that was agreed on (A.3.3.1)", async () => {
    const { acs, cpe } = await stage({ protocol: "1.4" });
    acs.hook = ({ text }) =>
      text.includes("<cwmp:Inform>")
        ? {
            status: 200,
            body: encodeEnvelope({
              id: "1",
              namespace: "urn:dslforum-org:cwmp-1-0",
              useVersion: "1.0",
              message: { kind: "response", name: "Inform", body: { MaxEnvelopes: 1 } },
            }),
          }
        : undefined;
    acs.script.push(rpc("GetRPCMethods", {}));
    await cpe.start();
    const decoded = acs.received[0]!.decoded;
    expect(decoded).toMatchObject({
      ok: true,
      envelope: { sessionTimeout: 60, supportedVersions: ["1.0", "1.1", "1.2", "1.3", "1.4"] },
    });
    expect(acs.received[2]!.text).toContain("urn:dslforum-org:cwmp-1-0");
  });
});

describe("contact between sessions", () => {
  it("is made periodically, with a tenth of the interval either way by chance", async () => {
    const { acs, cpe, pass } = await stage({ interval: seconds(100), random: () => 0 });
    await cpe.start();
    await pass(seconds(89));
    expect(acs.informs).toHaveLength(1);
    await pass(seconds(1));
    expect(acs.informs.at(-1)!.body.Event).toEqual([{ EventCode: "2 PERIODIC", CommandKey: "" }]);
  });

  it("stops being periodic when the ACS switches it off", async () => {
    const { acs, cpe, pass, clock } = await stage();
    await cpe.start();
    cpe.tree.set("Device.ManagementServer.PeriodicInformEnable", "0");
    await cpe.inform(["4 VALUE CHANGE"]);
    expect(clock.pending).toBe(0);
    await pass(seconds(10_000));
    expect(acs.informs).toHaveLength(2);
  });

  it("is retried after a failure within the standard's ranges, with the events and a growing RetryCount (§3.2.1.1)", async () => {
    const { acs, cpe, pass, sessions } = await stage({ random: () => 0.999, interval: seconds(1_000) });
    acs.hook = () => (acs.received.length > 2 ? undefined : { status: 503, headers: { "Retry-After": "5" } });
    await cpe.start();
    expect(sessions[0]).toMatchObject({ outcome: "refused", error: "Error: the ACS answered 503" });
    await pass(seconds(9.9));
    expect(acs.received).toHaveLength(1);
    await pass(seconds(0.1));
    await pass(seconds(19.9));
    expect(acs.received).toHaveLength(2);
    await pass(seconds(0.1));
    expect(acs.informs.map(({ body }) => [body.RetryCount, body.Event.length])).toEqual([
      [0, 2],
      [1, 2],
      [2, 2],
    ]);
    expect(sessions.map(({ outcome }) => outcome)).toEqual(["refused", "refused", "completed"]);
  });

  it("is not retried once another session succeeded", async () => {
    const { acs, cpe, pass } = await stage({ interval: seconds(10_000) });
    acs.hook = () => (acs.received.length > 1 ? undefined : "hangUp");
    await cpe.start();
    await cpe.inform(["2 PERIODIC"]);
    await pass(seconds(60));
    expect(acs.informs).toHaveLength(2);
  });

  it("uses the retry parameters that the ACS has set", async () => {
    const { acs, cpe, pass } = await stage({ random: () => 0, interval: seconds(10_000) });
    acs.hook = () => (acs.received.length > 1 ? undefined : { status: 503 });
    const started = cpe.start();
    cpe.tree.set("Device.ManagementServer.CWMPRetryMinimumWaitInterval", "40");
    await started;
    await pass(seconds(39));
    expect(acs.received).toHaveLength(1);
    await pass(seconds(1));
    expect(acs.informs).toHaveLength(2);
  });

  it("is made right after a session when an event came up during it", async () => {
    const { acs, cpe } = await stage();
    acs.hook = () => {
      if (acs.received.length === 2) void cpe.inform(["8 DIAGNOSTICS COMPLETE"]);
      return undefined;
    };
    await cpe.start();
    expect(acs.informs.map(({ body }) => body.Event.map(({ EventCode }) => EventCode))).toEqual([
      ["0 BOOTSTRAP", "1 BOOT"],
      ["8 DIAGNOSTICS COMPLETE"],
    ]);
  });

  it("starts with BOOTSTRAP at another ACS when the ACS's URL was changed (§3.7.1.5)", async () => {
    const { acs, cpe } = await stage();
    acs.script.push(
      rpc("SetParameterValues", {
        ParameterList: [{ Name: "Device.ManagementServer.URL", Value: { value: acs.url.replace("/acs", "/other") } }],
        ParameterKey: "",
      }),
    );
    await cpe.start();
    expect(acs.received.map(({ url }) => url)).toEqual([
      ...Array(3).fill("/acs?vendor=1"),
      ...Array(2).fill("/other?vendor=1"),
    ]);
    expect(acs.informs[1]!.body.Event.map(({ EventCode }) => EventCode)).toEqual(["0 BOOTSTRAP"]);
  });

  it("fails and is retried when the ACS's URL is none", async () => {
    const { cpe, sessions, errors, pass } = await stage({ acsUrl: "no url at all", interval: seconds(10_000) });
    await cpe.start();
    await pass(seconds(20));
    expect(sessions.map(({ outcome }) => outcome)).toEqual(["failed", "failed"]);
    expect(errors).toEqual([]);
  });

  it("reports a changed value: actively at once, passively with the next Inform (A.3.2.4)", async () => {
    const { acs, cpe } = await stage();
    await cpe.start();
    cpe.tree.setAttributes("Device.WiFi.SSID.1.SSID", { notification: 1 });
    cpe.tree.setAttributes("Device.WiFi.SSID.2.SSID", { notification: 2 });
    await cpe.change("Device.WiFi.SSID.1.SSID", "quiet");
    expect(acs.informs).toHaveLength(1);
    await cpe.change("Device.WiFi.SSID.2.SSID", "loud");
    const { Event, ParameterList } = acs.informs[1]!.body;
    expect(Event).toEqual([{ EventCode: "4 VALUE CHANGE", CommandKey: "" }]);
    expect(ParameterList.slice(-2).map(({ Name, Value }) => [Name, Value.value])).toEqual([
      ["Device.WiFi.SSID.1.SSID", "quiet"],
      ["Device.WiFi.SSID.2.SSID", "loud"],
    ]);
  });

  it("brings a request of the CPE's own with its event, and again until the ACS has answered it", async () => {
    const { acs, cpe, pass } = await stage({ interval: seconds(1_000) });
    await cpe.start();
    acs.hook = ({ text }) =>
      text.includes("<cwmp:RequestDownload>") && acs.informs.length === 2 ? { status: 500 } : undefined;
    await cpe.request({
      kind: "request",
      name: "RequestDownload",
      body: { FileType: "1 Firmware Upgrade Image", FileTypeArg: [] },
    });
    await pass(seconds(10));
    expect(acs.story.slice(2)).toEqual(["Inform", "RequestDownload", "Inform", "RequestDownload", "-"]);
    expect(acs.informs.at(-1)!.body.Event).toEqual([{ EventCode: "9 REQUEST DOWNLOAD", CommandKey: "" }]);
  });
});

describe("a stopped CPE", () => {
  it("leaves no timer, no connection and no session behind", async () => {
    const { acs, cpe, clock, sessions } = await stage({ connectionRequestHost: "127.0.0.1" });
    let reached = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      reached = resolve;
    });
    acs.hook = () => {
      reached();
      return new Promise(() => undefined);
    };
    const started = cpe.start();
    await held;
    cpe.stop();
    await started;
    await cpe.settled();
    expect(clock.pending).toBe(0);
    expect(sessions).toEqual([]);
    await expect(cpe.inform(["2 PERIODIC"])).resolves.toBeUndefined();
    expect(acs.received).toHaveLength(1);
  });

  it("never starts again", async () => {
    const { acs, cpe } = await stage();
    cpe.stop();
    await cpe.start();
    expect(acs.received).toHaveLength(0);
  });
});
