import { describe, expect, it } from "@jest/globals";
import { createAddressGuard } from "../../../../acs/wake/address-guard.ts";
import { wakeSettings } from "../../../../platform/config/sections/acs.ts";

const policy = {
  allowed: wakeSettings["wake.networks"].default.split(","),
  denied: wakeSettings["wake.deniedNetworks"].default.split(","),
};
const names: Record<string, string[]> = {
  "cpe.example": ["192.0.2.7"],
  "evil.example": ["127.0.0.1"],
  "mixed.example": ["192.0.2.7", "169.254.169.254"],
};
const resolve = async (name: string) => names[name] ?? Promise.reject(new Error("ENOTFOUND"));
const guard = createAddressGuard(policy, resolve);

describe("by default", () => {
  it.each(["192.0.2.7", "10.1.2.3", "192.168.1.1", "2001:db8::1", "fd00::1"])("%s may be called", async (host) => {
    expect(await guard.resolve(host)).toEqual({ ok: true, address: host });
  });

  it.each([
    "127.0.0.1",
    "127.9.9.9",
    "0.0.0.0",
    "169.254.169.254",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fe80::1%eth0",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "0:0:0:0:0:ffff:127.0.0.1",
    "::127.0.0.1",
  ])("%s may not", async (host) => {
    expect(await guard.resolve(host)).toMatchObject({ ok: false, reason: "forbidden" });
  });

  it("a name stands for its address", async () => {
    expect(await guard.resolve("cpe.example")).toEqual({ ok: true, address: "192.0.2.7" });
    expect(await guard.resolve("nowhere.example")).toMatchObject({ ok: false, reason: "unresolved" });
  });

  it("a name with any forbidden address may not be called", async () => {
    expect(await guard.resolve("evil.example")).toMatchObject({ reason: "forbidden" });
    expect(await guard.resolve("mixed.example")).toMatchObject({ reason: "forbidden" });
  });
});

describe("on its own machine", () => {
  const own = createAddressGuard({ ...policy, ownMachine: true }, resolve);

  it("a device that makes contact from a loopback address may be called at one", async () => {
    expect(await own.resolve("127.0.0.1", "127.0.0.1")).toEqual({ ok: true, address: "127.0.0.1" });
    expect(await own.resolve("::1", "127.0.0.1")).toEqual({ ok: true, address: "::1" });
    expect(await own.resolve("127.0.0.5", "::ffff:127.0.0.1")).toEqual({ ok: true, address: "127.0.0.5" });
  });

  it("nobody else may, and nothing else that is denied", async () => {
    for (const [host, from] of [
      ["127.0.0.1", "192.0.2.7"],
      ["127.0.0.1", undefined],
      ["127.0.0.1", ""],
      ["169.254.169.254", "127.0.0.1"],
      ["mixed.example", "127.0.0.1"],
    ] as const)
      expect(await own.resolve(host, from)).toMatchObject({ ok: false, reason: "forbidden" });
  });

  it("it may not where that is switched off, nor outside of the allowed networks", async () => {
    expect(await guard.resolve("127.0.0.1", "127.0.0.1")).toMatchObject({ reason: "forbidden" });
    const narrow = createAddressGuard({ allowed: ["10.0.0.0/8"], denied: [], ownMachine: true });
    expect(await narrow.resolve("127.0.0.1", "127.0.0.1")).toMatchObject({ reason: "forbidden" });
  });
});

describe("by configuration", () => {
  it("only the named networks may be called, the loopback among them when it is named and not denied", async () => {
    const own = createAddressGuard({ allowed: ["10.0.0.0/8", "127.0.0.1"], denied: ["10.9.0.0/16"] });
    const verdicts = await Promise.all(
      ["10.1.1.1", "10.9.1.1", "192.0.2.1", "127.0.0.1", "127.0.0.2", "2001:db8::1"].map((host) => own.resolve(host)),
    );
    expect(verdicts.map(({ ok }) => ok)).toEqual([true, false, false, true, false, false]);
  });
});
