import { describe, expect, it } from "@jest/globals";
import { defaultFailureLimits, Failures } from "../../../../../acs/http/authentication/failures.ts";
import { VirtualClock } from "../../../../support/virtual-clock.ts";

const start = () => {
  const clock = new VirtualClock();
  return { clock, failures: new Failures(clock, defaultFailureLimits) };
};

describe("wrong credentials", () => {
  it("are refused at the third time in a window", () => {
    const { failures } = start();
    expect([1, 2, 3].map(() => failures.wrong("10.0.0.1", "u"))).toEqual([false, false, true]);
  });

  it("are counted anew after a success, and after the window", async () => {
    const { clock, failures } = start();
    failures.wrong("10.0.0.1", "u");
    failures.wrong("10.0.0.1", "u");
    failures.succeeded("10.0.0.1", "u");
    expect(failures.wrong("10.0.0.1", "u")).toBe(false);
    failures.wrong("10.0.0.1", "u");
    await clock.advance(defaultFailureLimits.window);
    expect(failures.wrong("10.0.0.1", "u")).toBe(false);
  });

  it("of one source count together whatever the user name", () => {
    const { failures } = start();
    const refused = Array.from({ length: 10 }, (_, i) => failures.wrong("10.0.0.1", `u${i}`));
    expect(refused.indexOf(true)).toBe(9);
    expect(failures.wrong("10.0.0.2", "u0")).toBe(false);
  });

  it("block a guesser before he is verified, but no neighbour with another name", () => {
    const { failures } = start();
    for (let i = 0; i < 30; i++) failures.wrong("10.0.0.1", "u");
    expect(failures.isBlocked("10.0.0.1", "u")).toBe(true);
    expect(failures.isBlocked("10.0.0.1", "v")).toBe(false);
    expect(failures.isBlocked("10.0.0.2", "u")).toBe(false);
  });
});

describe("stale nonces", () => {
  it("end in a block when they never stop", () => {
    const { failures } = start();
    for (let i = 0; i < 29; i++) failures.stale("10.0.0.1", "u");
    expect(failures.isBlocked("10.0.0.1", "u")).toBe(false);
    failures.stale("10.0.0.1", "u");
    expect(failures.isBlocked("10.0.0.1", "u")).toBe(true);
  });
});
