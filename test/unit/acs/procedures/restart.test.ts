import { describe, expect, it } from "@jest/globals";
import { minutes } from "../../../../kernel/time.ts";
import { Rig } from "./rig.ts";

const booted = (...events: [string, string][]) =>
  ({ kind: "contacted", events: events.map(([code, commandKey]) => ({ code, commandKey })) }) as const;
const uptime = (seconds: number) => ({ "Device.DeviceInfo.UpTime": String(seconds) });

describe("reboot", () => {
  const rig = () => new Rig({ kind: "reboot" }).begin();

  it("is accepted with the response and done with M Reboot that carries its key", () => {
    const reboot = rig();
    expect(reboot.asked("Reboot")).toEqual({ CommandKey: "key" });
    reboot.respond("Reboot", {});
    expect(reboot.outcome).toMatchObject({ state: "accepted", completionDueAt: expect.any(Number) });
    expect(reboot.report(booted(["M Reboot", "key"])).outcome).toMatchObject({ state: "done" });
  });

  it("is done with 1 BOOT alone, not with another's M Reboot", () => {
    expect(
      rig()
        .respond("Reboot", {})
        .report(booted(["1 BOOT", ""])).outcome,
    ).toMatchObject({ state: "done" });
    expect(
      rig()
        .respond("Reboot", {})
        .report(booted(["M Reboot", "other"])).outcome,
    ).toMatchObject({ state: "accepted" });
    expect(
      rig()
        .respond("Reboot", {})
        .report(booted(["2 PERIODIC", ""])).outcome,
    ).toMatchObject({ state: "accepted" });
  });

  it("after a lost answer asks for the uptime: younger than the request means done", () => {
    const reboot = rig().drop(minutes(10));
    reboot.asked("GetParameterValues");
    expect(reboot.values(uptime(30)).outcome).toMatchObject({ state: "done" });
    expect(reboot.count("Reboot")).toBe(1);
  });

  it("after a lost answer waits while the device may still restart, and repeats only what did not happen", () => {
    const reboot = rig().drop(minutes(1)).values(uptime(100_000));
    expect(reboot.outcome).toMatchObject({ state: "accepted", completionDueAt: expect.any(Number) });
    reboot.drop(minutes(10)).values(uptime(100_000)).asked("Reboot");
    expect(reboot.count("Reboot")).toBe(2);
  });

  it("after a lost answer is neither done nor repeated when the device started at about the time of the request", () => {
    const reboot = rig().drop(minutes(10)).values(uptime(599));
    expect(reboot.outcome).toMatchObject({ state: "failed", fault: { code: "outcome.unknown" } });
    expect(reboot.count("Reboot")).toBe(1);
    expect(rig().drop(minutes(10)).values(uptime(598)).outcome).toMatchObject({ state: "done" });
    rig().drop(minutes(10)).values(uptime(600)).asked("Reboot");
  });

  it("of a device that took it and stays up fails when its time is over", () => {
    const reboot = rig().respond("Reboot", {}).drop(minutes(16)).values(uptime(100_000));
    expect(reboot.outcome).toMatchObject({ state: "failed", fault: { code: "device.notRestarted" } });
    expect(reboot.count("Reboot")).toBe(1);
    expect(rig().respond("Reboot", {}).drop(minutes(16)).values(uptime(60)).outcome).toMatchObject({ state: "done" });
  });

  it("of a device that tells no uptime is never repeated", () => {
    const reboot = rig().drop(minutes(1)).fault(9005);
    expect(reboot.outcome).toMatchObject({ state: "accepted", completionDueAt: expect.any(Number) });
    reboot.drop(minutes(10)).fault(9005);
    expect(reboot.outcome).toMatchObject({ state: "accepted" });
    reboot.drop(minutes(20)).fault(9005);
    expect(reboot.outcome).toMatchObject({ state: "failed", fault: { code: "outcome.unknown" } });
    expect(reboot.count("Reboot")).toBe(1);
  });
});

describe("factoryReset", () => {
  const rig = () => new Rig({ kind: "factoryReset" }).begin();
  it("is done with 0 BOOTSTRAP only", () => {
    const reset = rig();
    reset.asked("FactoryReset");
    reset.respond("FactoryReset", {}).report(booted(["1 BOOT", ""]));
    expect(reset.outcome).toMatchObject({ state: "accepted" });
    expect(reset.report(booted(["0 BOOTSTRAP", ""], ["1 BOOT", ""])).outcome).toMatchObject({ state: "done" });
  });

  it("after a restart without bootstrap waits for a minute, and then is not proved", () => {
    const reset = rig().respond("FactoryReset", {});
    const due = () => (reset.outcome as { completionDueAt: number }).completionDueAt;
    const asked = due();
    reset.report(booted(["1 BOOT", ""]));
    expect(asked - due()).toBe(minutes(14));
    reset.drop(minutes(1));
    expect(reset.outcome).toMatchObject({
      state: "failed",
      fault: { code: "outcome.unknown", message: expect.stringContaining("without saying 0 BOOTSTRAP") },
    });
    expect(reset.count("FactoryReset")).toBe(1);
  });

  it("after a lost answer and a restart without bootstrap nobody knows", () => {
    const reset = rig().drop(minutes(10)).values(uptime(5));
    expect(reset.outcome).toMatchObject({ state: "failed", fault: { code: "outcome.unknown" } });
    expect(reset.count("FactoryReset")).toBe(1);
  });
});

describe("scheduleContact", () => {
  const rig = () => new Rig({ kind: "scheduleContact", delaySeconds: 0 }).begin();
  it("never asks for a delay of zero, and is done with M ScheduleInform", () => {
    const schedule = rig();
    expect(schedule.asked("ScheduleInform")).toEqual({ DelaySeconds: 1, CommandKey: "key" });
    schedule.respond("ScheduleInform", {}).report(booted(["3 SCHEDULED", ""], ["M ScheduleInform", "key"]));
    expect(schedule.outcome).toMatchObject({ state: "done" });
  });

  it("is done with a 3 SCHEDULED that comes alone, once its time has come", () => {
    const schedule = new Rig({ kind: "scheduleContact", delaySeconds: 600 }).begin().respond("ScheduleInform", {});
    const after = (wait: number) => {
      schedule.facts = { ...schedule.facts, now: schedule.facts.now + wait };
      return schedule;
    };
    // Somebody else's call of the same method, or an earlier one of ours.
    expect(after(minutes(5)).report(booted(["3 SCHEDULED", ""])).outcome).toMatchObject({ state: "accepted" });
    expect(after(minutes(5)).report(booted(["3 SCHEDULED", ""], ["M ScheduleInform", "other"])).outcome).toMatchObject({
      state: "accepted",
    });
    expect(schedule.report(booted(["3 SCHEDULED", ""])).outcome).toMatchObject({ state: "done" });
  });

  it("after a lost answer waits for its time before it asks again", () => {
    const schedule = rig().drop(minutes(1));
    expect(schedule.outcome).toMatchObject({ state: "accepted", completionDueAt: expect.any(Number) });
    schedule.drop(minutes(15)).asked("ScheduleInform");
  });
});
