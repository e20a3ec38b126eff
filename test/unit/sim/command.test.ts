import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "@jest/globals";
import { misbehaviourNames } from "../../../sim/cpe/misbehaviours.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));

const sim = (...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, ["--import", "tsx", "bin/sim.ts", ...args], { cwd: root }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });

describe("npm run sim", () => {
  it("explains every option and misbehaviour", async () => {
    const { code, stdout } = await sim("--help");
    expect(code).toBe(0);
    for (const name of ["--acs", "--count", "--data-model", "--misbehave", "--fault", "{serial}", ...misbehaviourNames])
      expect(stdout).toContain(name);
  }, 20_000);

  it("does not say that a CPE made contact which could not", async () => {
    const args = ["--import", "tsx", "bin/sim.ts", "--count", "1", "--acs", "http://127.0.0.1:1/"];
    const child = spawn(process.execPath, args, { cwd: root });
    let stdout = "";
    child.stdout.on("data", (text: Buffer) => {
      stdout += text.toString();
      if (stdout.includes('"failed":1')) child.kill();
    });
    await once(child, "close");
    expect(stdout).toContain("ECONNREFUSED");
    expect(stdout).not.toContain("made contact");
  }, 20_000);

  it.each([
    [["--misbehave", "no-cookie,no-cooky"], 'No misbehaviour is called "no-cooky": did you mean "no-cookie"?'],
    [["--count", "many"], "Expected a number of at least 0."],
    [["--fault", "Download"], "Expected METHOD=CODE"],
    [["--fault", "Downlod=9010"], 'No method is called "Downlod": did you mean "Download"?'],
    [["--model", "tr181-gatway"], 'No model is called "tr181-gatway": did you mean "tr181-gateway"?'],
    [["--model", "none.json"], "none.json"],
    [["--model", "package.json"], "package.json is no model of a CPE: root is Device. or InternetGatewayDevice."],
  ])(
    "refuses %j with one line",
    async (args, reason) => {
      const { code, stdout, stderr } = await sim(...args);
      expect([code, stdout]).toEqual([1, ""]);
      expect(stderr).toMatch(/^error: [^\n]*\n$/);
      expect(stderr).toContain(reason);
    },
    20_000,
  );
});
