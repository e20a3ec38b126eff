import { describe, expect, it } from "@jest/globals";
import { createNonces } from "../../../../../acs/http/authentication/nonce.ts";
import { minutes } from "../../../../../kernel/time.ts";
import { VirtualClock } from "../../../../support/virtual-clock.ts";

const key = Buffer.alloc(32, 7);

describe("a nonce", () => {
  it("is good in every process with the same key, until its lifetime ends", async () => {
    const clock = new VirtualClock();
    const nonce = createNonces({ key, clock, lifetime: minutes(20) }).issue();
    const elsewhere = createNonces({ key, clock, lifetime: minutes(20) });
    await clock.advance(minutes(20));
    expect(elsewhere.check(nonce)).toBe("good");
    await clock.advance(1);
    expect(elsewhere.check(nonce)).toBe("expired");
  });

  it("differs from the one before at the same instant", () => {
    const nonces = createNonces({ key, clock: new VirtualClock(), lifetime: minutes(20) });
    expect(nonces.issue()).not.toBe(nonces.issue());
  });

  it("of another key, changed in any place, or of another form is forged", () => {
    const clock = new VirtualClock();
    const nonces = createNonces({ key, clock, lifetime: minutes(20) });
    const nonce = nonces.issue();
    expect(createNonces({ key: Buffer.alloc(32, 8), clock, lifetime: minutes(20) }).check(nonce)).toBe("forged");
    for (let i = 0; i < nonce.length; i++) {
      const changed = nonce.slice(0, i) + (nonce[i] === "0" ? "1" : "0") + nonce.slice(i + 1);
      expect(nonces.check(changed)).toBe("forged");
    }
    for (const noise of ["", "7f3a", "a.b.c", `${nonce} `]) expect(nonces.check(noise)).toBe("forged");
  });
});
