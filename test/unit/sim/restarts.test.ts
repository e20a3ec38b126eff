import { describe, expect, it } from "@jest/globals";
import { seconds } from "../../../kernel/time.ts";
import { getValues, rpc, type Stage, setValues, stage } from "./stage.ts";

const quiet = { interval: seconds(100_000), rebootTime: seconds(5) };
const codes = ({ acs }: Stage): string[][] =>
  acs.informs.map(({ body }) => body.Event.map(({ EventCode, CommandKey }) => `${EventCode} ${CommandKey}`.trim()));

describe("Reboot (TR-069 A.3.2.9)", () => {
  it("comes after the session, keeps what was written and is reported by 1 BOOT and M Reboot", async () => {
    const staged = await stage(quiet);
    const { acs, cpe, pass, executed } = staged;
    acs.script.push(setValues({ "Device.WiFi.SSID.1.SSID": "kept" }), rpc("Reboot", { CommandKey: "r1" }));
    await cpe.start();
    await pass(seconds(4));
    expect(acs.informs).toHaveLength(1);
    await pass(seconds(1));
    expect(codes(staged)[1]!.toSorted()).toEqual(["1 BOOT", "M Reboot r1"]);
    expect(cpe.tree.get("Device.WiFi.SSID.1.SSID")!.value).toBe("kept");
    expect(executed).toMatchObject([{ method: "Reboot", commandKey: "r1" }]);
    acs.script.push(getValues("Device.DeviceInfo.UpTime"));
    await pass(seconds(30));
    await cpe.inform(["2 PERIODIC"]);
    expect(acs.responses("GetParameterValues")[0]!.body.ParameterList[0]!.Value.value).toBe("30");
  });

  it("is not interrupted by other contact", async () => {
    const staged = await stage(quiet);
    staged.acs.script.push(rpc("Reboot", { CommandKey: "r1" }));
    await staged.cpe.start();
    await staged.cpe.inform(["2 PERIODIC"]);
    expect(staged.acs.informs).toHaveLength(1);
    await staged.pass(seconds(5));
    expect(codes(staged)[1]!.toSorted()).toEqual(["1 BOOT", "2 PERIODIC", "M Reboot r1"]);
  });

  it("makes undelivered value changes go away (§3.7.1.5)", async () => {
    const staged = await stage(quiet);
    const { acs, cpe, pass } = staged;
    acs.script.push(rpc("Reboot", { CommandKey: "" }));
    await cpe.start();
    cpe.tree.setAttributes("Device.WiFi.SSID.1.SSID", { notification: 1 });
    await cpe.change("Device.WiFi.SSID.1.SSID", "new");
    await pass(seconds(5));
    expect(codes(staged)[1]!.toSorted()).toEqual(["1 BOOT", "M Reboot"]);
    expect(acs.informs[1]!.body.ParameterList.map(({ Name }) => Name)).not.toContain("Device.WiFi.SSID.1.SSID");
  });
});

describe("FactoryReset (A.3.2.10)", () => {
  it("loses what was written, rows, transfers and scheduled Informs, and begins with BOOTSTRAP", async () => {
    const staged = await stage({ ...quiet, connectionRequestHost: "127.0.0.1" });
    const { acs, cpe, pass } = staged;
    acs.script.push(
      setValues({ "Device.WiFi.SSID.1.SSID": "lost" }),
      rpc("AddObject", { ObjectName: "Device.NAT.PortMapping.", ParameterKey: "k" }),
      rpc("ScheduleInform", { DelaySeconds: 60, CommandKey: "lost" }),
      rpc("FactoryReset", {}),
    );
    await cpe.start();
    const url = cpe.tree.get("Device.ManagementServer.ConnectionRequestURL")!.value;
    await pass(seconds(5));
    expect(codes(staged)[1]).toEqual(["0 BOOTSTRAP", "1 BOOT"]);
    expect(cpe.tree.get("Device.WiFi.SSID.1.SSID")!.value).toBe("home-1");
    expect(cpe.tree.isObject("Device.NAT.PortMapping.2.")).toBe(false);
    expect(cpe.tree.get("Device.DeviceInfo.SerialNumber")!.value).toBe("SN1");
    expect(cpe.tree.get("Device.ManagementServer.ConnectionRequestURL")!.value).toBe(url);
    await pass(seconds(100));
    expect(acs.informs).toHaveLength(2);
  });
});

