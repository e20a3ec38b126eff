import { describe, expect, it } from "@jest/globals";
import { type CloneEvidence, noteSwitch } from "../../../../fleet/contacts/cloned-identity.ts";
import { RejectionLimiter } from "../../../../fleet/contacts/rejections.ts";
import { hours, minutes, seconds } from "../../../../kernel/time.ts";

const START = 1_000_000;

/** Switches between addresses, `apart` from each other. */
function after(addresses: readonly string[], apart: number, superseded = true, reportedAt?: number): CloneEvidence {
  let evidence: CloneEvidence = { switches: [], cloned: false };
  for (const [i, address] of addresses.entries()) {
    evidence = noteSwitch(evidence.switches, { address, at: START + i * apart, superseded }, reportedAt);
  }
  return evidence;
}

describe("a cloned identity", () => {
  it("is proven by addresses that alternate and interrupt each other within minutes", () => {
    expect(after(["a", "b", "a", "b"], seconds(30)).cloned).toBe(true);
    expect(after(["a", "b", "a"], seconds(30)).cloned).toBe(false);
  });

  it("is not proven by addresses that only change, that interrupt nothing, or that alternate slowly", () => {
    expect(after(["a", "b", "c", "d", "e"], seconds(30)).cloned).toBe(false);
    expect(after(["a", "b", "a", "b"], seconds(30), false).cloned).toBe(false);
    expect(after(["a", "b", "a", "b"], minutes(6)).cloned).toBe(false);
  });

  it("is told once in an hour, and its evidence stays small", () => {
    const many = Array.from({ length: 100 }, (_, i) => (i % 2 ? "a" : "b"));
    expect(after(many, seconds(1), true, START).cloned).toBe(false);
    expect(after(many, seconds(1), true, START - hours(1)).cloned).toBe(true);
    expect(after(many, seconds(1)).switches.length).toBeLessThanOrEqual(8);
  });
});

describe("events about refused devices", () => {
  it("are told once in ten minutes for each, and sixty times a minute for all", () => {
    const limiter = new RejectionLimiter();
    expect([
      limiter.mayTell("a", START),
      limiter.mayTell("a", START + minutes(9)),
      limiter.mayTell("a", START + minutes(10)),
    ]).toEqual([true, false, true]);
    const flood = (at: number) =>
      Array.from({ length: 1000 }, (_, i) => limiter.mayTell(`${at}/${i}`, at)).filter(Boolean).length;
    expect(flood(START + hours(1))).toBe(60);
    expect(flood(START + hours(1) + minutes(1))).toBe(60);
  });
});
