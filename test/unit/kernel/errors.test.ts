import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { asStewardError, errorCodes, StewardError } from "../../../kernel/errors.ts";

describe("the error table", () => {
  it("stands in docs/errors.md, row for row", () => {
    const document = readFileSync(new URL("../../../docs/errors.md", import.meta.url), "utf8");
    const rows = [...document.matchAll(/^\| `(\S+)` \| (\d+) \| (\S+) \| (.+) \|$/gm)].map(([, ...cells]) => cells);
    const table = Object.entries(errorCodes).map(([code, { status, party, title }]) => [
      code,
      String(status),
      party,
      title,
    ]);
    expect(rows).toEqual(table);
  });

  it("gives an error its party and status", () => {
    const error = new StewardError("engine.unavailable", "no answer", { cause: new Error("ECONNREFUSED") });
    expect({ party: error.party, status: error.status, cause: (error.cause as Error).message }).toEqual({
      party: "peer",
      status: 503,
      cause: "ECONNREFUSED",
    });
  });

  it("takes in what was thrown as an internal error with its cause", () => {
    const thrown = new TypeError("x is not a function");
    expect(asStewardError(thrown)).toMatchObject({ code: "internal", message: "x is not a function", cause: thrown });
    expect(asStewardError("text")).toMatchObject({ code: "internal", message: "text" });
  });
});
