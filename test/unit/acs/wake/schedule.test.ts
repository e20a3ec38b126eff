import { describe, expect, it } from "@jest/globals";
import { backoff, firstTry, nextTry } from "../../../../acs/wake/schedule.ts";
import { hours, minutes, seconds } from "../../../../kernel/time.ts";

const policy = { minInterval: seconds(20), maxBackoff: hours(1), maxAttempts: 24 };
const now = 1_000_000_000;

describe("the back-off", () => {
  it("doubles from 30 s and is capped at an hour (specs/cwmp.md §3.1)", () => {
    expect([1, 2, 3, 7, 8, 9, 1000].map((n) => backoff(n, policy) / 1000)).toEqual([
      30, 60, 120, 1920, 3600, 3600, 3600,
    ]);
  });

  it("waits for the contact at least a minute after an accepted call, and ends after the last attempt", () => {
    expect(nextTry(now, 1, true, policy)).toBe(now + minutes(1));
    expect(nextTry(now, 1, false, policy)).toBe(now + seconds(30));
    expect(nextTry(now, 24, false, policy)).toBeUndefined();
  });
});

describe("the first try of a request", () => {
  it("is at once for a device that was not called lately", () => {
    expect(firstTry(now, undefined, undefined, policy)).toBe(now);
    expect(firstTry(now, { attempts: 3, lastTryAt: now - hours(1) }, undefined, policy)).toBe(now);
  });

  it("keeps the interval to the last call, and to a contact that a call has led to", () => {
    expect(firstTry(now, { attempts: 1, lastTryAt: now - seconds(5) }, undefined, policy)).toBe(now + seconds(25));
    expect(firstTry(now, undefined, now - seconds(5), policy)).toBe(now + seconds(15));
  });

  it("does not wait for the end of a long back-off", () => {
    expect(firstTry(now, { attempts: 20, lastTryAt: now - seconds(30) }, undefined, policy)).toBe(now + seconds(90));
  });
});
