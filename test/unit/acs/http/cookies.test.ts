import { describe, expect, it } from "@jest/globals";
import { readSessionCookies, sessionCookie, sessionCookieName } from "../../../../acs/http/cookies.ts";

describe("session cookies", () => {
  it.each([
    ["session=abc-123", ["abc-123"]],
    ["a=b; session=abc; c=d", ["abc"]],
    ['$Version="1"; session="abc"; $Path="/"', ["abc"]],
    ["a=b, session=abc", ["abc"]],
    ["Path=/; session=abc", ["abc"]],
    ["session=abc; Path=/", ["abc"]],
    ["=empty; =; session=abc", ["abc"]],
    ["SESSION=abc", ["abc"]],
    ["session = abc ", ["abc"]],
    ["session=stale; session=live; session=stale", ["stale", "live"]],
    ["session=; session", []],
    ["session=a b; other=session=x", []],
    ["xsession=abc", []],
    ["", []],
    [undefined, []],
  ])("in %p are %p", (header, expected) => {
    expect(readSessionCookies(header)).toEqual(expected);
  });

  it("beyond a handful are not looked at", () => {
    const header = Array.from({ length: 100 }, (_, i) => `session=v${i}`).join("; ");
    expect(readSessionCookies(header)).toEqual(["v0", "v1", "v2", "v3"]);
  });

  it("are set for the whole host, without other attributes (specs/cwmp.md §1.2)", () => {
    expect(sessionCookie("abc")).toBe("session=abc; Path=/");
    expect(sessionCookieName.length).toBeLessThanOrEqual(16);
  });
});
