import { describe, expect, it } from "@jest/globals";
import { StewardError } from "../../../../kernel/errors.ts";
import { createLogger } from "../../../../platform/log/create-logger.ts";
import type { LogLevel } from "../../../../platform/log/logger.ts";

function captured(level: LogLevel | "silent" = "trace", format: "json" | "pretty" = "json") {
  const lines: string[] = [];
  const log = createLogger({ level, format, destination: { write: (line) => void lines.push(line) } });
  return { log, lines, last: () => JSON.parse(lines.at(-1) ?? "null") as Record<string, unknown> };
}

describe("logger", () => {
  it("writes level, time, name, fields and message", () => {
    const { log, last } = captured();
    log.child("acs.session", { device: "d1" }).info({ rpcs: 3 }, "session ended");
    expect(last()).toEqual({
      level: 30,
      time: expect.any(Number),
      name: "acs.session",
      device: "d1",
      rpcs: 3,
      msg: "session ended",
    });
  });

  it("a child of a child keeps the fields and takes the new name", () => {
    const { log, last } = captured();
    log.child("acs", { a: 1 }).child("acs.http", { b: 2 }).warn("x");
    expect(last()).toMatchObject({ name: "acs.http", a: 1, b: 2, msg: "x" });
    expect(JSON.stringify(last()).match(/"name"/g)).toHaveLength(1);
  });

  it("lines below the level are not written, and isEnabled knows", () => {
    const { log, lines } = captured("warn");
    log.info("no");
    log.error("yes");
    expect(lines).toHaveLength(1);
    expect([log.isEnabled("info"), log.isEnabled("warn")]).toEqual([false, true]);
  });

  it("masks secrets by name at any depth, on lines and on children", () => {
    const { log, lines } = captured();
    const fields = {
      authorization: "hunter2",
      headers: { Cookie: "hunter2", list: [{ setupToken: "hunter2", "Proxy-Authorization": "hunter2" }] },
      connectionRequestPassword: "hunter2",
      user: "u",
    };
    log.child("x", { secret: "hunter2" }).info(fields, "m");
    expect(lines.join("")).not.toContain("hunter2");
    expect(lines.join("")).toContain('"user":"u"');
  });

  it("masks credentials inside URLs, also in an error's message, stack and cause", () => {
    const { log, lines } = captured();
    const cause = new Error("cannot reach redis://:hunter2@h:1");
    log.error(
      {
        url: "mongodb://u:hunter2@h/x",
        error: new StewardError("engine.unavailable", "no mongodb://a:hunter2@h", { cause }),
      },
      "m",
    );
    expect(lines.join("")).not.toContain("hunter2");
    expect(JSON.parse(lines[0]!)).toMatchObject({
      url: "mongodb://[masked]@h/x",
      error: { code: "engine.unavailable", cause: { type: "Error" } },
    });
  });

  it("survives cycles, bytes and big integers", () => {
    const { log, last } = captured();
    const cycle: Record<string, unknown> = { n: 10n, bytes: Buffer.from("hunter2") };
    cycle["self"] = cycle;
    log.info({ cycle }, "m");
    expect(last()).toMatchObject({ cycle: { n: "10", bytes: "[7 bytes]" }, msg: "m" });
  });

  it("a pretty line is one line whatever the values hold, and an error's stack follows it", () => {
    const { log, lines } = captured("info", "pretty");
    log.child("acs.http").warn({ peer: "a\nb\u001b[31m", n: 1 }, "bad\nrequest");
    expect(lines[0]).toMatch(
      /^\d\d:\d\d:\d\d\.\d{3} WARN {2}acs\.http {9}bad\\nrequest {2}peer="a\\nb\\u001b\[31m" {2}n=1\n$/,
    );
    log.error({ error: new Error("boom") }, "failed");
    expect(lines[1]).toMatch(/error=boom\n\s+at /);
  });
});
