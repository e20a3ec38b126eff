import { describe, expect, it } from "@jest/globals";
import { readTarget } from "../../../../acs/wake/target.ts";

describe("a connection request URL", () => {
  it.each([
    [
      "http://10.0.0.1:7547/abc",
      { secure: false, host: "10.0.0.1", port: 7547, path: "/abc", authority: "10.0.0.1:7547" },
    ],
    ["http://10.0.0.1", { secure: false, host: "10.0.0.1", port: 80, path: "/", authority: "10.0.0.1" }],
    ["http://10.0.0.1:80/", { secure: false, host: "10.0.0.1", port: 80, path: "/", authority: "10.0.0.1" }],
    [
      "http://10.0.0.1:7547?id=1&x=/y",
      { secure: false, host: "10.0.0.1", port: 7547, path: "/?id=1&x=/y", authority: "10.0.0.1:7547" },
    ],
    [
      "HTTPS://cpe.example/a%20b/?q#f",
      { secure: true, host: "cpe.example", port: 443, path: "/a%20b/?q", authority: "cpe.example" },
    ],
    [
      "http://[2001:db8::1]:7547/x",
      { secure: false, host: "2001:db8::1", port: 7547, path: "/x", authority: "[2001:db8::1]:7547" },
    ],
    ["http://[2001:db8::1]", { secure: false, host: "2001:db8::1", port: 80, path: "/", authority: "[2001:db8::1]" }],
    ["http://user:pass@10.0.0.1/x", { secure: false, host: "10.0.0.1", port: 80, path: "/x", authority: "10.0.0.1" }],
    [" http://10.0.0.1:/x ", { secure: false, host: "10.0.0.1", port: 80, path: "/x", authority: "10.0.0.1" }],
  ])("%s is read as it stands", (url, target) => {
    expect(readTarget(url)).toEqual(target);
  });

  it.each([
    "",
    "10.0.0.1:7547",
    "ftp://10.0.0.1/",
    "http://",
    "http:///path",
    "http://10.0.0.1:0/",
    "http://10.0.0.1:70000/",
    "http://[::g]/",
    "http://[10.0.0.1]/",
    "http://::1/",
    "http://a/ HTTP/1.1\r\nHost: b",
    "http://a/b c",
    "http://a/\u00e9",
    `http://a/${"x".repeat(2000)}`,
  ])("%j is none", (url) => {
    expect(readTarget(url)).toBeUndefined();
  });
});
