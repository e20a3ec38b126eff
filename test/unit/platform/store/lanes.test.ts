import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { Lanes } from "../../../../platform/store/lanes.ts";

const SLOW = 250;
const CROWD = 100;

describe("the lanes to an engine", () => {
  let opened = 0;
  let lanes = new Lanes(2, () => undefined);

  beforeEach(() => {
    jest.useFakeTimers();
    opened = 0;
    lanes = new Lanes(2, () => (opened += 1));
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it("let one call run, and the next when it is done", () => {
    expect(lanes.mayStart(0)).toBe(false);
    expect(lanes.mayStart(1)).toBe(true);
    lanes.enter();
    expect(lanes.mayStart(CROWD - 1)).toBe(false);
    lanes.leave();
    expect(lanes.mayStart(1)).toBe(true);
  });

  it("let a crowd begin a second call, and no third", () => {
    lanes.enter();
    expect(lanes.mayStart(CROWD)).toBe(true);
    lanes.enter();
    expect(lanes.mayStart(CROWD)).toBe(false);
  });

  it("let others pass a slow call, and say so once", () => {
    lanes.enter();
    jest.advanceTimersByTime(SLOW - 1);
    expect([opened, lanes.mayStart(1)]).toEqual([0, false]);
    jest.advanceTimersByTime(1);
    expect([opened, lanes.mayStart(1)]).toEqual([1, true]);
    lanes.enter();
    lanes.leave();
    expect(lanes.mayStart(1)).toBe(false);
    lanes.leave();
    jest.advanceTimersByTime(2 * SLOW);
    expect(opened).toBe(1);
  });
});
