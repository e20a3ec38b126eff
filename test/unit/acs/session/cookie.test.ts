import { describe, expect, it } from "@jest/globals";
import { formatCookie, newSessionSecret, parseCookie, sessionIdOf } from "../../../../acs/session/cookie.ts";
import { newId } from "../../../../kernel/ids.ts";

describe("session cookie", () => {
  it("has at most 64 token characters and comes apart again", () => {
    const [deviceId, secret] = [newId(1_700_000_000_000), newSessionSecret()];
    const cookie = formatCookie(deviceId, secret);
    expect(cookie).toMatch(/^[\w-]{1,64}$/);
    expect(parseCookie(cookie)).toEqual({ deviceId, secret });
  });

  it("does not show its secret in the session's id", () => {
    const secret = newSessionSecret();
    expect(sessionIdOf(secret)).not.toContain(secret.slice(0, 8));
    expect(sessionIdOf(secret)).toBe(sessionIdOf(secret));
  });

  it.each(["", "a", "a-b", `${"x".repeat(40)}-${"0".repeat(28)}`, `a-${"0".repeat(27)}`, `../a-${"0".repeat(28)}`])(
    "is not %j",
    (text) => {
      expect(parseCookie(text)).toBeUndefined();
    },
  );
});
