import { describe, expect, it } from "@jest/globals";
import type { SettingType } from "../../../../platform/config/setting.ts";
import * as types from "../../../../platform/config/types.ts";

const accepted: readonly [string, SettingType<unknown>, string, unknown][] = [
  ["boolean", types.boolean, "Yes", true],
  ["boolean", types.boolean, "0", false],
  ["integer at its lower end", types.integer(1, 9), "1", 1],
  ["integer at its upper end", types.integer(1, 9), "9", 9],
  ["duration", types.duration(0, 1e12), "500ms", 500],
  ["duration", types.duration(0, 1e12), "1.5 h", 5_400_000],
  ["duration", types.duration(0, 1e12), "7d", 604_800_000],
  ["size without unit", types.size(0, 1e12), "512", 512],
  ["size", types.size(0, 1e12), "8MiB", 8_388_608],
  ["size", types.size(0, 1e12), "8MB", 8_000_000],
  ["one of", types.oneOf("a", "b"), "b", "b"],
  ["list", types.listOf(types.integer(0, 9)), "1, 2,3", [1, 2, 3]],
  ["empty list", types.listOf(types.text), "", []],
  ["listen", types.listen, "127.0.0.1:0", { host: "127.0.0.1", port: 0 }],
  ["listen without host", types.listen, ":7547", { host: "0.0.0.0", port: 7547 }],
  ["listen with IPv6", types.listen, "[::1]:7547", { host: "::1", port: 7547 }],
  ["listen with a zone", types.listen, "[fe80::1%eth0]:80", { host: "fe80::1%eth0", port: 80 }],
  ["url", types.url("mongodb"), "mongodb://a,b:1/?replicaSet=r", "mongodb://a,b:1/?replicaSet=r"],
  ["network", types.network, "10.0.0.0/8", "10.0.0.0/8"],
  ["network of one", types.network, "::1", "::1"],
  ["secret", types.secretOf(4), "four", "four"],
];

const refused: readonly [string, SettingType<unknown>, string][] = [
  ["boolean", types.boolean, "maybe"],
  ["integer below", types.integer(1, 9), "0"],
  ["integer above", types.integer(1, 9), "10"],
  ["integer with rest", types.integer(1, 9), "1x"],
  ["duration without unit", types.duration(0, 1e12), "30"],
  ["duration of unknown unit", types.duration(0, 1e12), "3 weeks"],
  ["duration too long", types.duration(0, 1000), "2s"],
  ["size", types.size(0, 10), "1KiB"],
  ["one of", types.oneOf("a", "b"), "A"],
  ["list with a bad item", types.listOf(types.integer(0, 9)), "1,x"],
  ["listen without port", types.listen, "localhost"],
  ["listen with a large port", types.listen, "a:65536"],
  ["listen with bare IPv6", types.listen, "::1:7547"],
  ["listen with a bracketed name", types.listen, "[localhost]:7547"],
  ["url of another scheme", types.url("https"), "http://a"],
  ["url without scheme", types.url("https"), "//a"],
  ["network", types.network, "10.0.0.0/33"],
  ["network by name", types.network, "localhost/8"],
  ["secret", types.secretOf(4), "for"],
];

describe("setting types", () => {
  it.each(accepted)("accept a %s: %#", (_, type, text, value) => {
    expect(type.parse(text)).toEqual({ ok: true, value });
  });

  it.each(refused)("refuse a %s: %#", (_, type, text) => {
    expect(type.parse(text)).toMatchObject({ ok: false, problem: expect.stringMatching(/./) });
  });

  it("a scalar refuses a list", () => {
    expect(types.text.parse(["a"]).ok).toBe(false);
  });

  it("a secret's problem does not show it", () => {
    expect(JSON.stringify(types.secretOf(20).parse("hunter2"))).not.toContain("hunter2");
  });

  it("networks become one list to ask", () => {
    const list = types.blockListOf(["10.0.0.0/8", "::1"]);
    expect(list.check("10.9.8.7", "ipv4")).toBe(true);
    expect(list.check("11.9.8.7", "ipv4")).toBe(false);
    expect(list.check("::1", "ipv6")).toBe(true);
    expect(list.check("::2", "ipv6")).toBe(false);
  });
});
