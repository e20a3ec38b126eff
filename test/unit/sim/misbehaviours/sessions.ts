import { expect } from "@jest/globals";
import { minutes, seconds } from "../../../../kernel/time.ts";
import { rpc, setValues } from "../stage.ts";
import type { Show, Shows } from "./show.ts";

const quiet = { interval: seconds(100_000), rebootTime: 0 };
const add = rpc("AddObject", { ObjectName: "Device.NAT.PortMapping.", ParameterKey: "" });
const methods = rpc("GetRPCMethods", {});

/** The first session breaks off at an RPC after it was carried out so often; the second answers the same RPC. */
const dropped =
  (executions: number): Show =>
  async (open) => {
    const { acs, cpe, executed, sessions, pass } = await open(quiet);
    acs.script.push(add);
    await cpe.start();
    expect([sessions[0]!.outcome, executed.length]).toEqual(["failed", executions]);
    expect(acs.story).toEqual(["Inform", "-"]);
    await pass(seconds(10));
    expect(acs.story.slice(2)).toEqual(["Inform", "-", "AddObjectResponse"]);
  };

export const sessions: Shows = {
  "drop-before-executing": dropped(0),
  "drop-after-executing": dropped(1),
  "go-silent": async (open) => {
    const { acs, cpe, clock, sessions: reports } = await open(quiet);
    acs.script.push(methods);
    const started = cpe.start();
    await acs.until(() => acs.received.length === 2);
    while (clock.pending === 0) await clock.advance(0);
    expect(acs.openConnections).toBe(1);
    await clock.advance(minutes(3));
    await started;
    expect(acs.story).toEqual(["Inform", "-"]);
    expect(reports[0]!.outcome).toBe("failed");
  },
  "empty-answers": async (open) => {
    const { acs, cpe } = await open();
    let asked = 0;
    acs.hook = ({ bytes }) => (bytes.length === 0 && asked++ > 2 ? { status: 204 } : undefined);
    acs.script.push(methods);
    await cpe.start();
    expect(acs.story).toEqual(["Inform", "-", "-", "-", "-"]);
  },
  "second-inform": async (open) => {
    const { acs, cpe } = await open();
    acs.script.push(methods);
    await cpe.start();
    expect(acs.story).toEqual(["Inform", "-", "Inform", "-", "GetRPCMethodsResponse"]);
    expect(acs.received[2]!.headers.cookie).toBe("session=S1");
  },
  "extra-empty-post": async (open) => {
    const { acs, cpe } = await open();
    await cpe.start();
    expect(acs.story).toEqual(["Inform", "-", "-"]);
    expect(acs.received.map(({ answered }) => answered)).toEqual([200, 204, 204]);
  },
  "endless-posts": async (open) => {
    const { acs, cpe, sessions: reports } = await open(quiet);
    acs.hook = () => (acs.received.length > 50 ? { status: 400 } : undefined);
    await cpe.start();
    expect(acs.story).toEqual(["Inform", ...Array(50).fill("-")]);
    expect(reports[0]!.outcome).toBe("failed");
  },
  "counter-changes": async (open) => {
    const { acs, cpe, pass } = await open(quiet);
    await cpe.start();
    await pass(seconds(10));
    await pass(seconds(10));
    for (const { body } of acs.informs.slice(1)) {
      expect(body.Event).toEqual([{ EventCode: "4 VALUE CHANGE", CommandKey: "" }]);
      expect(body.ParameterList.at(-1)!.Name).toBe("Device.DeviceInfo.UpTime");
    }
    expect(acs.informs).toHaveLength(3);
  },
  "no-event-8": async (open) => {
    const { acs, cpe, pass } = await open(quiet);
    const state = "Device.IP.Diagnostics.IPPing.DiagnosticsState";
    acs.script.push(setValues({ [state]: "Requested" }));
    await cpe.start();
    await pass(seconds(100));
    expect(cpe.tree.get(state)!.value).toBe("Complete");
    expect(acs.informs).toHaveLength(1);
  },
  "diagnostics-completed": async (open) => {
    const { acs, cpe, pass } = await open(quiet);
    const state = "Device.IP.Diagnostics.IPPing.DiagnosticsState";
    acs.script.push(setValues({ [state]: "Requested" }));
    await cpe.start();
    await pass(seconds(1));
    expect(cpe.tree.get(state)!.value).toBe("Completed");
    expect(acs.informs).toHaveLength(2);
  },
};
