import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { seconds } from "../../../kernel/time.ts";
import { loadModel } from "../../../sim/cpe/model.ts";
import { type FleetOptions, SimulatedFleet } from "../../../sim/fleet.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";
import { ScriptedAcs } from "./scripted-acs.ts";

describe("a fleet of simulated CPEs", () => {
  let acs: ScriptedAcs;
  let clock: VirtualClock;
  let fleet: SimulatedFleet;

  beforeEach(async () => {
    acs = new ScriptedAcs();
    await acs.start();
    clock = new VirtualClock();
  });
  afterEach(async () => {
    fleet.stop();
    await fleet.settled();
    await acs.stop();
  });

  const newFleet = (options: Partial<FleetOptions> = {}): SimulatedFleet => {
    fleet = new SimulatedFleet({ acsUrl: acs.url, count: 5, model: loadModel("tr181-gateway"), clock, ...options });
    return fleet;
  };
  const parameter = (leaf: string): string[] =>
    acs.informs.map(({ body }) => body.ParameterList.find(({ Name }) => Name.endsWith(leaf))!.Value.value);

  it("makes contact, each CPE with a serial number of its own, and counts", async () => {
    await newFleet({ serialPrefix: "T" }).start();
    expect(acs.informs.map(({ body }) => body.DeviceId.SerialNumber).toSorted()).toEqual(
      [0, 1, 2, 3, 4].map((i) => `T00000${i}`),
    );
    expect(fleet.counts).toEqual({ sessions: 5, completed: 5, refused: 0, failed: 0, rpcs: 0, informsAcknowledged: 5 });
  });

  it("counts what was refused apart from what failed", async () => {
    acs.hook = ({ text }) => ({ status: text.includes("SIM000000") ? 503 : 500 });
    await newFleet({ count: 3 }).start();
    expect(fleet.counts).toMatchObject({ sessions: 3, completed: 0, refused: 1, failed: 2, informsAcknowledged: 0 });
  });

  it("puts each CPE's serial number into its user name", async () => {
    acs.hook = ({ headers: { authorization } }) =>
      authorization === undefined ? { status: 401, headers: { "WWW-Authenticate": 'Basic realm="r"' } } : undefined;
    await newFleet({ count: 2, credentials: { username: "00D0FF-{serial}", password: "p" } }).start();
    const users = acs.received.flatMap(({ headers: { authorization = "" } }) =>
      authorization === "" ? [] : [Buffer.from(authorization.slice(6), "base64").toString()],
    );
    expect([...new Set(users)].toSorted()).toEqual(["00D0FF-SIM000000:p", "00D0FF-SIM000001:p"]);
  });

  it("shares one port for connection requests, each CPE on a path of its own", async () => {
    await newFleet({ connectionRequestHost: "127.0.0.1" }).start();
    const urls = parameter(".ConnectionRequestURL").map((url) => new URL(url));
    expect(new Set(urls.map(({ port }) => port)).size).toBe(1);
    expect(new Set(urls.map(({ pathname }) => pathname)).size).toBe(5);
    await fetch(urls[3]!);
    await acs.until(() => acs.informs.length === 6);
    expect(acs.informs[5]!.body.DeviceId).toEqual(acs.informs[3]!.body.DeviceId);
  });

  it("starts over the time of its ramp", async () => {
    const started = newFleet({ ramp: seconds(50) }).start();
    await clock.advance(0);
    await fleet.settled();
    await clock.advance(seconds(9));
    expect(acs.informs).toHaveLength(1);
    await clock.advance(seconds(31));
    await started;
    expect(acs.informs).toHaveLength(5);
  });

  it("stops in the middle of its ramp and of its sessions, and leaves nothing", async () => {
    let reached = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      reached = resolve;
    });
    acs.hook = () => {
      reached();
      return new Promise(() => undefined);
    };
    const started = newFleet({ ramp: seconds(50), connectionRequestHost: "127.0.0.1" }).start();
    await clock.advance(0);
    await held;
    fleet.stop();
    await started;
    await fleet.settled();
    expect(clock.pending).toBe(0);
    expect(fleet.counts.sessions).toBe(0);
    await acs.until(() => acs.openConnections === 0);
  });
});