describe("ScheduleInform (A.3.2.11)", () => {
  it("makes contact at its time, once per call", async () => {
    const staged = await stage(quiet);
    staged.acs.script.push(
      rpc("ScheduleInform", { DelaySeconds: 60, CommandKey: "a" }),
      rpc("ScheduleInform", { DelaySeconds: 90, CommandKey: "b" }),
      rpc("ScheduleInform", { DelaySeconds: 0, CommandKey: "c" }),
    );
    await staged.cpe.start();
    await staged.pass(seconds(60));
    await staged.pass(seconds(30));
    expect(codes(staged).slice(1)).toEqual([
      ["3 SCHEDULED", "M ScheduleInform a"],
      ["3 SCHEDULED", "M ScheduleInform b"],
    ]);
    expect(staged.acs.faults).toEqual([9003]);
  });
});

describe("diagnostics (specs/cwmp.md §5.1)", () => {
  const PING = "Device.IP.Diagnostics.IPPing.";
  const read = (staged: Stage, leaf: string): string => staged.cpe.tree.get(PING + leaf)!.value;

  it("run when DiagnosticsState is Requested, whatever the order of the inputs, and end with event 8", async () => {
    const staged = await stage(quiet);
    staged.acs.script.push(
      setValues({
        [`${PING}DiagnosticsState`]: "Requested",
        [`${PING}Host`]: "192.0.2.1",
        [`${PING}NumberOfRepetitions`]: "7",
      }),
    );
    await staged.cpe.start();
    expect(read(staged, "DiagnosticsState")).toBe("Requested");
    await staged.pass(seconds(1));
    expect(codes(staged)[1]).toEqual(["8 DIAGNOSTICS COMPLETE"]);
    expect([read(staged, "DiagnosticsState"), read(staged, "SuccessCount")]).toEqual(["Complete", "7"]);
  });

  it("are cancelled by Canceled, by a changed input and by a reboot", async () => {
    for (const [cancel, after] of [
      [setValues({ [`${PING}DiagnosticsState`]: "Canceled" }), 1],
      [setValues({ [`${PING}Host`]: "192.0.2.2" }), 1],
      [rpc("Reboot", { CommandKey: "" }), 2],
    ] as const) {
      const staged = await stage({ ...quiet, rebootTime: 0 });
      staged.acs.script.push(setValues({ [`${PING}DiagnosticsState`]: "Requested" }), cancel);
      await staged.cpe.start();
      await staged.pass(0);
      await staged.pass(seconds(10));
      expect(read(staged, "DiagnosticsState")).toBe("None");
      expect(staged.acs.informs).toHaveLength(after);
    }
  });
});

describe("ChangeDUState (A.4.1.10)", () => {
  it("is reported by DUStateChangeComplete with one result per operation", async () => {
    const staged = await stage(quiet);
    const { acs, cpe, pass, executed } = staged;
    const UUID = "11111111-2222-3333-8444-555555555555";
    acs.script.push(
      rpc("ChangeDUState", {
        Operations: [
          { InstallOpStruct: { URL: "http://files.example/app", UUID } },
          { UninstallOpStruct: { UUID: "not a uuid" } },
          { UninstallOpStruct: { UUID } },
        ],
        CommandKey: "du1",
      }),
    );
    await cpe.start();
    await pass(seconds(1));
    expect(codes(staged)[1]).toEqual(["11 DU STATE CHANGE COMPLETE", "M ChangeDUState du1"]);
    const { CommandKey, Results } = acs.requests("DUStateChangeComplete")[0]!.body;
    expect(CommandKey).toBe("du1");
    expect(Results.map(({ CurrentState, Fault }) => [CurrentState, Fault.FaultCode])).toEqual([
      ["Installed", 0],
      ["Failed", 9022],
      ["Uninstalled", 0],
    ]);
    expect(executed).toMatchObject([{ method: "ChangeDUState", commandKey: "du1" }]);
  });
});
