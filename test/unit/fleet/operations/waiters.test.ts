import { expect, it } from "@jest/globals";
import { Waiters } from "../../../../fleet/operations/waiters.ts";
import { milliseconds, minutes } from "../../../../kernel/time.ts";
import { settle, VirtualClock } from "../../../support/virtual-clock.ts";

it("a wait that is over leaves the others of its operation to be told at once", async () => {
  const clock = new VirtualClock();
  const waiters = new Waiters(clock);
  let done = false;
  const look = async () => ({ done, value: done });
  const short = waiters.until("o", clock.now() + milliseconds(100), look);
  let told: boolean | undefined;
  const long = waiters.until("o", clock.now() + minutes(1), look).then((value) => (told = value));
  await clock.advance(milliseconds(100));
  expect(await short).toBe(false);
  done = true;
  waiters.finished("o");
  await settle();
  expect(told).toBe(true);
  await long;
  expect(clock.pending).toBe(0);
});
