import { describe, expect, it } from "@jest/globals";
import type { BodyClass, InformPriority } from "../../../../acs/conversation/index.ts";
import { Admission, type AdmissionLimits } from "../../../../acs/http/admission.ts";
import { seconds } from "../../../../kernel/time.ts";
import { VirtualClock } from "../../../support/virtual-clock.ts";

function start(changes: Partial<AdmissionLimits> = {}, live = () => 0) {
  const clock = new VirtualClock();
  const limits = {
    maxInFlight: 100,
    maxSessions: 100,
    maxSessionsPerSource: 10,
    sessionLifetime: seconds(60),
    ...changes,
  };
  const admission = new Admission(clock, limits, live);
  const enter = (body: BodyClass, priority: InformPriority = "other", source = "10.0.0.1") =>
    admission.enter({ carried: body, priority }, source);
  return { clock, admission, enter };
}

describe("under load", () => {
  it("periodic reports are refused first, then boots, then bootstraps, then running sessions", () => {
    const { enter } = start();
    const admitted = (body: BodyClass, priority?: InformPriority): number => {
      let count = 0;
      while (enter(body, priority) === undefined) count += 1;
      return count;
    };
    expect([
      admitted("inform"),
      admitted("inform", "boot"),
      admitted("inform", "bootstrap"),
      admitted("empty"),
    ]).toEqual([70, 15, 10, 5]);
  });

  it("what is finished makes room", () => {
    const { enter, admission } = start({ maxInFlight: 1 });
    expect(enter("other")).toBeUndefined();
    expect(enter("other")).toBe("inFlight");
    admission.leave();
    expect(enter("other")).toBeUndefined();
  });

  it("live sessions hold back new ones, but not themselves", () => {
    const { enter } = start({}, () => 90);
    expect([enter("inform"), enter("inform", "boot"), enter("inform", "bootstrap"), enter("empty")]).toEqual([
      "sessions",
      "sessions",
      undefined,
      undefined,
    ]);
  });
});

describe("one source", () => {
  it("has only so many sessions at once", () => {
    const { enter, admission } = start();
    for (let i = 0; i < 10; i++) admission.sessionSeen(`s${i}`, "10.0.0.1");
    expect(enter("inform", "bootstrap")).toBe("source");
    expect(enter("inform", "bootstrap", "10.0.0.2")).toBeUndefined();
    admission.sessionEnded("s3");
    expect(enter("inform")).toBeUndefined();
  });

  it("counts a session once, however many replies it gets, and where it was seen last", () => {
    const { enter, admission } = start({ maxSessionsPerSource: 1 });
    for (let i = 0; i < 5; i++) admission.sessionSeen("s", "10.0.0.1");
    admission.sessionSeen("s", "10.0.0.2");
    expect(enter("inform", "other", "10.0.0.1")).toBeUndefined();
    expect(enter("inform", "other", "10.0.0.2")).toBe("source");
    admission.sessionEnded("s");
    expect(enter("inform", "other", "10.0.0.2")).toBeUndefined();
  });

  it("gets back what silent sessions held", async () => {
    const { enter, admission, clock } = start({ maxSessionsPerSource: 1 });
    admission.sessionSeen("s", "10.0.0.1");
    await clock.advance(seconds(59));
    expect(enter("inform")).toBe("source");
    await clock.advance(seconds(1));
    expect(enter("inform")).toBeUndefined();
  });
});
