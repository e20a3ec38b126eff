import { afterEach } from "@jest/globals";
import type { RequestMessage, RpcName, RpcRequest } from "../../../acs/rpc/index.ts";
import { type CpeOptions, type SessionReport, SimulatedCpe } from "../../../sim/cpe/cpe.ts";
import { loadModel } from "../../../sim/cpe/model.ts";
import type { Executed } from "../../../sim/cpe/state.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";
import { ScriptedAcs } from "./scripted-acs.ts";

/** One CPE on a clock of its own before a scripted ACS. */
export interface Stage {
  readonly acs: ScriptedAcs;
  readonly cpe: SimulatedCpe;
  readonly clock: VirtualClock;
  readonly sessions: SessionReport[];
  readonly executed: Executed[];
  readonly errors: unknown[];
  /** Moves the clock on and waits until the CPE has nothing more to do at that time. */
  readonly pass: (milliseconds: number) => Promise<void>;
}

const open: { acs: ScriptedAcs; cpe: SimulatedCpe }[] = [];

afterEach(async () => {
  for (const { acs, cpe } of open.splice(0)) {
    cpe.stop();
    await cpe.settled();
    await acs.stop();
  }
});

export async function stage(options: Partial<CpeOptions> = {}): Promise<Stage> {
  const acs = new ScriptedAcs();
  await acs.start();
  const clock = new VirtualClock();
  const sessions: SessionReport[] = [];
  const executed: Executed[] = [];
  const errors: unknown[] = [];
  const cpe = new SimulatedCpe({
    acsUrl: acs.url,
    model: loadModel("tr181-gateway"),
    serialNumber: "SN1",
    clock,
    random: () => 0.5,
    onSession: (session) => sessions.push(session),
    onExecuted: (one) => executed.push(one),
    onError: (error) => errors.push(error),
    ...options,
  });
  open.push({ acs, cpe });
  const pass = async (milliseconds: number): Promise<void> => {
    await clock.advance(milliseconds);
    await cpe.settled();
  };
  return { acs, cpe, clock, sessions, executed, errors, pass };
}

export const rpc = <N extends RpcName>(name: N, body: RpcRequest<N>): RequestMessage =>
  ({ kind: "request", name, body }) as RequestMessage;

export const getValues = (...ParameterNames: string[]): RequestMessage => rpc("GetParameterValues", { ParameterNames });

export const setValues = (values: Readonly<Record<string, string>>, ParameterKey = ""): RequestMessage =>
  rpc("SetParameterValues", {
    ParameterList: Object.entries(values).map(([Name, value]) => ({ Name, Value: { value } })),
    ParameterKey,
  });

export const download = (URL: string, more: Partial<RpcRequest<"Download">> = {}): RequestMessage =>
  rpc("Download", {
    CommandKey: "d1",
    FileType: "3 Vendor Configuration File",
    URL,
    Username: "",
    Password: "",
    FileSize: 0,
    TargetFileName: "",
    DelaySeconds: 0,
    SuccessURL: "",
    FailureURL: "",
    ...more,
  });
